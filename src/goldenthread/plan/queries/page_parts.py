"""What the one-page plans are made of: figures and chances in words, rows, when work is, and from when the page is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import secret_rows, visible
from goldenthread.plan.models import Duty, DutyOccurrence, Forecast, PlanVersion
from goldenthread.plan.queries.version_since import changes_since
from goldenthread.plan.queries.versions import readers_counted
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.purpose.queries import attainment_of, with_figures
from goldenthread.schedule.models import Activity
from goldenthread.ui import writing

M = TypeVar("M", bound=Model)
STANDS = (PlanVersion.State.IN_FORCE, PlanVersion.State.PROPOSED, PlanVersion.State.SIGNED)
SENTENCE = 320  # characters of a first sentence that stand


@dataclass(frozen=True)
class Eyes:
    """Whose page it is, and who looks at it: what stands there both may see."""

    subject: Person
    viewer: Person
    is_link: bool = False  # whoever has a link looks: at nothing that is confidential, the person's own included

    @property
    def is_own(self) -> bool:
        """Whether somebody looks at his or her own page."""
        return self.viewer.pk == self.subject.pk

    def may(self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows that may stand."""
        seen, secret = visible(rows, self.subject), secret_rows(rows.model)
        if self.is_link and secret is not None:
            seen = seen.exclude(secret)
        return seen if self.is_own else visible(seen, self.viewer)


@dataclass(frozen=True)
class Figure:
    """One target in words: the KPI, from what to what, by when, where it stands; share: 0 at the baseline, 1 at the target."""

    name: str
    course: str
    due: date | None
    now: str
    share: float | None = None


@dataclass(frozen=True)
class Line:
    """A row of one of the lists: what, by when or where to, who."""

    name: str
    url: str
    when: str
    note: str
    is_late: bool = False


@dataclass(frozen=True)
class Lines:
    """As many rows as there is room for, and how many there are."""

    rows: tuple[Line, ...]
    count: int

    @property
    def left_out(self) -> int:
        """How many do not stand."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Standing:
    """From when the page is: the version in force, how far the plan has gone on from it, who has read it; the forecast.

    read: how many of how many were told of the version and say to have read it.
    """

    day: date
    in_force: int | None
    in_force_on: date | None
    proposed: int | None
    forecast_on: date | None
    changes: int = 0
    read: tuple[int, int] = (0, 0)

    @property
    def words(self) -> str:
        """In one line."""
        told = [f"As it stands on {writing.date(self.day)}", self.version]
        if self.proposed:
            told.append(f"version {self.proposed} is proposed")
        told.append(f"chances of {writing.date(self.forecast_on)}" if self.forecast_on else "no forecast yet")
        return " · ".join(told)

    @property
    def version(self) -> str:
        """“version 3, in force since 12 Nov 2026; 4 changes since, not approved”."""
        if not self.in_force:
            return "no version in force yet"
        since = f"{writing.plural(self.changes, 'change')} since, not approved" if self.changes else "no change since"
        return f"version {self.in_force}, in force since {writing.date(self.in_force_on)}; {since}"

    @property
    def readers(self) -> str:
        """“read and understood by 12 of 15”, empty where nobody was told."""
        read, told = self.read
        return f"read and understood by {writing.number(read)} of {writing.number(told)}" if told else ""


def first_sentence(text: str) -> str:
    """The first sentence of a text, cut at a word where it is longer than the page gives room."""
    line = " ".join(text.split())
    end = next((n + 1 for n, c in enumerate(line) if c in ".!?" and line[n + 1 : n + 2] in {"", " "}), len(line))
    return line[:end] if end <= SENTENCE else line[:SENTENCE].rpartition(" ")[0] + "…"


def targets_of(objectives: Iterable[Objective]) -> dict[int, list[Any]]:
    """The targets of each objective with their figures, required ones first. One statement."""
    found: dict[int, list[Any]] = defaultdict(list)
    for target in with_figures(Target.objects.filter(objective__in=[o.pk for o in objectives])):
        found[target.objective_id].append(target)
    return found


def figure_of(target: Any) -> Figure:
    """A target in words."""
    kpi, digits = target.kpi, target.kpi.decimals

    def said(value: float | None) -> str:
        return writing.number(value, digits)

    if kpi.direction == Kpi.Direction.BAND:
        ends = [said(end) for end in (target.band_low, target.band_high) if end is not None]
        edge = "" if len(ends) == 2 else "at least " if target.band_low is not None else "at most "
        course = f"{edge}{' to '.join(ends)}" if ends else "no target yet"
    elif target.value is None:
        course = "no target yet"
    else:
        course = f"{said(target.baseline)} → {said(target.value)}"
    unit = f" {kpi.unit}" if kpi.unit and course != "no target yet" else ""
    now = f"now {said(target.last_value)}" if target.last_value is not None else "no figure yet"
    return Figure(kpi.name, course + unit, target.due_on, now, attainment_of(target))


def chance_of(made: Forecast | None, objective: Objective, targets: Sequence[Any], day: date) -> tuple[str, str]:
    """The chance in words and its basis; of what is over what became of it; both empty where no forecast holds it."""
    known = made.results["objectives"].get(str(objective.pk)) if made is not None else None
    if known is None or known.get("chance") is None:
        return "", ""
    required = [target for target in targets if target.is_required]
    if required and all(target.due_on is not None and target.due_on < day for target in required):
        return writing.outcome(known["chance"]), ""
    return writing.chance(known["chance"], known["basis"]), str(known["basis"])


def standing_of(versions: QuerySet[PlanVersion], made: Forecast | None, day: date) -> Standing:
    """Which of the versions is in force and which is proposed. One statement; with one in force five, while nobody writes."""
    rows = {row.state: row for row in versions.filter(state__in=STANDS).select_related("plan")}
    known, asked = (
        rows.get(PlanVersion.State.IN_FORCE),
        rows.get(PlanVersion.State.PROPOSED) or rows.get(PlanVersion.State.SIGNED),
    )
    proposed = asked.number if asked is not None else None
    forecast_on = made.data_date if made is not None else None
    if known is None:
        return Standing(day, None, None, proposed, forecast_on)
    changes = changes_since(known.plan, known.pk, day)
    return Standing(day, known.number, known.in_force_on, proposed, forecast_on, changes, readers_counted(known))


@dataclass(frozen=True)
class Span:
    """When an activity is, with all that lies below it; which lies above it."""

    start: date | None
    finish: date | None
    parent: int | None
    is_open: bool


def spans_of(schedules: Iterable[int]) -> dict[int, Span]:
    """Activity id -> when it is, a summary from the first to the last of its parts. One statement."""
    columns = ("pk", "parent_id", "actual_start", "actual_finish", "cancelled_on", "dates__early_start", "dates__early_finish")
    rows = list(Activity.objects.filter(schedule__in=list(schedules)).values_list(*columns))
    below: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row[1] is not None:
            below[row[1]].append(row[0])
    own = {row[0]: row for row in rows}
    found: dict[int, Span] = {}
    waiting = [row[0] for row in rows if row[1] is None]
    order: list[int] = []
    while waiting:
        order.append(waiting.pop())
        waiting += below[order[-1]]
    for pk in reversed(order):
        _, parent, started, ended, cancelled, early_start, early_finish = own[pk]
        parts = [found[child] for child in below[pk]]
        starts = [part.start for part in parts if part.start] or [day for day in (started or early_start,) if day]
        ends = [part.finish for part in parts if part.finish] or [day for day in (ended or early_finish,) if day]
        is_open = cancelled is None and (any(part.is_open for part in parts) if parts else ended is None)
        found[pk] = Span(min(starts, default=None), max(ends, default=None), parent, is_open)
    return found


def lasting(day: date) -> Q:
    """Duties that have not ended."""
    return Q(valid_to__isnull=True) | Q(valid_to__gte=day)


def duties_due(rows: QuerySet[Duty]) -> QuerySet[Duty]:
    """Duties with `due_on`: the first time that still waits for its proof; the soonest first."""
    waiting = DutyOccurrence.objects.filter(duty=OuterRef("pk"), proven_on__isnull=True).order_by("due_on")
    dated = rows.annotate(due_on=Coalesce(Subquery(waiting.values("due_on")[:1]), "next_due"))
    return dated.select_related("holder").order_by("due_on", "name", "id")
