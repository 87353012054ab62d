"""What changes when one version of a mandate gives way to another: clauses, services, objectives, work and people.

Clauses, services and objectives are taken as they stood when a version ended; of one that has not ended, as they stand now. So a
draft shows what would change. Work and people are those of now. Below the clauses the change is followed tie by tie
(`engine.mandate_reach`), over rows that the viewer may see alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db.models import QuerySet

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.engine.mandate_reach import Tie, Touched, reach
from goldenthread.kit.history import records, rows_as_of
from goldenthread.kit.slots import ask
from goldenthread.purpose.models import Clause, Mandate, MandateService, Objective, Service
from goldenthread.ui.writing import plural

LIVE = (Objective.State.DRAFT, Objective.State.PROPOSED, Objective.State.APPROVED)
CHANGED = {"added": "a new clause", "reworded": "its words change", "dropped": "the clause goes"}
KINDS = ("service", "objective", "work", "person")


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
class Named:
    """How a thing is called, what is said beside it, and where it is shown. `kind`: clause, or one of KINDS."""

    kind: str
    label: str
    note: str
    url: str | None


@dataclass(frozen=True)
class TouchedRow:
    """Something that the change touches, with the path from the clause down to it."""

    key: str
    kind: str
    label: str
    note: str
    url: str | None
    path: tuple[tuple[str, str | None], ...]


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
    objectives: tuple[Objective, ...]  # that stand on a clause reworded, dropped or added
    carried: tuple[Objective, ...]  # live objectives that cite a clause of the old one whose words the new one keeps
    touched: tuple[TouchedRow, ...]
    names: dict[str, Named]
    ties: tuple[Tie, ...]  # between what is touched
    above: dict[str, str]  # service gained or dropped -> the clause that names it, where that keeps its words

    @property
    def is_planned(self) -> bool:
        """Whether the later one is a draft, so that all this is what would change."""
        return self.after.state == Mandate.State.DRAFT

    def of(self, kind: str) -> tuple[TouchedRow, ...]:
        """What is touched of one kind."""
        return tuple(row for row in self.touched if row.kind == kind)

    def clauses_that(self, change: str) -> int:
        """How many clauses were added, dropped or reworded."""
        return sum(pair.change == change for pair in self.clauses)

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        counts = [(self.clauses_that(change), change) for change in ("added", "dropped", "reworded")]
        said = ", ".join(f"{plural(count, 'clause')} {change}" for count, change in counts if count) or "No clause changes"
        services = [(len(self.services_gained), "gained"), (len(self.services_dropped), "dropped")]
        more = "".join(f", {plural(count, 'service')} {word}" for count, word in services if count)
        if not self.touched:
            return f"{said}{more}; nothing hangs on that."
        below = (
            plural(len(self.of("objective")), "objective"),
            plural(len(self.of("work")), "piece of work", "pieces of work"),
            plural(len(self.of("person")), "person", "people"),
        )
        return f"{said}{more}. It {'would touch' if self.is_planned else 'touches'} {below[0]}, {below[1]} and {below[2]}."


def comparison(before: Mandate, after: Mandate, person: Person) -> Comparison:
    """What changes between two versions of an office's mandate."""
    old, new = list(before.clauses.order_by("number")), list(after.clauses.order_by("number"))
    pairs = _paired(old, new)
    moments = {mandate.pk: _end_of(mandate) for mandate in (before, after)}
    cites = [_citing(mandate, clauses, moments[mandate.pk]) for mandate, clauses in ((before, old), (after, new))]
    shown = _shown({pk for found in cites for pk in found}, person)
    citing: dict[int, list[Objective]] = {}
    for found in cites:
        for pk, clause in found.items():
            if pk in shown:
                citing.setdefault(clause, []).append(shown[pk])
    told = tuple(ClausePair(a, b, change, _of_pair(citing, a, b)) for a, b, change in pairs)
    services, named = _services(before, after, moments)
    ground = _Ground(told, citing, services, named)
    below = ask("work_below", list(ground.objectives), [row.pk for row in services.touched], person)
    names = ground.names | {key: Named(*said) for said_names, _ in below for key, said in said_names.items()}
    ties = (*ground.ties, *(Tie(*tie) for _, found in below for tie in found))
    reached = {str(one.key): one for one in reach(ground.changed, ties) if str(one.key) in names}
    kept = {row.before.pk for row in told if row.before is not None and row.change == "same"}
    return Comparison(
        before, after, _differing(before, after), told, services.gained, services.dropped, services.kept,
        objectives=tuple(row for key, row in ground.objectives.items()),
        carried=_carried(kept, person),
        touched=tuple(_row(one, names, ground) for one in reached.values() if names[str(one.key)].kind != "clause"),
        names=names,
        ties=tuple(tie for tie in ties if tie.above in reached and tie.below in reached),
        above=ground.above,
    )  # fmt: skip


@dataclass(frozen=True)
class _Services:
    gained: tuple[Service, ...]
    dropped: tuple[Service, ...]
    kept: tuple[Service, ...]
    reworded: tuple[Service, ...]  # kept, by a clause whose words change

    @property
    def touched(self) -> tuple[Service, ...]:
        return (*self.gained, *self.dropped, *self.reworded)


class _Ground:
    """The upper half of the graph: clauses that change, and what stands on them."""

    def __init__(
        self, pairs: tuple[ClausePair, ...], citing: dict[int, list[Objective]], services: _Services, named: Any
    ) -> None:
        self.names: dict[str, Named] = {}
        self.changed: list[str] = []
        self.ties: list[Tie] = []
        self.objectives: dict[int, Objective] = {}
        self.above: dict[str, str] = {}  # a service that changes by itself -> the clause that names it
        for pair in pairs:
            for clause in (pair.before, pair.after):
                if clause is not None and pair.change != "same":
                    self._clause(clause, pair.change, citing)
        self._services(services, named)

    def _clause(self, clause: Clause, change: str, citing: dict[int, list[Objective]]) -> None:
        key = f"clause:{clause.pk}"
        self._name_clause(clause, CHANGED[change])
        self.changed.append(key)
        for objective in citing.get(clause.pk, []):
            self.objectives[objective.pk] = objective
            note = f"{objective.get_state_display().lower()}, {CHANGED[change]}"
            self.names.setdefault(
                f"objective:{objective.pk}", Named("objective", objective.label, note, f"/objectives/{objective.pk}")
            )
            self.ties.append(Tie(key, f"objective:{objective.pk}", "cites it"))
            if objective.owner is not None:
                owner = f"person:{objective.owner.pk}"
                self.names[owner] = Named(
                    "person", objective.owner.name, objective.owner.job_title, f"/people/{objective.owner.pk}"
                )
                self.ties.append(Tie(f"objective:{objective.pk}", owner, "answers for it"))

    def _name_clause(self, clause: Clause, note: str) -> None:
        where = f"/mandate/{clause.mandate_id}#clause-{clause.number}"
        self.names[f"clause:{clause.pk}"] = Named("clause", clause.text, f"clause {clause.number}: {note}", where)

    def _services(self, services: _Services, named: dict[int, list[Clause]]) -> None:
        notes = ((services.gained, "gained"), (services.dropped, "dropped"), (services.reworded, "kept, the words for it change"))
        for rows, note in notes:
            for row in rows:
                key = f"service:{row.pk}"
                self.names[key] = Named("service", row.name, note, f"/services?office={row.office_id}")
                hung = [clause for clause in named.get(row.pk, []) if f"clause:{clause.pk}" in self.changed]
                self.ties += [Tie(f"clause:{clause.pk}", key, "is asked for by it") for clause in hung]
                if not hung:
                    self.changed.append(key)
                    for clause in named.get(row.pk, [])[:1]:
                        self._name_clause(clause, "its words stay")
                        self.above[key] = f"clause:{clause.pk}"


def _row(one: Touched, names: dict[str, Named], ground: _Ground) -> TouchedRow:
    own = names[str(one.key)]
    keys = [str(key) for key in one.path[:-1]]
    first = ground.above.get(str(one.path[0]))
    path = tuple((names[key].label, names[key].url) for key in ([first] if first else []) + keys)
    note = (
        own.note if own.kind in ("service", "objective") or not one.words else ", ".join(filter(None, (own.note, one.words[-1])))
    )
    return TouchedRow(str(one.key), own.kind, own.label, note, own.url, path)


def _of_pair(citing: dict[int, list[Objective]], before: Clause | None, after: Clause | None) -> tuple[Objective, ...]:
    rows = [row for clause in (before, after) if clause is not None for row in citing.get(clause.pk, [])]
    return tuple(dict.fromkeys(rows))


def _end_of(mandate: Mandate) -> datetime | None:
    """When the mandate ended; None where it has not."""
    if mandate.state != Mandate.State.SUPERSEDED:
        return None
    ended = records(Mandate).filter(id=mandate.pk, state=Mandate.State.SUPERSEDED).order_by("history_id").first()
    return ended.history_date if ended is not None else None


def _citing(mandate: Mandate, clauses: list[Clause], moment: datetime | None) -> dict[int, int]:
    """Live objectives that cite a clause of the mandate: objective -> clause, as it stood when the mandate ended."""
    rows: Any = Objective.objects.all() if moment is None else rows_as_of(Objective, moment)
    found = rows.filter(clause_id__in=[clause.pk for clause in clauses], state__in=LIVE)
    return dict(found.order_by("id").values_list("id", "clause_id"))


def _shown(keys: set[int], person: Person) -> dict[int, Objective]:
    rows = visible(Objective.objects.filter(pk__in=keys).select_related("owner"), person).order_by("id")
    return {row.pk: row for row in rows}


def _carried(kept: set[int], person: Person) -> tuple[Objective, ...]:
    return tuple(visible(Objective.objects.filter(clause__in=kept, state__in=LIVE), person).order_by("id"))


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


def _services(before: Mandate, after: Mandate, moments: dict[int, datetime | None]) -> tuple[_Services, dict[int, list[Clause]]]:
    """Services gained, dropped and kept, and which clauses name them.

    Those that a mandate names; of one that names none, those on offer when it ended, or now.
    """
    rows = {s.pk: s for s in Service.objects.filter(office_id=after.office_id).order_by("name", "id")}
    named: dict[int, dict[int, Clause]] = {before.pk: {}, after.pk: {}}
    found = MandateService.objects.filter(mandate__in=[before, after]).select_related("clause").order_by("clause__number", "pk")
    for row in found:
        named[row.mandate_id][row.service_id] = row.clause
    was, now = (set(named[m.pk]) or _offered(m, moments[m.pk]) for m in (before, after))
    kept = [rows[pk] for pk in rows if pk in was & now]
    worded = [row for row in kept if _words_differ(named[before.pk].get(row.pk), named[after.pk].get(row.pk))]
    by_service = {
        pk: [clauses[pk] for clauses in (named[after.pk], named[before.pk]) if pk in clauses] for pk in rows
    }  # the newer first: that is the mandate one works under

    def those(keys: set[int]) -> tuple[Service, ...]:
        return tuple(row for key, row in rows.items() if key in keys)

    return _Services(those(now - was), those(was - now), tuple(kept), tuple(worded)), by_service


def _words_differ(before: Clause | None, after: Clause | None) -> bool:
    return before is not None and after is not None and before.text != after.text


def _offered(mandate: Mandate, moment: datetime | None) -> set[int]:
    """Ids of the services on offer when the mandate ended; now, where it has not."""
    found: QuerySet[Any] = Service.objects.all() if moment is None else rows_as_of(Service, moment)
    kept = found.filter(office_id=mandate.office_id, state=Service.State.OFFERED)
    return set(kept.values_list("id", flat=True))
