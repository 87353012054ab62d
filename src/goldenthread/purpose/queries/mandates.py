"""Reads of offices, mandates and services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Count, Q, QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.kit.history import records, rows_as_of
from goldenthread.kit.slots import ask
from goldenthread.purpose.models import Clause, Mandate, Objective, Office, Service

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)


def offices(person: Person) -> QuerySet[Office]:
    """The offices whose mandate the person may see, by name."""
    return visible(Office.objects.select_related("head"), person).order_by("name", "id")


def mandates(office: Office) -> QuerySet[Mandate]:
    """All versions of an office's mandate, newest first."""
    return Mandate.objects.filter(office=office).select_related("successor").order_by("-valid_from", "-id")


def mandate_in_force(office: Office) -> Mandate | None:
    """The office's mandate that is in force by its state, or None; see `in_force` for its dates."""
    return Mandate.objects.filter(office=office, state=Mandate.State.IN_FORCE).select_related("office").first()


def in_force(mandate: Mandate, day: date) -> bool:
    """Whether the mandate carries objectives on that day: in force, begun and not run out."""
    if mandate.state != Mandate.State.IN_FORCE:
        return False
    return (mandate.valid_from is None or mandate.valid_from <= day) and (mandate.valid_to is None or mandate.valid_to >= day)


def clauses(mandate: Mandate) -> QuerySet[Clause]:
    """The clauses in order, each with the number of live objectives that cite it as `cited`."""
    live = Count("objectives", filter=Q(objectives__state__in=LIVE))
    return Clause.objects.filter(mandate=mandate).annotate(cited=live).order_by("number")


def citable_clauses(office: Office) -> QuerySet[Clause]:
    """The clauses that an objective of the office may cite: those of the mandate in force and of drafts."""
    states = (Mandate.State.IN_FORCE, Mandate.State.DRAFT)
    found = Clause.objects.filter(mandate__office=office, mandate__state__in=states).select_related("mandate")
    return found.order_by("-mandate__state", "mandate_id", "number")


def objectives_without_mandate(person: Person, day: date) -> list[Objective]:
    """Proposed and approved objectives that cite no clause, or one of a mandate that is not in force on that day."""
    states = (Objective.State.PROPOSED, Objective.State.APPROVED)
    rows = visible(Objective.objects.filter(state__in=states), person).select_related("clause__mandate", "owner").order_by("id")
    return [row for row in rows if row.clause is None or not in_force(row.clause.mandate, day)]


@dataclass(frozen=True)
class ClausePair:
    """A clause before and after, None where it was dropped or added, and the live objectives that cite either.

    `change`: same, reworded, dropped, added.
    """

    before: Clause | None
    after: Clause | None
    change: str
    objectives: tuple[Objective, ...]


@dataclass(frozen=True)
class Comparison:
    """Two versions of a mandate side by side, with what the change touches."""

    before: Mandate
    after: Mandate
    fields: tuple[tuple[str, str, str], ...]  # name, before, after: only those that differ
    clauses: tuple[ClausePair, ...]
    services_gained: tuple[Service, ...]
    services_dropped: tuple[Service, ...]
    services_kept: tuple[Service, ...]
    objectives: tuple[Objective, ...]  # live objectives that cite a clause reworded or dropped
    carried: tuple[Objective, ...]  # live objectives that cite a clause of the old one whose words the new one keeps
    work: tuple[Any, ...]  # what higher rooms say is touched: (words, url)


def comparison(before: Mandate, after: Mandate, person: Person) -> Comparison:
    """What changes between two versions: words, clauses, services, and the objectives that stand on changed clauses."""
    old, new = list(before.clauses.order_by("number")), list(after.clauses.order_by("number"))
    cited: dict[int, list[Objective]] = {}
    live = (
        visible(Objective.objects.filter(clause__in=[*old, *new], state__in=LIVE), person).select_related("owner").order_by("id")
    )
    for objective in live:
        cited.setdefault(objective.clause_id or 0, []).append(objective)
    pairs = []
    for a, b, change in _paired(old, new):
        citing = [objective for clause in (a, b) if clause is not None for objective in cited.get(clause.pk, [])]
        pairs.append(ClausePair(a, b, change, tuple(citing)))
    ends = {pair.before.pk: pair.change for pair in pairs if pair.before is not None}
    touched = tuple(o for o in live if ends.get(o.clause_id or 0) in {"reworded", "dropped"})
    kept_words = tuple(o for o in live if ends.get(o.clause_id or 0) == "same")
    gained, dropped, kept = _services(before, after)
    work = tuple(row for rows in ask("touched_by_objectives", [o.pk for o in touched], person) for row in rows)
    return Comparison(before, after, _differing(before, after), tuple(pairs), gained, dropped, kept, touched, kept_words, work)


def _paired(old: Sequence[Clause], new: Sequence[Clause]) -> list[tuple[Clause | None, Clause | None, str]]:
    """Equal texts first, wherever they stand; then the most alike of the rest (six tenths at least); the rest is new or gone."""
    pairs: list[tuple[Clause | None, Clause | None, str]] = []
    left = list(new)
    rest: list[Clause] = []
    for clause in old:
        same = next((c for c in left if c.text == clause.text), None)
        if same is None:
            rest.append(clause)
        else:
            left.remove(same)
            pairs.append((clause, same, "same"))
    for clause in rest:
        alike = max(left, key=lambda c: SequenceMatcher(None, clause.text, c.text).ratio(), default=None)
        if alike is not None and SequenceMatcher(None, clause.text, alike.text).ratio() >= 0.6:
            left.remove(alike)
            pairs.append((clause, alike, "reworded"))
        else:
            pairs.append((clause, None, "dropped"))
    pairs.sort(key=lambda pair: pair[0].number if pair[0] else 0)
    return pairs + [(None, clause, "added") for clause in left]


def _differing(before: Mandate, after: Mandate) -> tuple[tuple[str, str, str], ...]:
    values = [
        ("Kind", before.get_mandate_kind_display(), after.get_mandate_kind_display()),
        ("Purpose", before.purpose, after.purpose),
        ("Given by", before.issuer, after.issuer),
    ]
    return tuple(row for row in values if row[1] != row[2])


def _services(before: Mandate, after: Mandate) -> tuple[tuple[Service, ...], tuple[Service, ...], tuple[Service, ...]]:
    """Services gained, dropped and kept from the moment one mandate ended to the moment the other did, or to now."""
    rows = {s.pk: s for s in Service.objects.filter(office_id=after.office_id).order_by("name", "id")}
    was, now = _offered_under(before), _offered_under(after)

    def those(keys: set[int]) -> tuple[Service, ...]:
        return tuple(row for key, row in rows.items() if key in keys)

    return those(now - was), those(was - now), those(now & was)


def _offered_under(mandate: Mandate) -> set[int]:
    """Ids of the services on offer when the mandate ended; now, where it has not."""
    ended = records(Mandate).filter(id=mandate.pk, state=Mandate.State.SUPERSEDED).order_by("-history_id").first()
    if mandate.state != Mandate.State.SUPERSEDED or ended is None:
        found: QuerySet[Any] = Service.objects.filter(office_id=mandate.office_id)
    else:
        found = rows_as_of(Service, ended.history_date).filter(office_id=mandate.office_id)
    return set(found.filter(state=Service.State.OFFERED).values_list("id", flat=True))
