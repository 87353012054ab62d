"""Levers: what a change would gain, at the same random numbers as the forecast, ranked by gain per hour.

A lever's gain is exactly the forecast of the changed data less the forecast of the data; only the KPIs it can move are
simulated again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ForecastOptions, attained, simulate
from goldenthread.engine.layout import lay_out
from goldenthread.engine.subset import reach, subset
from goldenthread.engine.thread_data import Floats, Ints, ScheduleRuns, Table, ThreadData, by_key, number, whole

SOONER, LIKELIER, LARGER = 0, 1, 2
LEAST_HOURS = 0.25
SOON = 1e-6  # an unfinished subject finishes after the data date


@dataclass(frozen=True, eq=False)
class Candidates(Table):
    """Changes to try.

    Row index of the subject, kind SOONER (by `amount` days), LIKELIER (chance of all its contributions up by `amount`, at
    most to 1) or LARGER (effects times 1 + amount), and the hours it costs.
    """

    subject: Ints = whole()  # noqa: RUF009 (a column, not a value)
    kind: Ints = whole()  # noqa: RUF009 (a column, not a value)
    amount: Floats = number()  # noqa: RUF009 (a column, not a value)
    hours: Floats = number(0.0)  # noqa: RUF009 (a column, not a value)


@dataclass(frozen=True, eq=False)
class Gains:
    """One row a candidate, in the caller's order.

    `objective_chance` (candidates, objectives) is the change of each objective's chance, `chance` their sum, `worth` the
    change of expected worth; `ranking` lists rows, best first: chance gained per hour (at least 0.25 h), then worth per hour,
    then key.
    """

    key: Ints
    objective_chance: Floats
    chance: Floats
    worth: Floats
    ranking: Ints


@dataclass(frozen=True, eq=False)
class _Outcome:
    """Per target and run: reached or not, and worth."""

    met: npt.NDArray[np.bool_]
    worth: Floats


def levers(data: ThreadData, options: ForecastOptions, candidates: Candidates) -> Gains:
    """Gains of every candidate change; EngineError where one names no subject or is no improvement of a known kind."""
    _check(data, candidates)
    base = _simulate(data, options, np.arange(len(data.kpis)))
    base_chance, base_worth = _judge(data, base)
    size = len(candidates)
    by_objective, worth = np.zeros((size, len(data.objectives))), np.zeros(size)
    for row in range(size):
        kpis = reach(data, candidates.subject[row : row + 1])
        targets = np.flatnonzero(np.isin(data.targets.kpi, kpis))
        if not targets.size:
            continue
        after = _Outcome(base.met.copy(), base.worth.copy())
        part = _simulate(_changed(data, candidates, row), options, kpis)
        after.met[targets], after.worth[targets] = part.met, part.worth
        chance, total = _judge(data, after)
        by_objective[row], worth[row] = chance - base_chance, total - base_worth
    hours = np.maximum(candidates.hours, LEAST_HOURS)
    gained = by_objective.sum(axis=1)
    ranking = np.lexsort((candidates.key, -worth / hours, -gained / hours))
    return Gains(candidates.key, by_objective, gained, worth, ranking)


def _check(data: ThreadData, candidates: Candidates) -> None:
    for row, key in enumerate(candidates.key.tolist()):
        if not 0 <= candidates.subject[row] < len(data.subjects):
            raise EngineError(f"The lever {key} names no subject.", key)
        if candidates.kind[row] not in {SOONER, LIKELIER, LARGER}:
            raise EngineError(f"The lever {key} is of an unknown kind.", key)
        if not (np.isfinite(candidates.amount[row]) and candidates.hours[row] >= 0.0):
            raise EngineError(f"The lever {key} needs an amount and hours that are not negative.", key)


def _changed(data: ThreadData, candidates: Candidates, row: int) -> ThreadData:
    subject, kind, amount = int(candidates.subject[row]), int(candidates.kind[row]), float(candidates.amount[row])
    subjects, given = data.subjects, data.contributions
    own = given.subject == subject
    if kind == SOONER and subjects.finish_high[subject] > 0.0:
        return _sooner(data, subject, amount)
    if kind == LIKELIER:
        chance = np.where(own, np.clip(given.chance + amount, 0.0, 1.0), given.chance)
        return replace(data, contributions=given.changed(chance=chance))
    if kind == LARGER:
        effects = {
            name: np.where(own, getattr(given, name) * (1.0 + amount), getattr(given, name)) for name in ("low", "likely", "high")
        }
        return replace(data, contributions=given.changed(**effects))
    return data


def _sooner(data: ThreadData, subject: int, amount: float) -> ThreadData:
    """The subject finishes so many days sooner, in every run of its schedule too."""
    subjects, runs = data.subjects, data.runs_of(subject)

    def moved(days: Floats) -> Floats:
        return np.where(days > 0.0, np.maximum(days - amount, SOON), days)

    columns = {}
    for name in ("finish_low", "finish_likely", "finish_high"):
        columns[name] = getattr(subjects, name).copy()
        columns[name][subject] = moved(columns[name][subject])
    if not runs.size:
        return replace(data, subjects=subjects.changed(**columns))
    of = data.schedules[int(subjects.schedule[subject])]
    own = np.arange(len(subjects)) == subject
    columns |= {"schedule": np.where(own, len(data.schedules), subjects.schedule), "line": np.where(own, 0, subjects.line)}
    schedules = (*data.schedules, ScheduleRuns(of.key, moved(runs)[None, :]))
    return replace(data, subjects=subjects.changed(**columns), schedules=schedules)


def _simulate(data: ThreadData, options: ForecastOptions, kpis: Ints) -> _Outcome:
    """Targets on these KPIs (rows in order), simulated with the whole data's random numbers."""
    ordered, order = by_key(subset(data, kpis).data)
    lay = lay_out(ordered, options.seed, (), options.cells, groups=False)
    outcomes, _ = simulate(lay, options)
    place = np.argsort(order["targets"], kind="stable")
    return _Outcome(attained(lay, outcomes)[place], outcomes.worth[place])


def _judge(data: ThreadData, outcome: _Outcome) -> tuple[Floats, float]:
    """Chance of every objective (0 where it has no required target) and expected worth of all targets."""
    chance = np.zeros(len(data.objectives))
    required = data.targets.required != 0
    for o in range(len(data.objectives)):
        rows = np.flatnonzero(required & (data.targets.objective == o))
        chance[o] = outcome.met[rows].all(axis=0).mean() if rows.size else 0.0
    return chance, float(outcome.worth.mean(axis=1).sum())
