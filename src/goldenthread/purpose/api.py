"""What programs read and write of this room: offices, mandates, services, objectives, KPIs, targets and figures."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.kit.money import Money
from goldenthread.purpose import actions
from goldenthread.purpose.models import (
    Cascade,
    CascadeSignature,
    CascadeWord,
    Clause,
    Kpi,
    Mandate,
    Measurement,
    Objective,
    Office,
    Service,
    Target,
    ValueRate,
)
from goldenthread.ui.programs import Day, Figure, Flag, Noun, Write, body, words

Given = dict[str, Any]
REASON = words(500)
BECAUSE = words(300)
OBJECTIVE = (
    "short_name", "detail", "clause", "owner", "ambition", "leadership_goal", "missed_by", "disbenefits", "valid_to",
    "is_confidential",
)  # fmt: skip
KPI = (
    "unit", "direction", "decimals", "floor", "ceiling", "definition", "source", "cadence", "owner", "is_completion",
    "is_internal", "overlaps",
)  # fmt: skip
TARGET = ("baseline", "baseline_on", "value", "band_low", "band_high", "due_on", "tolerance", "is_required")
MANDATE = ("mandate_kind", "issued_on", "valid_from", "valid_to", "review_on")
CASCADE = ("parent", "goal", "sponsor", "share", "share_means")
SERVICE = ("detail", "state", "service_class", "goes_to", "stopped_on", "planned_share")


def _change_objective(row: Objective, given: Given, by: Person, version: int) -> None:
    reason = given.pop("reason", "")
    actions.edit_objective(objective=row, changes=given, by=by, version=version, reason=reason)


def _change_target(row: Target, given: Given, by: Person, version: int) -> None:
    reason = given.pop("reason", "")
    actions.edit_target(target=row, changes=given, by=by, version=version, reason=reason)


def _remove_target(row: Target, given: Given, by: Person, version: int) -> None:
    actions.remove_target(target=row, by=by, version=version, reason="Removed by a program")


def _redefine(row: Kpi, given: Given, by: Person, version: int) -> None:
    on, reason = given.pop("on"), given.pop("reason")
    actions.redefine_kpi(kpi=row, on=on, reason=reason, changes=given, by=by, version=version)


def _add_rate(given: Given, by: Person) -> ValueRate:
    """A rate of a new day: one that stands is changed under its version, never by adding it again."""
    if ValueRate.objects.filter(kpi=given["kpi"], valid_from=given["valid_from"]).exists():
        raise Refused("There is a rate from that day already.", field="valid_from", advice="Change that one.")
    worth = Money(given.pop("minor"), given.pop("currency"))
    return actions.set_value_rate(worth=worth, by=by, **given)


def _change_rate(row: ValueRate, given: Given, by: Person, version: int) -> None:
    stands = {name: getattr(row, name) for name in ("rate_kind", "held_until", "note")}
    worth = Money(given.pop("minor", row.minor), given.pop("currency", row.currency))
    actions.set_value_rate(kpi=row.kpi, worth=worth, valid_from=row.valid_from, by=by, version=version, **(stands | given))


def _change_clause(row: Clause, given: Given, by: Person, version: int) -> None:
    actions.edit_clause(clause=row, text=given.get("text", row.text), by=by, version=version)


OFFICES = Noun(
    "offices",
    Office,
    ("name", "code", "head", "red_means", "supervision_minutes"),
    filters=("code", "head"),
    sorts=("name", "code"),
    searched=("name",),
    create=Write(
        "Add",
        lambda given, by: actions.add_office(by=by, **given),
        body("NewOffice", Office, required=("name",), optional=("code", "head", "red_means", "supervision_minutes")),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_office(office=row, changes=given, by=by, version=version),
        body("OfficeChanges", Office, optional=("name", "head", "red_means", "supervision_minutes")),
    ),
)

MANDATES = Noun(
    "mandates",
    Mandate,
    ("office", "title", "purpose", "issuer", *MANDATE, "state", "successor"),
    filters=("office", "state", "mandate_kind"),
    sorts=("title", "valid_from", "valid_to", "state"),
    searched=("title", "purpose"),
    create=Write(
        "Draft",
        lambda given, by: actions.draft_mandate(by=by, **given),
        body(
            "NewMandate",
            Mandate,
            required=("office", "title", "purpose", "issuer"),
            optional=MANDATE,
            clauses_=Annotated[list[words(300)], Field(max_length=100)],  # type: ignore[misc]
        ),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_mandate(mandate=row, changes=given, by=by, version=version),
        body("MandateChanges", Mandate, optional=("title", "purpose", "issuer", *MANDATE)),
    ),
    verbs={
        "put-in-force": Write(
            "Put in force",
            lambda row, given, by, version: actions.put_mandate_in_force(mandate=row, by=by, version=version),
        ),
        "end": Write(
            "End",
            lambda row, given, by, version: actions.retire_mandate(mandate=row, by=by, version=version, **given),
            body("MandateEnd", reason=REASON),
        ),
        "name-service": Write(
            "Name a service in",
            lambda row, given, by, version: actions.name_service(mandate=row, by=by, version=version, **given),
            body("MandateNamedService", service=Service, clause_=Clause),
        ),
        "succeed": Write(
            "Draft the successor of",
            lambda row, given, by, version: actions.draft_successor(mandate=row, by=by, **given),
            body("MandateSuccessor", Mandate, optional=("title",)),
            makes=True,
        ),
    },
)

CLAUSES = Noun(
    "clauses",
    Clause,
    ("mandate", "number", "text"),
    filters=("mandate",),
    sorts=("number",),
    about=lambda row: row.mandate,
    create=Write(
        "Add",
        lambda given, by: actions.add_clause(by=by, **given),
        body("NewClause", Clause, required=("mandate", "text")),
    ),
    change=Write("Edit", _change_clause, body("ClauseChanges", Clause, optional=("text",))),
    remove=Write("Remove", lambda row, given, by, version: actions.remove_clause(clause=row, by=by, version=version)),
)

SERVICES = Noun(
    "services",
    Service,
    ("office", "name", *SERVICE),
    filters=("office", "state", "service_class"),
    sorts=("name", "state"),
    searched=("name", "detail"),
    create=Write(
        "Add",
        lambda given, by: actions.add_service(by=by, **given),
        body("NewService", Service, required=("office", "name"), optional=SERVICE),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_service(service=row, changes=given, by=by, version=version),
        body("ServiceChanges", Service, optional=("name", *SERVICE)),
    ),
    verbs={
        "stop": Write(
            "Stop",
            lambda row, given, by, version: actions.stop_service(service=row, by=by, version=version, **given),
            body("ServiceStop", goes_to_=words(120), on_=Day, reason_=REASON),
        )
    },
)

OBJECTIVES = Noun(
    "objectives",
    Objective,
    ("office", "title", *OBJECTIVE, "state", "agreed_by", "agreed_on"),
    filters=("office", "state", "owner", "clause", "ambition", "valid_to", "is_confidential"),
    sorts=("title", "state", "valid_to"),
    searched=("title", "short_name"),
    create=Write(
        "Add",
        lambda given, by: actions.add_objective(by=by, **given),
        body("NewObjective", Objective, required=("office", "title"), optional=OBJECTIVE),
    ),
    change=Write("Edit", _change_objective, body("ObjectiveChanges", Objective, optional=("title", *OBJECTIVE), reason_=REASON)),
    verbs={
        "propose": Write(
            "Propose", lambda row, given, by, version: actions.propose_objective(objective=row, by=by, version=version)
        ),
        "send-back": Write(
            "Send back",
            lambda row, given, by, version: actions.return_objective(objective=row, by=by, version=version, **given),
            body("ObjectiveReturn", reason=REASON),
        ),
        "approve": Write(
            "Approve", lambda row, given, by, version: actions.approve_objective(objective=row, by=by, version=version)
        ),
        "achieve": Write(
            "Close as achieved",
            lambda row, given, by, version: actions.achieve_objective(objective=row, by=by, version=version),
        ),
        "retire": Write(
            "Retire",
            lambda row, given, by, version: actions.retire_objective(objective=row, by=by, version=version, **given),
            body("ObjectiveRetirement", reason=REASON),
        ),
        "agree": Write(
            "Record who agreed to",
            lambda row, given, by, version: actions.agree_objective(objective=row, by=by, version=version, **given),
            body("ObjectiveAgreement", leadership_goal=words(300), agreed_by=Person, on_=Day),
        ),
    },
)

KPIS = Noun(
    "kpis",
    Kpi,
    ("office", "name", *KPI, "redefined_on"),
    filters=("office", "owner", "direction", "cadence", "is_completion", "is_internal"),
    sorts=("name", "cadence"),
    searched=("name", "definition"),
    create=Write(
        "Add",
        lambda given, by: actions.add_kpi(by=by, **given),
        body("NewKpi", Kpi, required=("office", "name"), optional=KPI),
    ),
    change=Write(
        "Edit",
        lambda row, given, by, version: actions.edit_kpi(kpi=row, changes=given, by=by, version=version),
        body("KpiChanges", Kpi, optional=("name", *KPI)),
    ),
    verbs={
        "redefine": Write(
            "Redefine",
            _redefine,
            body(
                "KpiRedefinition",
                Kpi,
                optional=("definition", "unit", "direction", "source", "floor", "ceiling", "decimals"),
                on=Day,
                reason=REASON,
            ),
        )
    },
)

TARGETS = Noun(
    "targets",
    Target,
    ("objective", "kpi", *TARGET),
    filters=("objective", "kpi", "is_required", "due_on"),
    sorts=("due_on", "objective"),
    about=lambda row: row.objective,
    create=Write(
        "Set",
        lambda given, by: actions.set_target(by=by, **given),
        body("NewTarget", Target, required=("objective", "kpi"), optional=TARGET, reason_=REASON),
    ),
    change=Write("Change", _change_target, body("TargetChanges", Target, optional=TARGET, reason_=REASON)),
    remove=Write("Remove", _remove_target),
)

MEASUREMENTS = Noun(
    "measurements",
    Measurement,
    ("kpi", "on", "value", "source", "entered_by", "is_estimate", "withdrawn_at", "withdrawn_because"),
    filters=("kpi", "on", "is_estimate"),
    sorts=("on", "kpi"),
    create=Write(
        "Enter",
        lambda given, by: actions.enter_measurement(by=by, **given),
        body("NewMeasurement", Measurement, required=("kpi",), on=Day, value=Figure, source_=words(200), is_estimate_=Flag),
    ),
    verbs={
        "withdraw": Write(
            "Withdraw",
            lambda row, given, by, version: actions.withdraw_measurement(measurement=row, by=by, version=version, **given),
            body("MeasurementWithdrawal", reason=BECAUSE),
        )
    },
)

VALUE_RATES = Noun(
    "value-rates",
    ValueRate,
    ("kpi", "minor", "currency", "rate_kind", "held_until", "valid_from", "note", "signed_by", "signed_on"),
    filters=("kpi", "currency", "valid_from"),
    sorts=("valid_from", "kpi"),
    about=lambda row: row.kpi,
    create=Write(
        "Set",
        _add_rate,
        body(
            "NewValueRate",
            ValueRate,
            required=("kpi", "minor", "currency", "valid_from"),
            optional=("rate_kind", "held_until", "note"),
        ),
    ),
    change=Write(
        "Change",
        _change_rate,
        body("ValueRateChanges", ValueRate, optional=("minor", "currency", "rate_kind", "held_until", "note")),
    ),
    remove=Write("Remove", lambda row, given, by, version: actions.remove_value_rate(rate=row, by=by, version=version)),
    verbs={"sign": Write("Sign", lambda row, given, by, version: actions.sign_value_rate(rate=row, by=by, version=version))},
)


def _change_cascade(row: Cascade, given: Given, by: Person, version: int) -> None:
    """What is not sent stays, but a goal of one kind puts the other away."""
    stands = {name: getattr(row, name) for name in CASCADE}
    if given.get("parent") is not None:
        stands |= {"goal": "", "sponsor": None}
    elif given.get("goal"):
        stands |= {"parent": None}
    actions.set_cascade(objective=row.objective, by=by, version=version, **(stands | given))


def _set_cascade(given: Given, by: Person) -> Cascade:
    """A new one: what an objective comes from already is changed under its version, never by setting it again."""
    if Cascade.objects.filter(objective=given["objective"]).exists():
        raise Refused("It is said where this objective comes from.", field="objective", advice="Change that.")
    return actions.set_cascade(by=by, **given)


CASCADES = Noun(
    "cascades",
    Cascade,
    ("objective", *CASCADE),
    filters=("objective", "parent", "sponsor"),
    sorts=("objective",),
    about=lambda row: row.objective,
    create=Write(
        "Say where it comes from",
        _set_cascade,
        body("NewCascade", Cascade, required=("objective",), optional=CASCADE),
    ),
    change=Write("Change", _change_cascade, body("CascadeChanges", Cascade, optional=CASCADE)),
    verbs={
        "say": Write(
            "Negotiate",
            lambda row, given, by, version: actions.say(cascade=row, by=by, **given),
            body("CascadeSaid", CascadeWord, optional=("kpi", "value", "share", "text", "side")),
        ),
        "sign": Write(
            "Sign",
            lambda row, given, by, version: actions.sign_cascade(cascade=row, by=by, **given),
            body("CascadeSigned", CascadeSignature, optional=("side",)),
        ),
    },
)

CASCADE_WORDS = Noun(
    "cascade-words",
    CascadeWord,
    ("cascade", "side", "what", "kpi", "value", "share", "text", "person", "at"),
    filters=("cascade", "side", "what", "person"),
    sorts=("at",),
    about=lambda row: row.cascade.objective,
    verbs={
        "take-over": Write(
            "Take over",
            lambda row, given, by, version: actions.take_over(word=row, by=by, **given),
            body("CascadeWordTaken", reason_=REASON),
        )
    },
)

CASCADE_SIGNATURES = Noun(
    "cascade-signatures",
    CascadeSignature,
    ("cascade", "side", "person", "at", "digest"),
    filters=("cascade", "side", "person"),
    sorts=("at",),
)

NOUNS = (
    OFFICES,
    MANDATES,
    CLAUSES,
    SERVICES,
    OBJECTIVES,
    KPIS,
    TARGETS,
    MEASUREMENTS,
    VALUE_RATES,
    CASCADES,
    CASCADE_WORDS,
    CASCADE_SIGNATURES,
)
