"""What usually happens to projects like this: how far the finish, and the cost, told of others had moved some time later.

Only from this organisation's own status reports, as far as they were there by the day that is asked; every imported list leaves
one a project. A project learns nothing from itself, and confidential projects teach nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.db.models import Case, F, When

from goldenthread.engine.usual_change import Asked, Cases, Floats, Ints, UsualChangeOptions, usual_change
from goldenthread.projects.models import Project, StatusReport

HORIZONS = (365, 182)  # days; the longest that enough others have lived
REACH = 0.25  # a later report may stand so much nearer or farther, as a part of the horizon
MOST = 150  # projects that teach
FEWEST = UsualChangeOptions().fewest
FEWEST_PROJECTS = 5
LEVELS = (0.1, 0.5, 0.9)
MARKS = tuple((i + 0.5) / 40 for i in range(40))
NOBODY = -1
OPEN = (Project.State.PROPOSED, Project.State.RUNNING, Project.State.ON_HOLD)


@dataclass(frozen=True)
class Moved:
    """How one figure of a project may have moved: the 10th, 50th and 90th percentile, forty marks, n cases of so many projects.

    Days of the finish; a part of the cost. None where fewer than 20 cases of 5 projects are known.
    """

    cases: int
    projects: int
    range: tuple[float, float, float] | None
    marks: tuple[float, ...]


@dataclass(frozen=True)
class Usual:
    """What usually happens within `days` to projects like one that is to finish on `finish`."""

    days: int
    finish: date
    slip: Moved
    growth: Moved

    @property
    def dates(self) -> tuple[date, date, date]:
        """The finish as it may be told then: early, middle, late."""
        low, middle, high = self.slip.range or (0.0, 0.0, 0.0)
        early, likely, late = (self.finish + timedelta(days=round(days)) for days in (low, middle, high))
        return early, likely, late

    @property
    def is_past(self) -> bool:
        """Whether it is overdue by more than others ever were, so that they say nothing but that it has not ended yet."""
        early, _, late = self.dates
        return self.slip.range is not None and early == late > self.finish

    @property
    def mark_dates(self) -> list[date]:
        """The forty marks as days."""
        return [self.finish + timedelta(days=round(days)) for days in self.slip.marks]


@dataclass(frozen=True, eq=False)
class _Told:
    """What the reports of a project told, oldest first, columns (n,): day and finish as ordinals, the cost forecast or nan.

    kind: its category. closed: the day on which it was closed.
    """

    on: Ints
    finish: Ints
    cost: Floats
    kind: str
    closed: int | None

    def slips(self, days: int, today: int) -> Floats:
        """How far the finish had moved so many days after each report, (n,); nan where nobody knows."""
        later, wanted = _later(self.on, days), self.on + days
        slip = np.where(later == NOBODY, np.nan, self.finish[later] - self.finish)
        if self.closed is None:
            return slip
        ended = (later == NOBODY) & (self.on < self.closed) & (self.closed <= wanted) & (wanted <= today)
        return np.where(ended, self.closed - self.finish, slip)

    def growths(self, days: int) -> Floats:
        """By which part the cost had grown so many days after each report, (n,); nan where nobody knows."""
        later = _later(self.on, days)
        return np.where(later == NOBODY, np.nan, self.cost[later] / self.cost - 1.0)


@dataclass(frozen=True, eq=False)
class _Cases:
    """Reports of which is known what came of them, columns (n,): whose, days left then, outcome; by project its category."""

    key: Ints
    left: Ints
    outcome: Floats
    kinds: dict[int, str]


def usual_course(project: Project, day: date) -> Usual | None:
    """What usually happens to projects like this one, known on `day`; None where it ended or tells no finish. One statement."""
    if project.state not in OPEN or project.finishes_on is None:
        return None
    others, today = _reports(project, day), day.toordinal()
    left = (project.finishes_on - day).days
    days, slip = HORIZONS[-1], Moved(0, 0, None, ())
    for days in HORIZONS:
        slip = _moved(_cases(others, partial(_Told.slips, days=days, today=today)), project, left, least=float(-left))
        if slip.range is not None:
            break
    growth = _moved(_cases(others, partial(_Told.growths, days=days)), project, left, least=-np.inf)
    return Usual(days, project.finishes_on, slip, growth)


def _cases(others: dict[int, _Told], outcomes: Callable[[_Told], Floats]) -> _Cases:
    """What came of every report of which that is known."""
    parts: list[tuple[Any, ...]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for pk, told in others.items():
        outcome = outcomes(told)
        known = np.isfinite(outcome)
        parts.append((np.full(int(known.sum()), pk), (told.finish - told.on)[known], outcome[known]))
    key, left, came = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Cases(key, left, came, {pk: told.kind for pk, told in others.items()})


def _reports(project: Project, day: date) -> dict[int, _Told]:
    """What was told of the others by then, by project; of many, every so many-th."""
    standing: Any = StatusReport.objects.filter(
        withdrawn_at__isnull=True, finishes_on__isnull=False, on__lte=day, project__is_confidential=False
    ).exclude(project=project)
    ended = Case(When(project__state=Project.State.CLOSED, project__finishes_on__lte=day, then=F("project__finishes_on")))
    rows = standing.annotate(ended=ended).order_by("project_id", "on")
    by_project: dict[int, list[Any]] = defaultdict(list)
    for pk, *told in rows.values_list("project_id", "on", "finishes_on", "forecast_minor", "project__category", "ended"):
        by_project[pk].append(told)
    chosen = sorted(by_project)
    return {pk: _told(by_project[pk]) for pk in chosen[:: -(-len(chosen) // MOST)]} if chosen else {}


def _told(rows: list[Any]) -> _Told:
    on, finish, cost, kinds, ended = zip(*rows, strict=True)
    return _Told(
        np.array([day.toordinal() for day in on], np.int64),
        np.array([day.toordinal() for day in finish], np.int64),
        np.array([minor or np.nan for minor in cost], np.float64),
        kinds[0],
        ended[0].toordinal() if ended[0] is not None else None,
    )


def _later(on: Ints, days: int) -> Ints:
    """Of each report the place of the one nearest to so many days later, if it is near enough; NOBODY without one."""
    wanted, here = on + days, np.arange(on.size)
    after = np.searchsorted(on, wanted)
    near = np.stack([after - 1, np.minimum(after, on.size - 1)])
    away = np.where(near > here, np.abs(on[near] - wanted), days)
    best = np.argmin(away, axis=0)
    return np.where(away[best, here] <= round(REACH * days), near[best, here], NOBODY)


def _moved(cases: _Cases, project: Project, left: int, *, least: float) -> Moved:
    """The distribution of what came of the cases, weighed by how alike they are to the project."""
    whose = np.unique(cases.key).tolist()
    if cases.key.size < FEWEST or len(whose) < FEWEST_PROJECTS:
        return Moved(cases.key.size, len(whose), None, ())
    groups = {name: i for i, name in enumerate(sorted({*(cases.kinds[pk] for pk in whose), project.category}))}
    group = np.array([groups[cases.kinds[pk]] for pk in cases.key.tolist()], np.int64)
    known = Cases(cases.key, _size(cases.left), group, cases.outcome)
    asked = Asked(np.array([project.pk]), _size(np.array([float(left)])), np.array([groups[project.category]]), np.array([least]))
    found = usual_change(known, asked).quantiles((*LEVELS, *MARKS))[0].tolist()
    low, middle, high, *marks = found
    return Moved(cases.key.size, len(whose), (low, middle, high), tuple(marks))


def _size(days: Any) -> Any:
    """Time left on a scale on which a year more matters less the more years there are."""
    return np.log1p(np.maximum(days, 0.0) / 365.0)
