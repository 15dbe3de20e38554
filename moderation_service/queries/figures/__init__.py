"""Figures about a period: what came, what was decided, how fast, and how well. Each file defines what it counts."""

from moderation_service.queries.figures.bounded import TooSlow, bounded
from moderation_service.queries.figures.busiest import busiest_articles
from moderation_service.queries.figures.course import Course
from moderation_service.queries.figures.flow import flow
from moderation_service.queries.figures.overturned import overturned
from moderation_service.queries.figures.period import COARSE, Period, Step, floor, midnight
from moderation_service.queries.figures.precision import rule_precision
from moderation_service.queries.figures.quality import quality
from moderation_service.queries.figures.speed import decision_to_applied, flag_to_decision
from moderation_service.queries.figures.waiting import open_by_age
from moderation_service.queries.figures.workload import workload

__all__ = [
    "COARSE",
    "Course",
    "Period",
    "Step",
    "TooSlow",
    "bounded",
    "busiest_articles",
    "decision_to_applied",
    "flag_to_decision",
    "floor",
    "flow",
    "midnight",
    "open_by_age",
    "overturned",
    "quality",
    "rule_precision",
    "workload",
]
