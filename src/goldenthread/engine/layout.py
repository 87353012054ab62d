"""Thread data laid out as flat record arrays for one simulation; both paths (plain and compiled) read the same `Layout`.

Worth per year is integrated over `cells` equal cells of the period from the data date to the day until which it is held: the
KPI's value in a cell is its average over the cell, so a finish one day later moves the worth smoothly. Noise is a Brownian path
on a doubling grid of days (0, 7, 14, 28, 56, ...): one normal step an interval, and a bridge inside it, each with its own
random sequence. Asking for another date changes no number of the dates asked for before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.groups import group_columns
from goldenthread.engine.randoms import Words, sequence_starts
from goldenthread.engine.thread_data import NO_RATE, PER_YEAR, Contributions, Floats, Ints, Targets, ThreadData

Records = npt.NDArray[np.void]

DAYS_PER_YEAR = 365.0
GRID = np.concatenate([[0.0], 7.0 * 2.0 ** np.arange(15)])
SUCCESS, FINISH, EFFECT, RAISE, DRIFT, FACTOR, RUN, STEP, BRIDGE = 1, 2, 3, 4, 5, 6, 7, 16, 48
SLACK = 1e-9  # relative: a value that misses a target by rounding alone has met it
SHORTEST_RAMP = 1e-6  # days: a ramp no clock could tell from a step

_F, _I, _U = np.float64, np.int64, np.uint64
PLACE = np.dtype([("interval", _I), ("part", _F), ("bridge", _F)])
KPI = np.dtype(
    [(name, _F) for name in ("value", "day", "drift", "error", "noise", "floor", "ceiling")]
    + [("drift_start", _U)]
    + [(name, _I) for name in ("intervals", "rated", "target_from", "target_to")]
)
TARGET = np.dtype(
    [(name, _I) for name in ("kpi", "objective", "future", "required", "band", "kind")]
    + [(name, _F) for name in ("due", "low", "high", "past", "direction", "baseline", "cap", "rate", "width")]
)
SUBJECT = np.dtype(
    [(name, _F) for name in ("low", "likely", "high")]
    + [(name, _I) for name in ("done", "day_from", "runs")]
    + [(name, _U) for name in ("success_start", "finish_start")]
)
CONTRIBUTION = np.dtype(
    [("subject", _I), ("kpi", _I), ("cls", _I)]
    + [(name, _F) for name in ("low", "likely", "high", "chance", "lag", "ramp", "scale", "centre", "spread")]
    + [("effect_start", _U)]
)
SUPERVISION = np.dtype([("subject", _I), ("supervised", _I), ("low", _F), ("likely", _F), ("high", _F), ("start", _U)])


class Layout(NamedTuple):
    """Record arrays with rows in key order.

    `months` are the fan's days; `month_noise` (kpis, months), `due_noise` (targets) and `cell_noise` (targets, cells) place
    them in the noise grid; `path_start` (kpis, 2, intervals) starts the sequences of steps and bridges. `kpi_targets` lists
    target rows by KPI. `days` holds the runs of schedules, those of a subject from `day_from` on; where it has none (`runs` is
    0) its finish is a triangle. The rest describes the groups of `groups.py`.
    """

    kpis: Records
    targets: Records
    subjects: Records
    days: Floats
    contributions: Records
    supervisions: Records
    months: Floats
    month_noise: Records
    due_noise: Records
    cell_noise: Records
    path_start: Words
    factor_start: Words
    kpi_targets: Ints
    groups: Records
    segments: Records
    items: Records
    pair_target: Ints
    group_objective: Ints
    group_of_subject: Ints


def lay_out(data: ThreadData, seed: int, months: tuple[float, ...], cells: int, *, groups: bool = True) -> Layout:
    """The flat arrays of data whose tables stand in key order (`thread_data.by_key`).

    Without `groups` nothing can be taken away later.
    """
    days = np.array(months, dtype=np.float64)
    month_noise, due_noise, cell_noise, intervals = _noise_places(data, days, cells)
    kpi_targets = np.argsort(data.targets.kpi, kind="stable")
    contributions, classes = _contributions(data.contributions, seed)
    starts = [[sequence_starts(seed, data.kpis.key, first + i) for i in range(len(GRID) - 1)] for first in (STEP, BRIDGE)]
    return Layout(
        kpis=_kpis(data, seed, intervals, kpi_targets),
        targets=_targets(data.targets, data, cells),
        subjects=_subjects(data, seed),
        days=np.concatenate([np.zeros(1), *(data.runs_of(subject) for subject in range(len(data.subjects)))]),
        contributions=contributions,
        supervisions=_supervisions(data, seed),
        months=days,
        month_noise=month_noise,
        due_noise=due_noise,
        cell_noise=cell_noise,
        path_start=np.ascontiguousarray(np.array(starts).transpose(2, 0, 1)),
        factor_start=sequence_starts(seed, classes, FACTOR),
        kpi_targets=kpi_targets,
        **group_columns(data, empty=not groups),
    )


def _records(dtype: np.dtype[Any], size: int, **columns: Any) -> Records:
    table = np.zeros(size, dtype)
    for name in dtype.names or ():
        table[name] = columns[name]
    return table


def _kpis(data: ThreadData, seed: int, intervals: Ints, kpi_targets: Ints) -> Records:
    kpis, targets = data.kpis, data.targets
    rated = np.zeros(len(kpis), np.int64)
    rated[targets.kpi[_kind(targets) != NO_RATE]] = 1
    edges = np.searchsorted(targets.kpi[kpi_targets], np.arange(len(kpis) + 1))
    return _records(
        KPI,
        len(kpis),
        value=kpis.value_now,
        day=kpis.day_of_value,
        drift=kpis.drift_per_day,
        error=kpis.drift_error,
        noise=kpis.noise_per_root_day,
        floor=np.where(np.isnan(kpis.floor), -np.inf, kpis.floor),
        ceiling=np.where(np.isnan(kpis.ceiling), np.inf, kpis.ceiling),
        drift_start=sequence_starts(seed, kpis.key, DRIFT),
        intervals=intervals,
        rated=rated,
        target_from=edges[:-1],
        target_to=edges[1:],
    )


def _kind(targets: Targets) -> Ints:
    return np.where(np.isnan(targets.worth_per_unit), NO_RATE, targets.worth_kind)


def _held(targets: Targets) -> Floats:
    return np.where(_kind(targets) == PER_YEAR, np.maximum(targets.held_until_day, 0.0), 0.0)


def _targets(targets: Targets, data: ThreadData, cells: int) -> Records:
    band = ~np.isnan(targets.band_low) | ~np.isnan(targets.band_high)
    goal, baseline = np.where(band, 0.0, targets.value), np.where(band, 0.0, targets.baseline)
    direction = np.where(targets.direction != 0, targets.direction, np.sign(goal - baseline))
    low = np.where(band, targets.band_low, np.where(direction > 0, goal, np.nan))
    high = np.where(band, targets.band_high, np.where(direction < 0, goal, np.nan))
    slack = SLACK * np.maximum(1.0, np.maximum(np.nan_to_num(np.abs(low)), np.nan_to_num(np.abs(high))))
    kind = _kind(targets)
    return _records(
        TARGET,
        len(targets),
        kpi=targets.kpi,
        objective=targets.objective,
        future=targets.due_day > 0.0,
        required=targets.required != 0,
        band=band,
        kind=kind,
        due=targets.due_day,
        low=np.where(np.isnan(low), -np.inf, low - targets.tolerance - slack),
        high=np.where(np.isnan(high), np.inf, high + targets.tolerance + slack),
        past=np.where(np.isnan(targets.value_at_due), data.kpis.value_now[targets.kpi], targets.value_at_due),
        direction=direction,
        baseline=baseline,
        cap=np.maximum(direction * (goal - baseline), 0.0),
        rate=np.where(kind == NO_RATE, 0.0, targets.worth_per_unit),
        width=_held(targets) / cells,
    )


def _subjects(data: ThreadData, seed: int) -> Records:
    subjects = data.subjects
    runs = np.array([data.runs_of(subject).size for subject in range(len(subjects))], np.int64)
    of = np.array([*(schedule.key for schedule in data.schedules), 0], np.int64)  # the last: of what has no schedule
    drawn = sequence_starts(seed, of[subjects.schedule], RUN)
    return _records(
        SUBJECT,
        len(subjects),
        low=subjects.finish_low,
        likely=subjects.finish_likely,
        high=subjects.finish_high,
        done=subjects.finish_high <= 0.0,
        day_from=1 + np.cumsum(runs) - runs,
        runs=runs,
        success_start=sequence_starts(seed, subjects.key, SUCCESS),
        finish_start=np.where(runs > 0, drawn, sequence_starts(seed, subjects.key, FINISH)),
    )


def _contributions(given: Contributions, seed: int) -> tuple[Records, Ints]:
    """Effects in numeric order, the experience factor, and the factor classes.

    The factor is a gamma variate by Wilson and Hilferty's cube (1931): scale * max(0, centre + spread * z)^3, with mean and
    spread as given, and never negative.
    """
    certain = (given.factor_sd == 0.0) | (given.factor_mean == 0.0)
    h = np.where(certain, 0.0, np.minimum((given.factor_sd / np.maximum(given.factor_mean, 1e-12)) ** 2 / 9.0, 0.25))
    classes, place = np.unique(given.factor_class, return_inverse=True)
    table = _records(
        CONTRIBUTION,
        len(given),
        subject=given.subject,
        kpi=given.kpi,
        cls=np.where(certain, -1, np.ravel(place)),
        low=np.minimum(given.low, given.high),
        likely=given.likely,
        high=np.maximum(given.low, given.high),
        chance=given.chance,
        lag=given.lag,
        ramp=np.where(given.ramp < SHORTEST_RAMP, 0.0, given.ramp),
        scale=given.factor_mean / (1.0 - h**3),
        centre=1.0 - h,
        spread=np.sqrt(h),
        effect_start=sequence_starts(seed, given.key, EFFECT),
    )
    return table, classes


def _supervisions(data: ThreadData, seed: int) -> Records:
    watched = data.supervisions
    return _records(
        SUPERVISION,
        len(watched),
        subject=watched.subject,
        supervised=watched.supervised,
        low=watched.low,
        likely=watched.likely,
        high=watched.high,
        start=sequence_starts(seed, watched.key, RAISE),
    )


def _places(days_ahead: Floats) -> Records:
    """Where dates lie in the noise grid: interval, part of it, and the size of the bridge there."""
    if days_ahead.size and float(days_ahead.max()) >= GRID[-1]:
        raise EngineError("A date lies more than 300 years ahead.")
    places = np.zeros(days_ahead.shape, PLACE)
    interval = np.maximum(np.searchsorted(GRID, days_ahead, side="right") - 1, 0)
    length = GRID[interval + 1] - GRID[interval]
    part = np.maximum(days_ahead - GRID[interval], 0.0) / length
    places["interval"], places["part"], places["bridge"] = interval, part, np.sqrt(length * part * (1.0 - part))
    return places


def _noise_places(data: ThreadData, months: Floats, cells: int) -> tuple[Records, Records, Records, Ints]:
    """Places of the fan's days, of the due days and of the middles of the worth cells; and how many intervals each KPI needs."""
    targets, day = data.targets, data.kpis.day_of_value
    middles = (np.arange(cells) + 0.5) * (_held(targets) / cells)[:, None] - day[targets.kpi][:, None]
    fan = _places(np.maximum(months[None, :] - day[:, None], 0.0))
    due = _places(np.maximum(targets.due_day - day[targets.kpi], 0.0))
    inside = _places(middles)
    intervals = fan["interval"].max(axis=1, initial=-1) + 1
    np.maximum.at(intervals, targets.kpi, due["interval"] + 1)
    np.maximum.at(intervals, targets.kpi, inside["interval"].max(axis=1, initial=-1) + 1)
    return fan, due, inside, intervals
