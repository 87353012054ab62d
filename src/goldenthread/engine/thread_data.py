"""What a forecast reads: columns of numbers, one table a noun, rows in any order.

Days are counted from the data date (0 = the data date, negative = past) and may be fractions. Keys are the caller's own 64-bit
integers, unique within their table, and come back untouched; random numbers hang on them. Columns that name another table hold
row indices into it. Each table takes arrays, or what numpy turns into one; a column left out takes the stated default.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_RATE, PER_YEAR, ONCE = 0, 1, 2
NAN = float("nan")


def whole(default: int | None = None) -> Any:
    """A column of whole numbers; without a default it must be given."""
    return field(default=None, metadata={"dtype": np.int64, "default": default})


def number(default: float | None = None) -> Any:
    """A column of numbers; without a default it must be given."""
    return field(default=None, metadata={"dtype": np.float64, "default": default})


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length; the first is always the key."""

    key: Ints = whole()

    def __post_init__(self) -> None:
        name = type(self).__name__
        size = np.asarray(self.key if self.key is not None else []).size
        for column in fields(self):
            given, meta = getattr(self, column.name), column.metadata
            if given is None:
                if meta["default"] is None and size:
                    raise EngineError(f"{name}: the column {column.name} is missing.")
                given = np.full(size, meta["default"] if meta["default"] is not None else 0)
            values = np.array(given, dtype=meta["dtype"]).reshape(-1)
            if values.size != size:
                raise EngineError(f"{name}: the column {column.name} has {values.size} rows, the keys have {size}.")
            values.flags.writeable = False
            object.__setattr__(self, column.name, values)
        _, first, counts = np.unique(self.key, return_index=True, return_counts=True)
        if np.any(counts > 1):
            raise EngineError(f"{name}: a key stands twice.", int(self.key[first[counts > 1][0]]))

    def __len__(self) -> int:
        return self.key.size

    def rows(self, order: Ints) -> Any:
        """The same table with its rows in this order."""
        return type(self)(**{column.name: getattr(self, column.name)[order] for column in fields(self)})

    def changed(self, **columns: Any) -> Any:
        """The same table with these columns replaced."""
        return dataclasses.replace(self, **columns)


@dataclass(frozen=True, eq=False)
class Kpis(Table):
    """Indicators. Drift columns come from `drift.drift`; `day_of_value` <= 0; floor and ceiling nan = none."""

    value_now: Floats = number()
    day_of_value: Floats = number(0.0)
    drift_per_day: Floats = number(0.0)
    drift_error: Floats = number(0.0)
    noise_per_root_day: Floats = number(0.0)
    floor: Floats = number(NAN)
    ceiling: Floats = number(NAN)


@dataclass(frozen=True, eq=False)
class Objectives(Table):
    """Objectives: the key alone; what they ask stands in their targets."""


@dataclass(frozen=True, eq=False)
class Targets(Table):
    """What an objective asks of a KPI.

    One-sided: band_low and band_high nan; direction +1 (at least `value`), -1 (at most), 0 (the sign of value - baseline).
    A band: reached while band_low <= KPI <= band_high (one of them may be nan = open). `tolerance` (>= 0, KPI units) widens both.
    due_day <= 0 is past: judged on `value_at_due`, or the KPI's value now where that is nan.
    worth_per_unit: minor money units per KPI unit of progress from baseline, capped at the target (nan = no signed rate);
    worth_kind PER_YEAR (until held_until_day), ONCE (at the due day) or NO_RATE. A band pays worth_per_unit as a whole while
    inside.
    """

    objective: Ints = whole()
    kpi: Ints = whole()
    baseline: Floats = number()
    value: Floats = number(NAN)
    band_low: Floats = number(NAN)
    band_high: Floats = number(NAN)
    direction: Ints = whole(0)
    due_day: Floats = number()
    tolerance: Floats = number(0.0)
    required: Ints = whole(1)
    value_at_due: Floats = number(NAN)
    worth_per_unit: Floats = number(NAN)
    worth_kind: Ints = whole(NO_RATE)
    held_until_day: Floats = number(NAN)


@dataclass(frozen=True, eq=False)
class Subjects(Table):
    """Work that finishes (a step or a project).

    A triangular finish in days; equal values = certain; negative = already finished. Where `schedule` names a row of
    `ThreadData.schedules` (-1 = none) its finish is drawn from line `line` of those runs, which lie between low and high.
    """

    finish_low: Floats = number()
    finish_likely: Floats = number()
    finish_high: Floats = number()
    schedule: Ints = whole(-1)
    line: Ints = whole(0)


@dataclass(frozen=True, eq=False)
class ScheduleRuns:
    """Simulated runs of one schedule: float64 (subjects, runs), the day on which each of its subjects finishes in each run.

    One run of the forecast takes one whole run of it, by a number that hangs on `key` (stable, 64 bits), so that its subjects
    finish together as its network has it.
    """

    key: int
    days: Floats

    def __post_init__(self) -> None:
        days = np.array(self.days, np.float64)
        if days.ndim != 2 or not days.size or not np.isfinite(days).all():
            raise EngineError(f"The runs of schedule {self.key} are no table of days.", self.key)
        days.flags.writeable = False
        object.__setattr__(self, "days", days)


@dataclass(frozen=True, eq=False)
class Contributions(Table):
    """What a subject is expected to move.

    A signed triangular effect in KPI units (low, likely, high in either order), the chance that it comes, days of lag after
    the finish and days of linear ramp. `factor_mean` and `factor_sd` correct the claim by experience (`realised_share`); rows
    with the same `factor_class` share one draw of it. `evidence` (grade 0..5) is carried, not computed with.
    """

    subject: Ints = whole()
    kpi: Ints = whole()
    low: Floats = number()
    likely: Floats = number()
    high: Floats = number()
    chance: Floats = number(1.0)
    lag: Floats = number(0.0)
    ramp: Floats = number(0.0)
    factor_mean: Floats = number(1.0)
    factor_sd: Floats = number(0.0)
    factor_class: Ints = whole(0)
    evidence: Ints = whole(0)


@dataclass(frozen=True, eq=False)
class Supervisions(Table):
    """A supervising step and the subject it supervises.

    From the day the step is in place it raises the chance of every contribution of the supervised subject by a triangular
    raise, in proportion to the part of the remaining time it covers.
    """

    subject: Ints = whole()
    supervised: Ints = whole()
    low: Floats = number()
    likely: Floats = number()
    high: Floats = number()


@dataclass(frozen=True, eq=False)
class ThreadData:
    """The whole thread of one organisation or office, checked on construction; EngineError names the row at fault."""

    kpis: Kpis
    objectives: Objectives
    targets: Targets
    subjects: Subjects = field(default_factory=Subjects)
    contributions: Contributions = field(default_factory=Contributions)
    supervisions: Supervisions = field(default_factory=Supervisions)
    schedules: tuple[ScheduleRuns, ...] = ()

    def __post_init__(self) -> None:
        check(self)

    def tables(self) -> dict[str, Any]:
        """Every table by its name."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name != "schedules"}

    def runs_of(self, subject: int) -> Floats:
        """Days on which a subject finishes in the runs of its schedule, (runs,); empty where it has none."""
        place = int(self.subjects.schedule[subject])
        return self.schedules[place].days[self.subjects.line[subject]] if place >= 0 else np.zeros(0)


def digest(data: ThreadData, options: object) -> str:
    """SHA-256 of data and options as hexadecimal text; the order of rows does not matter to it."""
    total = hashlib.sha256(repr(options).encode())
    sorted_data, _ = by_key(data)
    for name, table in sorted_data.tables().items():
        for column in fields(table):
            if column.name in {"schedule", "line"}:
                continue  # where the runs stand; what they are comes below
            total.update(f"{name}.{column.name}:{len(table)}:".encode())
            values = np.where(np.isnan(getattr(table, column.name)), NAN, getattr(table, column.name) + 0)
            total.update(np.ascontiguousarray(values).tobytes())
    for subject in np.flatnonzero(sorted_data.subjects.schedule >= 0).tolist():
        days, of = sorted_data.runs_of(subject), sorted_data.schedules[int(sorted_data.subjects.schedule[subject])]
        total.update(f"runs:{sorted_data.subjects.key[subject]}:{of.key}:{days.size}:".encode())
        total.update(np.ascontiguousarray(days + 0).tobytes())
    return total.hexdigest()


def by_key(data: ThreadData) -> tuple[ThreadData, dict[str, Ints]]:
    """The same data with every table in key order, and for each table the original row of each new row."""
    order = {name: np.argsort(table.key, kind="stable") for name, table in data.tables().items()}
    place = {name: np.argsort(rows, kind="stable") for name, rows in order.items()}
    sort = {name: getattr(data, name).rows(rows) for name, rows in order.items()}
    targets, given, watched = sort["targets"], sort["contributions"], sort["supervisions"]
    return (
        ThreadData(
            kpis=sort["kpis"],
            objectives=sort["objectives"],
            targets=targets.changed(objective=place["objectives"][targets.objective], kpi=place["kpis"][targets.kpi]),
            subjects=sort["subjects"],
            contributions=given.changed(subject=place["subjects"][given.subject], kpi=place["kpis"][given.kpi]),
            supervisions=watched.changed(
                subject=place["subjects"][watched.subject], supervised=place["subjects"][watched.supervised]
            ),
            schedules=data.schedules,
        ),
        order,
    )


def _refuse(table: Table, bad: npt.NDArray[np.bool_], sentence: str) -> None:
    if np.any(bad):
        key = int(table.key[np.flatnonzero(bad)[0]])
        raise EngineError(f"{type(table).__name__} {key}: {sentence}", key)


def _refuse_missing(table: Table, *names: str) -> None:
    for name in names:
        _refuse(table, ~np.isfinite(getattr(table, name)), f"{name} must be a number.")


def _refuse_index(table: Table, name: str, other: Table) -> None:
    rows = getattr(table, name)
    _refuse(table, (rows < 0) | (rows >= len(other)), f"{name} names no row of {type(other).__name__}.")


def check(data: ThreadData) -> None:
    """Refuse what cannot be computed with; EngineError names the row."""
    kpis, targets, subjects = data.kpis, data.targets, data.subjects
    _refuse_missing(kpis, "value_now", "day_of_value", "drift_per_day", "drift_error", "noise_per_root_day")
    _refuse(kpis, kpis.day_of_value > 0, "the last value lies after the data date.")
    _refuse(kpis, (kpis.drift_error < 0) | (kpis.noise_per_root_day < 0), "an error or a noise is negative.")
    _refuse(kpis, kpis.floor > kpis.ceiling, "the floor lies above the ceiling.")
    _check_targets(targets, data)
    _refuse_missing(subjects, "finish_low", "finish_likely", "finish_high")
    out_of_order = (subjects.finish_low > subjects.finish_likely) | (subjects.finish_likely > subjects.finish_high)
    _refuse(subjects, out_of_order, "the finish days are not in the order low, likely, high.")
    _check_runs(subjects, data.schedules)
    _check_contributions(data.contributions, data)
    _check_supervisions(data.supervisions, data)


def _check_runs(subjects: Subjects, schedules: tuple[ScheduleRuns, ...]) -> None:
    drawn = subjects.schedule >= 0
    _refuse(subjects, (subjects.schedule < -1) | (subjects.schedule >= len(schedules)), "schedule names no runs.")
    lines = np.array([of.days.shape[0] for of in schedules], np.int64)
    _refuse(
        subjects, drawn & ((subjects.line < 0) | (subjects.line >= np.append(lines, 0)[subjects.schedule])), "line names no run."
    )
    low, high = subjects.finish_low.copy(), subjects.finish_high.copy()
    for place, of in enumerate(schedules):
        mine = subjects.schedule == place
        low[mine], high[mine] = (pick(axis=1)[subjects.line[mine]] for pick in (of.days.min, of.days.max))
    _refuse(subjects, (low < subjects.finish_low) | (high > subjects.finish_high), "its runs reach beyond low and high.")


def _check_targets(targets: Targets, data: ThreadData) -> None:
    _refuse_index(targets, "objective", data.objectives)
    _refuse_index(targets, "kpi", data.kpis)
    _refuse_missing(targets, "due_day", "tolerance")
    band = ~np.isnan(targets.band_low) | ~np.isnan(targets.band_high)
    _refuse(targets, ~band & ~np.isfinite(targets.value), "a target needs a value or a band.")
    _refuse(targets, band & (targets.band_low > targets.band_high), "the band's low end lies above its high end.")
    _refuse(targets, ~band & ~np.isfinite(targets.baseline), "a one-sided target needs a baseline.")
    still = ~band & (targets.direction == 0) & (targets.value == targets.baseline)
    _refuse(targets, still, "target and baseline are equal: say whether more or less is better.")
    _refuse(targets, np.abs(targets.direction) > 1, "the direction must be +1, 0 or -1.")
    _refuse(targets, targets.tolerance < 0, "the tolerance is negative.")
    _refuse(targets, (targets.worth_kind < NO_RATE) | (targets.worth_kind > ONCE), "the kind of worth is unknown.")
    paid_yearly = (targets.worth_kind == PER_YEAR) & ~np.isnan(targets.worth_per_unit)
    _refuse(targets, paid_yearly & ~np.isfinite(targets.held_until_day), "a yearly worth needs the day until which it is held.")
    _refuse(targets, np.isinf(targets.worth_per_unit), "the worth of a unit must be a number.")


def _check_contributions(given: Contributions, data: ThreadData) -> None:
    _refuse_index(given, "subject", data.subjects)
    _refuse_index(given, "kpi", data.kpis)
    _refuse_missing(given, "low", "likely", "high", "chance", "lag", "ramp", "factor_mean", "factor_sd")
    _refuse(given, (given.chance < 0) | (given.chance > 1), "the chance must lie between 0 and 1.")
    _refuse(given, (given.lag < 0) | (given.ramp < 0), "lag and ramp must not be negative.")
    _refuse(given, (given.factor_mean < 0) | (given.factor_sd < 0), "the experience factor must not be negative.")
    outside = (given.likely < np.minimum(given.low, given.high)) | (given.likely > np.maximum(given.low, given.high))
    _refuse(given, outside, "the likely effect does not lie between low and high.")


def _check_supervisions(watched: Supervisions, data: ThreadData) -> None:
    _refuse_index(watched, "subject", data.subjects)
    _refuse_index(watched, "supervised", data.subjects)
    _refuse_missing(watched, "low", "likely", "high")
    _refuse(watched, watched.subject == watched.supervised, "a step cannot supervise itself.")
    out_of_order = (watched.low > watched.likely) | (watched.likely > watched.high) | (watched.low < 0) | (watched.high > 1)
    _refuse(watched, out_of_order, "the raise of chance must be in order and between 0 and 1.")
    pairs = np.stack([watched.subject, watched.supervised]) if len(watched) else np.zeros((2, 0), np.int64)
    _, first, place = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    _refuse(watched, first[np.ravel(place)] != np.arange(len(watched)), "this step supervises this subject already.")
