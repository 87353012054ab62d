"""What waits for a person's decision: objectives proposed, mandates drafted, values nobody has signed, results looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.evidence.queries.results import to_answer
from goldenthread.kit.permissions import Act
from goldenthread.plan.queries.sessions import to_join
from goldenthread.plan.queries.version_talk import to_reply
from goldenthread.plan.queries.versions import to_read, to_sign
from goldenthread.purpose.models import Mandate, Objective, ValueRate
from goldenthread.purpose.queries.cascades import may_wait_for, waiting_for

ASKED = {
    "mandate": ("Put the mandate in force, or change it", "/mandate/{}"),
    "objective": ("Approve the objective, or send it back", "/objectives/{}"),
    "rate": ("Sign what one unit is worth", "/kpis/{}"),
    "cascade": ("Answer what was proposed, or sign where it comes from", "/cascades/{}"),
    "session": ("Take part: propose, estimate, agree or object", "/plan/sessions/{}"),
    "sign": ("Agree to the version proposed, or object", "/plan/versions/{}"),
    "read": ("Read what changes for you", "/plan/versions/{}/changes"),
    "reply": ("Answer what is asked about it", "/plan/versions/{}#questions"),
    "result": ("Say what else could explain its result", "/results/{}#rivals"),
}


@dataclass(frozen=True)
class Decision:
    """One thing to decide: what it is about, what is asked, where it is done."""

    title: str
    asked: str
    url: str


def decisions(person: Person) -> list[Decision]:
    """What only somebody with the right to approve can move on, and what who looked at a result can say of it.

    One statement; three more where a negotiation may wait for the person.
    """
    held = rights(person)
    waiting: tuple[tuple[str, QuerySet[Any], Any, str], ...] = (
        ("mandate", Mandate.objects.filter(state=Mandate.State.DRAFT), F("title"), "pk"),
        (
            "objective",
            Objective.objects.filter(state=Objective.State.PROPOSED),
            Coalesce(NullIf("short_name", Value("")), "title"),
            "pk",
        ),
        ("rate", ValueRate.objects.filter(signed_by__isnull=True), F("kpi__name"), "kpi_id"),
    )
    parts = [
        visible(rows, person, Act.APPROVE)
        .order_by()
        .annotate(about=title, asks=Value(kind, CharField()), at=F(key))
        .values_list("asks", "about", "at")
        for kind, rows, title, key in waiting
        if held.anywhere(Act.APPROVE, rows.model.kind)
    ]
    work = Coalesce("step__activity__name", "project__name")
    looked_at = to_answer(person).order_by().annotate(about=work, asks=Value("result", CharField()), at=F("pk"))
    parts.append(looked_at.values_list("asks", "about", "at"))
    joins = to_join(person).order_by().annotate(about=F("name"), asks=Value("session", CharField()), at=F("pk"))
    parts.append(joins.values_list("asks", "about", "at"))
    for kind, versions in (("sign", to_sign(person)), ("read", to_read(person)), ("reply", to_reply(person))):
        told = versions.order_by().annotate(about=F("plan__name"), asks=Value(kind, CharField()), at=F("pk"))
        parts.append(told.values_list("asks", "about", "at"))
    named = Coalesce(NullIf("objective__short_name", Value("")), "objective__title")
    negotiated = may_wait_for(person).order_by().annotate(about=named, asks=Value("cascade", CharField()), at=F("pk"))
    parts.append(negotiated.values_list("asks", "about", "at"))
    rows: Any = list(parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0])
    maybe = [row[2] for row in rows if row[0] == "cascade"]
    kept = waiting_for(maybe, person) if maybe else set()
    rows = [row for row in rows if row[0] != "cascade" or row[2] in kept]
    found = sorted(rows, key=lambda row: (list(ASKED).index(row[0]), row[1], row[2]))
    return [Decision(title, ASKED[kind][0], ASKED[kind][1].format(at)) for kind, title, at in found]


def decisions_of(person: Person) -> list[tuple[str, str, str]]:
    """The same as title, what is asked and address. For the slot of the same name."""
    return [(decision.title, decision.asked, decision.url) for decision in decisions(person)]
