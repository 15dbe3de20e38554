"""The house policy: what holds on a site that has not written its own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BOTH, TERMS, LAW = ["terms", "law"], ["terms"], ["law"]
CLAUSES = [
    (
        "1.1",
        "Danger to life",
        "No content that puts a person's life or safety in immediate danger.",
        BOTH,
        "VIOLENCE",
    ),
    ("1.2", "Threats and incitement", "No threats, and no calls for violence or hatred.", BOTH, "VIOLENCE"),
    ("1.3", "Terrorism", "No support for terrorist acts or groups.", BOTH, "RISK_FOR_PUBLIC_SECURITY"),
    ("1.4", "Self-harm", "No encouragement of suicide or self-harm.", BOTH, "SELF_HARM"),
    ("2.1", "Children", "Nothing that exploits or endangers children.", BOTH, "PROTECTION_OF_MINORS"),
    ("2.2", "Hate", "No attacks on people for who they are.", BOTH, "ILLEGAL_OR_HARMFUL_SPEECH"),
    ("2.3", "Harassment", "No bullying, stalking or targeted abuse.", BOTH, "CYBER_VIOLENCE"),
    (
        "2.4",
        "Privacy",
        "No private data published without the right to.",
        BOTH,
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    ),
    (
        "3.1",
        "Defamation",
        "No false statements of fact that damage a person.",
        BOTH,
        "ILLEGAL_OR_HARMFUL_SPEECH",
    ),
    (
        "3.2",
        "Accuracy",
        "No claim presented as fact that is false or seriously misleading.",
        TERMS,
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    ),
    (
        "3.3",
        "Copyright",
        "No work of others without permission or exception.",
        BOTH,
        "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    ),
    ("3.4", "Fraud", "No scams and no deception for gain.", BOTH, "SCAMS_AND_FRAUD"),
    (
        "4.1",
        "Sexual content",
        "No sexual content outside its proper, labelled place.",
        TERMS,
        "OTHER_VIOLATION_TC",
    ),
    ("4.2", "Spam", "No advertising disguised as content, no mass posting.", TERMS, "OTHER_VIOLATION_TC"),
    ("5.1", "Other unlawful content", "Nothing else that the law forbids.", LAW, "ILLEGAL_OR_HARMFUL_SPEECH"),
    (
        "5.2",
        "Order of an authority",
        "Content that a court or authority has ordered removed.",
        LAW,
        "NOT_SPECIFIED_ORDER",
    ),
]


def upgrade() -> None:
    connection = op.get_bind()
    policy = connection.execute(
        sa.text("INSERT INTO policy_versions (site_id, number) VALUES (NULL, 1) RETURNING id")
    ).scalar_one()
    connection.execute(
        sa.text(
            "INSERT INTO policy_clauses (policy_id, code, title, text, grounds, dsa_category) "
            "VALUES (:policy, :code, :title, :text, :grounds, :dsa)"
        ),
        [dict(policy=policy, code=c, title=t, text=x, grounds=g, dsa=d) for c, t, x, g, d in CLAUSES],
    )


def downgrade() -> None:
    op.execute("DELETE FROM policy_clauses")
    op.execute("DELETE FROM policy_versions")
