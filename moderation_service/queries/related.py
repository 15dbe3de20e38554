"""Which open cases belong with one: the same words were flagged, by the same readers, or the same part of the site.

All three are bounded, so that a case of a story that goes round is looked at as fast as any other, and all are of the
case's own site.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.articles.quotations import DISTINCTIVE
from moderation_service.queries.case import case_for
from moderation_service.queries.worklist import COUNTED_MOST
from moderation_service.sites.people import Person

RELATED_MOST = 49  # with the case itself, as many as are looked at together
READERS_MOST = 100
QUOTATIONS_MOST = 10
# Of each quotation, so many flags about articles that came before, and as many about later ones.
QUOTING_MOST = 250
# So many cases that were opened before one, and as many after: a series comes in a row.
NEIGHBOURS = 150

# Readers in the order of their key: of a case that thousands flagged, the planner would rather read the whole table.
_SAME_READERS = text("""
WITH ours AS MATERIALIZED (
    SELECT reporter FROM voices WHERE case_id = :case AND standing NOT IN ('withdrawn', 'late')
    ORDER BY reporter LIMIT :readers
)
SELECT theirs.case_id, count(*) AS shared, (SELECT count(*) FROM ours) AS readers
FROM ours CROSS JOIN LATERAL (
    SELECT case_id FROM voices WHERE reporter = ours.reporter AND standing = 'pending' AND case_id <> :case
    ORDER BY case_id DESC LIMIT :most
) AS theirs
JOIN cases ON cases.id = theirs.case_id AND cases.state = 'open'
GROUP BY theirs.case_id HAVING count(*) * 2 >= (SELECT count(*) FROM ours)
ORDER BY shared DESC, theirs.case_id LIMIT :most
""")

# In the words of the index, which steps over the article itself, however many of its flags quote the same.
_ELSEWHERE = """
    (SELECT case_id FROM flags WHERE site_id = :site AND md5(quotation ->> 'exact') = quoted.digest
     AND quotation ->> 'exact' IS NOT NULL AND withdrawn_at IS NULL AND article_id {beside} :article
     ORDER BY article_id {order} LIMIT :quoting)
"""
_SAME_WORDS = text(f"""
WITH quoted AS MATERIALIZED (
    SELECT md5(quotation ->> 'exact') AS digest
    FROM (SELECT quotation FROM flags WHERE article_id = :article AND case_id = :case AND withdrawn_at IS NULL
          LIMIT :counted) AS counted
    WHERE length(quotation ->> 'exact') >= :least
    GROUP BY 1 ORDER BY count(*) DESC LIMIT :quotations
)
SELECT theirs.case_id, sum(theirs.flags) AS flags
FROM quoted CROSS JOIN LATERAL (
    SELECT case_id, count(*) AS flags
    FROM (
        {_ELSEWHERE.format(beside="<", order="DESC")} UNION ALL {_ELSEWHERE.format(beside=">", order="ASC")}
    ) AS nearest
    GROUP BY case_id
) AS theirs
JOIN cases ON cases.id = theirs.case_id AND cases.state = 'open'
GROUP BY theirs.case_id ORDER BY flags DESC, theirs.case_id LIMIT :most
""")  # noqa: S608  (put together of our own fragments)

# The folder of its address, /politics of https://site/politics/article, and its category.
_FOLDER = r"^[^:/?#]+://[^/?#]+(/[^?#]+)/[^/?#]+/?($|[?#])"
_STANDS = """
    SELECT substring(articles.url FROM :folder) AS folder, revision.category
    FROM articles LEFT JOIN article_revisions revision
        ON revision.article_id = articles.id AND revision.number = articles.current_revision
"""
# What nine in ten of the cases around have too, such as the one folder of a whole site, tells nothing.
_SAME_SECTION = text(f"""
WITH beside AS MATERIALIZED (
    SELECT around.id, around.reasons, abs(around.id - :case) AS distance, theirs.folder, theirs.category
    FROM (
        (SELECT id, article_id, reasons FROM cases WHERE site_id = :site AND state = 'open' AND id < :case
         ORDER BY id DESC LIMIT :neighbours)
        UNION ALL
        (SELECT id, article_id, reasons FROM cases WHERE site_id = :site AND state = 'open' AND id > :case
         ORDER BY id LIMIT :neighbours)
    ) AS around CROSS JOIN LATERAL ({_STANDS} WHERE articles.id = around.article_id) AS theirs
),
shares AS MATERIALIZED (
    SELECT ours.folder, ours.category, count(*) AS cases,
           count(*) FILTER (WHERE beside.folder = ours.folder) AS in_folder,
           count(*) FILTER (WHERE beside.category = ours.category) AS in_category
    FROM ({_STANDS} WHERE articles.id = :article) AS ours CROSS JOIN beside GROUP BY ours.folder, ours.category
),
telling AS MATERIALIZED (
    SELECT CASE WHEN in_folder < cases * 0.9 THEN folder END AS folder,
           CASE WHEN in_category < cases * 0.9 THEN category END AS category
    FROM shares
)
SELECT beside.id AS case_id, coalesce(telling.folder, telling.category) AS section
FROM telling JOIN beside ON CASE WHEN telling.folder IS NULL THEN beside.category = telling.category
                                 ELSE beside.folder = telling.folder END
WHERE beside.reasons && CAST(:reasons AS text[])
ORDER BY beside.distance, beside.id LIMIT :most
""")  # noqa: S608  (put together of our own fragments)


def related_cases(session: Session, case_id: int, person: Person) -> list[dict[str, Any]]:
    """Open cases that belong with this one, those with the most in common first, each with what that is.

    `words` counts its flags that quote the same words, `shared` those of the `readers` of this case who flagged it
    too, where they are half of them or more; `section` is the part of the site that both are of, for a same reason: a
    folder, or else a category, that sets them apart from others.

    Raises:
        NotFound: there is no such case, or it is on a site this person does not work on.
    """
    case = case_for(session, case_id, person)
    bound = {"case": case.id, "article": case.article_id, "site": case.site_id, "reasons": case.reasons}
    bound |= {"most": RELATED_MOST, "readers": READERS_MOST, "quotations": QUOTATIONS_MOST}
    bound |= {
        "folder": _FOLDER,
        "counted": COUNTED_MOST,
        "least": DISTINCTIVE,
        "quoting": QUOTING_MOST,
        "neighbours": NEIGHBOURS,
    }
    found: dict[int, dict[str, Any]] = {}
    for statement in (_SAME_WORDS, _SAME_READERS, _SAME_SECTION):
        for row in session.execute(statement, bound).mappings():
            bond = found.setdefault(row["case_id"], {"words": 0, "shared": 0, "readers": 0, "section": None})
            bond.update({"words": int(row["flags"])} if "flags" in row else row)
    ranked = sorted(found.items(), key=lambda item: _strength(item[1]), reverse=True)
    return [bond | {"case_id": other} for other, bond in ranked[:RELATED_MOST]]


def _strength(bond: dict[str, Any]) -> tuple[int, bool, int, int]:
    """How much two cases have in common: kinds of it first, then words before readers."""
    kinds = bool(bond["words"]) + bool(bond["shared"]) + bool(bond["section"])
    return kinds, bool(bond["words"]), bond["words"], bond["shared"]
