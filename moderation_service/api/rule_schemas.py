"""The shape of rules, of what people say about them, and of the kill switch."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Text, Whole
from moderation_service.triage.rules import RuleSchema
from moderation_service.triage.rules.entries import Mode
from moderation_service.triage.rules.rates import MOST_BARS, Step

BECAUSE_LONGEST = 1000


class RuleQuerySchema(Schema):
    """Which rule, beside its name."""

    site = Text(
        longest=63, load_default=None, metadata={"description": "Whose rule; without it, the one for all sites."}
    )


class RuleListQuerySchema(Schema):
    """Which rules."""

    site = Text(
        longest=63,
        load_default=None,
        metadata={"description": "Those that run on it; without it, on all yours."},
    )


class RateQuerySchema(RuleQuerySchema):
    """Which stretch of a rule's rate."""

    step = fields.Enum(Step, by_value=True, load_default=Step.HOUR)
    bars = Whole(least=1, most=MOST_BARS, load_default=48, from_text=True)


class BecauseSchema(Schema):
    """Why."""

    because = Text(longest=BECAUSE_LONGEST, shortest=1, required=True)


class SeenRuleSchema(Schema):
    """Which version was looked at."""

    version = Whole(required=True, least=1, metadata={"description": "The one you looked at; 409 if it moved on."})


class NewRuleSchema(BecauseSchema):
    """A rule to add."""

    document = fields.Nested(RuleSchema, required=True)


class ChangedRuleSchema(NewRuleSchema, SeenRuleSchema):
    """What a rule is to say from now on."""


class EnableSchema(BecauseSchema, SeenRuleSchema):
    """How a rule is to run."""

    mode = fields.String(validate=validate.OneOf([Mode.SHADOW.value, Mode.LIVE.value]), required=True)


class RequestSchema(Schema):
    """Somebody's wish that a rule go live, which waits for a second person."""

    by = fields.String()
    because = fields.String()
    asked_at = fields.AwareDateTime()


class RuleRowSchema(Schema):
    """A rule in a list."""

    name = fields.String()
    site = fields.String(allow_none=True, metadata={"description": "None for all sites."})
    position = fields.Integer(metadata={"description": "Rules run from the lowest to the highest."})
    mode = fields.String()
    version = fields.Integer(metadata={"description": "Send it back with a change."})
    by = fields.String(metadata={"description": "Who made this version."})
    changed_at = fields.AwareDateTime()
    request = fields.Nested(RequestSchema, allow_none=True)
    stood_down = fields.String(
        allow_none=True, metadata={"description": "Why the service itself took it out of force; None where it did not."}
    )


class RuleListSchema(Schema):
    """Rules, in the order in which they run."""

    rules = fields.List(fields.Nested(RuleRowSchema))


class RuleDetailSchema(RuleRowSchema):
    """A rule with all it says."""

    because = fields.String(metadata={"description": "Why this version was made; why the rule exists, it says itself."})
    document = fields.Dict()


class VersionSchema(Schema):
    """What a rule said from one change to the next."""

    version = fields.Integer()
    mode = fields.String()
    by = fields.String()
    agreed_by = fields.String(allow_none=True, metadata={"description": "The second person, where one had to agree."})
    because = fields.String()
    at = fields.AwareDateTime()
    changes = fields.List(fields.String(), metadata={"description": "Lines: + added, - gone, ~ changed."})
    document = fields.Dict()


class VersionListSchema(Schema):
    """The versions of a rule, the newest first."""

    versions = fields.List(fields.Nested(VersionSchema))


class BarSchema(Schema):
    """How often a rule fired in one hour or day, whatever came of its actions then."""

    at = fields.AwareDateTime()
    live = fields.Integer()
    shadow = fields.Integer(metadata={"description": "How often it would have acted."})


class RateSchema(Schema):
    """How often a rule fired, oldest first, on your sites."""

    bars = fields.List(fields.Nested(BarSchema))


class CaseQuerySchema(RuleQuerySchema):
    """Which case."""

    case = Whole(required=True, least=1, from_text=True)


class SeenSchema(Schema):
    """What one test of a rule asks for, and what it sees."""

    path = fields.String(metadata={"description": "Where the test stands in the rule's document."})
    field = fields.String()
    words = fields.String()
    operator = fields.String()
    wanted = fields.Raw()
    value = fields.Raw(allow_none=True, metadata={"description": "None where nobody knows."})
    met = fields.Boolean()


class SeenGroupSchema(Schema):
    """A group of tests, and what it comes to."""

    path = fields.String(metadata={"description": "Where it stands; what is in it has a path that goes on from there."})
    group = fields.String(metadata={"description": "all, any or not."})
    met = fields.Boolean()


class FiringSchema(Schema):
    """That a rule fired on a case."""

    rule = fields.String()
    version = fields.Integer()
    mode = fields.String(metadata={"description": "In shadow it only recorded."})
    at = fields.AwareDateTime()
    case_version = fields.Integer()
    facts = fields.List(fields.Nested(SeenSchema))
    did = fields.List(fields.String(), metadata={"description": "What it did; in shadow, what it would have tried."})
    did_not = fields.List(fields.String(), metadata={"description": "What it asked for and was not done, with why."})
    reverted_at = fields.AwareDateTime(allow_none=True)
    reverted_by = fields.String(allow_none=True)


class WhySchema(Schema):
    """What a rule makes of a case now."""

    rule = fields.String()
    version = fields.Integer()
    mode = fields.String()
    case_id = fields.Integer()
    met = fields.Boolean(metadata={"description": "Whether its conditions are met now."})
    facts = fields.List(fields.Nested(SeenSchema))
    groups = fields.List(fields.Nested(SeenGroupSchema))
    hindered = fields.List(fields.String(), metadata={"description": "What keeps it from acting, whatever it sees."})
    outlook = fields.String(allow_none=True, metadata={"description": "What comes next where its conditions are met."})
    fired = fields.List(fields.Nested(FiringSchema), metadata={"description": "When it fired on this case."})


class RevertedSchema(Schema):
    """What was taken back."""

    firings = fields.Integer()
    cases = fields.Integer(metadata={"description": "Of those, the ones nobody has decided."})
    reopened = fields.Integer(metadata={"description": "Cases it had closed that are open again."})
    unmuted = fields.Integer(metadata={"description": "Readers it had muted who count again."})
    shown = fields.Integer(metadata={"description": "Articles it had hidden that are shown again."})


class SwitchSchema(BecauseSchema):
    """Turn automatic actions off or on."""

    off = fields.Boolean(required=True, truthy={True}, falsy={False})


class SwitchRowSchema(Schema):
    """Who turned automatic actions off or on last, on a site or (None) on all."""

    site = fields.String(allow_none=True)
    off = fields.Boolean()
    by = fields.String()
    because = fields.String()
    at = fields.AwareDateTime()


class SwitchListSchema(Schema):
    """The switches that were ever turned; a site is off when its own is, or the one for all."""

    switches = fields.List(fields.Nested(SwitchRowSchema))


class LanguageSchema(Schema):
    """The language of rules."""

    groups = fields.List(fields.String())
    deepest = fields.Integer(metadata={"description": "How many groups may lie within each other."})
    most_tests = fields.Integer()
    within = fields.Dict(metadata={"description": "Least and most of a window, and its units."})
    who = fields.Dict(metadata={"description": "Whose flags a window may take, each with its words."})
    fields_ = fields.List(fields.Dict(), data_key="fields", attribute="fields")
    actions = fields.List(fields.Dict())
