"""Read-only joins for lists and screens; each file answers one question and writes nothing."""

from moderation_service.queries.approvals import approvals_count, waiting_approvals
from moderation_service.queries.articles import article_page
from moderation_service.queries.attention import to_look_after
from moderation_service.queries.backlog import backlog
from moderation_service.queries.blind import blind_next, blind_sample, blind_waiting
from moderation_service.queries.case import (
    case_detail,
    case_flags,
    case_for,
    cases_of_article,
    decision_detail,
    order_summary,
)
from moderation_service.queries.cursor import Page
from moderation_service.queries.dead import count_dead, dead_letter_page
from moderation_service.queries.deliveries import delivery_page, endpoint_rows
from moderation_service.queries.embedding import Embedding, PageArticle, PageKey, embedding
from moderation_service.queries.firings import fired_on, rule_on_case
from moderation_service.queries.flaggable import Flaggable, flaggable
from moderation_service.queries.images import case_image, sample_image
from moderation_service.queries.legal import NoticeStanding, notice_receipt, notice_standing
from moderation_service.queries.news import Seen, case_news, policy_news
from moderation_service.queries.notices import notice_page
from moderation_service.queries.offers import cited_last, clauses_of_all, own_sites
from moderation_service.queries.policies import policy_rows, policy_said, version_list
from moderation_service.queries.proposal import proposal_detail, proposed_last
from moderation_service.queries.pulse import newest_case, queue_pulse
from moderation_service.queries.quality import compared_sample, qa_agreement, qa_differences
from moderation_service.queries.reading import case_desk, case_pulse, made_last
from moderation_service.queries.related import RELATED_MOST, related_cases
from moderation_service.queries.reporters import ReporterFilter, reporter_detail, reporter_page
from moderation_service.queries.rule_desk import rule_desk
from moderation_service.queries.rule_record import rule_records, to_take_back
from moderation_service.queries.rulebook import automation_rows, rate_rows, rule_detail, rule_rows, version_rows
from moderation_service.queries.said import decided_before, said_of_cases
from moderation_service.queries.standing import flag_standing, receipt_standing
from moderation_service.queries.team import key_rows, key_use, moderator_rows, site_rows, webhook_secret_since
from moderation_service.queries.together import cases_together
from moderation_service.queries.trail import TrailFilter, trail_page, trail_rows, trail_state
from moderation_service.queries.unfree import why_none_is_free
from moderation_service.queries.worklist import CASES_COUNTED_MOST, COUNTED_MOST, QueueFilter, queue_count, queue_page

__all__ = [
    "CASES_COUNTED_MOST",
    "COUNTED_MOST",
    "RELATED_MOST",
    "Embedding",
    "Flaggable",
    "NoticeStanding",
    "Page",
    "PageArticle",
    "PageKey",
    "QueueFilter",
    "ReporterFilter",
    "Seen",
    "TrailFilter",
    "approvals_count",
    "article_page",
    "automation_rows",
    "backlog",
    "blind_next",
    "blind_sample",
    "blind_waiting",
    "case_desk",
    "case_detail",
    "case_flags",
    "case_for",
    "case_image",
    "case_news",
    "case_pulse",
    "cases_of_article",
    "cases_together",
    "cited_last",
    "clauses_of_all",
    "compared_sample",
    "count_dead",
    "dead_letter_page",
    "decided_before",
    "decision_detail",
    "delivery_page",
    "embedding",
    "endpoint_rows",
    "fired_on",
    "flag_standing",
    "flaggable",
    "key_rows",
    "key_use",
    "made_last",
    "moderator_rows",
    "newest_case",
    "notice_page",
    "notice_receipt",
    "notice_standing",
    "order_summary",
    "own_sites",
    "policy_news",
    "policy_rows",
    "policy_said",
    "proposal_detail",
    "proposed_last",
    "qa_agreement",
    "qa_differences",
    "queue_count",
    "queue_page",
    "queue_pulse",
    "rate_rows",
    "receipt_standing",
    "related_cases",
    "reporter_detail",
    "reporter_page",
    "rule_desk",
    "rule_detail",
    "rule_on_case",
    "rule_records",
    "rule_rows",
    "said_of_cases",
    "sample_image",
    "site_rows",
    "to_look_after",
    "to_take_back",
    "trail_page",
    "trail_rows",
    "trail_state",
    "version_list",
    "version_rows",
    "waiting_approvals",
    "webhook_secret_since",
    "why_none_is_free",
]
