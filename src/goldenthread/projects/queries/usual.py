"""What usually happens to projects like this: how far the finish, and the cost, told of others had moved some time later.

Only from this organisation's own status reports, as far as they were there by the day that is asked; every imported list leaves
one a project. A project learns nothing from itself, and confidential projects teach nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from goldenthread.engine.usual_change import Asked, Cases, UsualChangeOptions, usual_change
from goldenthread.projects.models import Project, StatusReport

HORIZONS = (365, 182)  # days; the longest that enough others have lived
REACH = 0.25  # a later report may stand so much nearer or farther, as a part of the horizon
MOST = 150  # projects that teach
FEWEST = UsualChangeOptions().fewest
FEWEST_PROJECTS = 5
LEVELS = (0.1, 0.5, 0.9)
MARKS = tuple((i + 0.5) / 40 for i in range(40))
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
    def mark_dates(self) -> list[date]:
        """The forty marks as days."""
        return [self.finish + timedelta(days=round(days)) for days in self.slip.marks]


@dataclass(frozen=True)
class _Told:
    """What a report told: its day, the finish and the cost forecast."""

    on: date
    finish: date
    cost: int | None


@dataclass(frozen=True)
class _Case:
    """A report and what was told about a horizon later: whose, days left then, kind of project, what it came to."""

    key: int
    left: int
    group: str
    outcome: float


def usual_course(project: Project, day: date) -> Usual | None:
    """What usually happens to projects like this one, known on `day`; None where it ended or tells no finish. One statement."""
    if project.state not in OPEN or project.finishes_on is None:
        return None
    others = _reports(project, day)
    left = (project.finishes_on - day).days
    days, slip = HORIZONS[-1], Moved(0, 0, None, ())
    for days in HORIZONS:
        slip = _moved(others.cases(days, "finish", day), project, left, least=float(-left))
        if slip.range is not None:
            break
    return Usual(days, project.finishes_on, slip, _moved(others.cases(days, "cost", day), project, left, least=-np.inf))


@dataclass(frozen=True)
class _Others:
    """By project: what was told, oldest first; its category; and the day on which it was closed."""

    told: dict[int, list[_Told]]
    kinds: dict[int, str]
    closed: dict[int, date]

    def cases(self, days: int, what: str, day: date) -> list[_Case]:
        """What came of every report so many days later."""
        every = self.told.items()
        return [case for pk, told in every for case in _cases(pk, told, self.kinds[pk], self.closed.get(pk), days, what, day)]


def _reports(project: Project, day: date) -> _Others:
    """What was told of the others by then; of many, every so many-th."""
    standing: Any = StatusReport.objects.filter(
        withdrawn_at__isnull=True, finishes_on__isnull=False, on__lte=day, project__is_confidential=False
    )
    told: dict[int, list[_Told]] = defaultdict(list)
    kinds: dict[int, str] = {}
    closed: dict[int, date] = {}
    columns = ("project_id", "on", "finishes_on", "forecast_minor", "project__category", "project__state", "project__finishes_on")
    rows = standing.exclude(project=project).order_by("project_id", "on").values_list(*columns)
    for pk, on, finish, cost, kind, state, ended in rows:
        told[pk].append(_Told(on, finish, cost))
        kinds[pk] = kind
        if state == Project.State.CLOSED and ended is not None and ended <= day:
            closed[pk] = ended
    chosen = sorted(told)
    chosen = chosen[:: -(-len(chosen) // MOST)] if chosen else []
    return _Others({pk: told[pk] for pk in chosen}, kinds, closed)


def _cases(pk: int, told: list[_Told], kind: str, closed: date | None, days: int, what: str, day: date) -> Iterator[_Case]:
    when = [report.on for report in told]
    for i, now in enumerate(told):
        wanted = now.on + timedelta(days=days)
        later = _nearest(when, i, wanted, round(REACH * days))
        if later is None:
            if what == "finish" and closed is not None and now.on < closed <= wanted <= day:
                yield _Case(pk, (now.finish - now.on).days, kind, float((closed - now.finish).days))
            continue
        then = told[later]
        if what == "finish":
            yield _Case(pk, (now.finish - now.on).days, kind, float((then.finish - now.finish).days))
        elif now.cost and then.cost:
            yield _Case(pk, (now.finish - now.on).days, kind, then.cost / now.cost - 1.0)


def _nearest(when: list[date], after: int, wanted: date, reach: int) -> int | None:
    """The report nearest to the wanted day among those after one, if it is near enough."""
    place = bisect_left(when, wanted)
    near = [i for i in (place - 1, place) if after < i < len(when) and abs((when[i] - wanted).days) <= reach]
    return min(near, key=lambda i: abs((when[i] - wanted).days), default=None)


def _moved(cases: list[_Case], project: Project, left: int, *, least: float) -> Moved:
    """The distribution of what came of the cases, weighed by how alike they are to the project."""
    count = len({case.key for case in cases})
    if len(cases) < FEWEST or count < FEWEST_PROJECTS:
        return Moved(len(cases), count, None, ())
    groups = {name: i for i, name in enumerate(sorted({case.group for case in cases} | {project.category}))}
    known = Cases(
        np.array([case.key for case in cases], np.int64),
        _size(np.array([case.left for case in cases], np.float64)),
        np.array([groups[case.group] for case in cases], np.int64),
        np.array([case.outcome for case in cases], np.float64),
    )
    asked = Asked(np.array([project.pk]), _size(np.array([float(left)])), np.array([groups[project.category]]), np.array([least]))
    found = usual_change(known, asked).quantiles((*LEVELS, *MARKS))[0].tolist()
    low, middle, high, *marks = found
    return Moved(len(cases), count, (low, middle, high), tuple(marks))


def _size(days: Any) -> Any:
    """Time left on a scale on which a year more matters less the more years there are."""
    return np.log1p(np.maximum(days, 0.0) / 365.0)
