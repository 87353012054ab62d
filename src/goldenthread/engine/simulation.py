"""The simulation in plain numpy: all runs of one row at a time. The reference for the compiled path, and the path for small data.

Value of a KPI at day D, in one run:
    value_now + drift * (D - day_of_value) + noise + sum of success * effect * (ramp(D - finish - lag) - ramp(day_of_value - finish - lag))
then kept between floor and ceiling. What the last measurement already contains is therefore not counted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from goldenthread.engine.layout import DAYS_PER_YEAR, GRID, Layout
from goldenthread.engine.randoms import normal, triangular, uniforms
from goldenthread.engine.thread_data import ONCE, PER_YEAR, Floats, Ints

Bools = npt.NDArray[np.bool_]
Change = Callable[[float, float], Floats]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What every run came to: due (targets, runs), worth (targets, runs) in minor units, fan (kpis, fan days, runs)."""

    due: Floats
    worth: Floats
    fan: Floats


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of all runs: unit and finish (subjects, runs); total raise (subjects, runs); raise and the worth weight of one day's delay
    (supervisions, runs); effect if delivered, else 0, and day it starts (contributions, runs).
    """

    unit: Floats
    finish: Floats
    raised: Floats
    raise_of: Floats
    weight: Floats
    effect: Floats
    start: Floats


def ramp_share(days: Floats, ramp: float) -> Floats:
    """Share of an effect in place `days` after its start: 0 before, 1 from `ramp` on, linear between."""
    return np.where(days < 0.0, 0.0, np.where(days >= ramp, 1.0, days / (ramp if ramp > 0.0 else 1.0)))


def ramp_integral(days: Floats, ramp: float) -> Floats:
    """Integral of `ramp_share` from its start."""
    inside = days * days / (2.0 * (ramp if ramp > 0.0 else 1.0))
    return np.where(days <= 0.0, 0.0, np.where(days >= ramp, days - ramp / 2.0, inside))


def draw(lay: Layout, count: int) -> Draws:
    """All draws of `count` runs."""
    runs, subjects = np.arange(count), lay.subjects.size
    unit, finish = np.empty((subjects, count)), np.empty((subjects, count))
    for s in range(subjects):
        unit[s] = uniforms(lay.subjects["success_start"][s], runs)
        day = triangular(
            uniforms(lay.subjects["finish_start"][s], runs),
            lay.subjects["low"][s],
            lay.subjects["likely"][s],
            lay.subjects["high"][s],
        )
        finish[s] = day if lay.subjects["done"][s] else np.maximum(day, 0.0)
    raised, raise_of, weight = _draw_raises(lay, finish, runs)
    factors = [normal(uniforms(start, runs)) for start in lay.factor_start]
    effect, start = np.empty((lay.contributions.size, count)), np.empty((lay.contributions.size, count))
    for c in range(lay.contributions.size):
        s = lay.contributions["subject"][c]
        size = triangular(
            uniforms(lay.contributions["effect_start"][c], runs),
            lay.contributions["low"][c],
            lay.contributions["likely"][c],
            lay.contributions["high"][c],
        )
        size = size * lay.contributions["scale"][c]
        if lay.contributions["cls"][c] >= 0:
            root = np.maximum(
                lay.contributions["centre"][c] + lay.contributions["spread"][c] * factors[lay.contributions["cls"][c]], 0.0
            )
            size = size * (root * root * root)
        effect[c] = np.where(unit[s] < lay.contributions["chance"][c] + raised[s], size, 0.0)
        start[c] = finish[s] + lay.contributions["lag"][c]
    return Draws(unit, finish, raised, raise_of, weight, effect, start)


def _draw_raises(lay: Layout, finish: Floats, runs: Ints) -> tuple[Floats, Floats, Floats]:
    raised = np.zeros_like(finish)
    raise_of, weight = np.zeros((lay.supervisions.size, runs.size)), np.zeros((lay.supervisions.size, runs.size))
    for q in range(lay.supervisions.size):
        a, b = lay.supervisions["subject"][q], lay.supervisions["supervised"][q]
        size = triangular(
            uniforms(lay.supervisions["start"][q], runs),
            lay.supervisions["low"][q],
            lay.supervisions["likely"][q],
            lay.supervisions["high"][q],
        )
        end, begin = finish[b], np.maximum(finish[a], 0.0)
        open_end = np.where(end > 0.0, end, 1.0)
        cover = np.where(end > begin, (end - begin) / open_end, 0.0)
        later = np.where(end > begin + 1.0, (end - (begin + 1.0)) / open_end, 0.0)
        raise_of[q] = size * cover
        if not lay.subjects["done"][a]:
            weight[q] = np.where(cover > 0.0, 1.0 - later / np.where(cover > 0.0, cover, 1.0), 0.0)
        raised[b] += raise_of[q]
    return raised, raise_of, weight


def _noise(lay: Layout, k: int, runs: Ints) -> Any:
    """A function (interval, part, bridge, days ahead) -> drift and noise of KPI k in every run."""
    drift = lay.kpis["drift"][k] + lay.kpis["error"][k] * normal(uniforms(lay.kpis["drift_start"][k], runs))
    path, steps, bridges = [np.zeros(runs.size)], [], []
    for i in range(int(lay.kpis["intervals"][k])):
        steps.append(np.sqrt(GRID[i + 1] - GRID[i]) * normal(uniforms(lay.path_start[k, 0, i], runs)))
        bridges.append(normal(uniforms(lay.path_start[k, 1, i], runs)))
        path.append(path[-1] + steps[-1])

    def at(interval: int, part: float, bridge: float, ahead: float) -> Floats:
        walk = path[interval] + part * steps[interval] + bridge * bridges[interval]
        return lay.kpis["value"][k] + drift * ahead + lay.kpis["noise"][k] * walk

    return at


def gain(lay: Layout, draws: Draws, c: int, x0: float, x1: float, delay: float = 0.0) -> Floats:
    """Share of contribution c's effect that day x0 (or the cell x0..x1 on average) sees and the last measurement does not."""
    start, ramp = draws.start[c] + delay, lay.contributions["ramp"][c]
    done = lay.subjects["done"][lay.contributions["subject"][c]]  # unfinished work cannot be in the last measurement
    seen = ramp_share(lay.kpis["day"][lay.contributions["kpi"][c]] - start, ramp) if done else np.zeros_like(start)
    if x1 > x0:
        return (ramp_integral(x1 - start, ramp) - ramp_integral(x0 - start, ramp)) / (x1 - x0) - seen
    return ramp_share(x0 - start, ramp) - seen


def clip(lay: Layout, k: int, values: Floats) -> Floats:
    """Values of KPI k kept between its floor and its ceiling."""
    return np.minimum(np.maximum(values, lay.kpis["floor"][k]), lay.kpis["ceiling"][k])


def met(lay: Layout, t: int, values: Floats) -> Bools:
    """Whether target t is reached at these (unclipped) values."""
    kept = clip(lay, int(lay.targets["kpi"][t]), values)
    return (kept >= lay.targets["low"][t]) & (kept <= lay.targets["high"][t])


def benefit(lay: Layout, t: int, values: Floats) -> Floats:
    """Money (a year, or once) at these values of target t's KPI: linear from baseline, capped at the target; a band pays inside."""
    kept = clip(lay, int(lay.targets["kpi"][t]), values)
    if lay.targets["band"][t]:
        return np.where((kept >= lay.targets["low"][t]) & (kept <= lay.targets["high"][t]), lay.targets["rate"][t], 0.0)
    return lay.targets["rate"][t] * np.minimum(
        lay.targets["direction"][t] * (kept - lay.targets["baseline"][t]), lay.targets["cap"][t]
    )


def targets_of(lay: Layout, k: int) -> list[int]:
    """Rows of the targets on KPI k."""
    rows: list[int] = lay.kpi_targets[lay.kpis["target_from"][k] : lay.kpis["target_to"][k]].tolist()
    return rows


class Simulation:
    """All runs of one layout, kept: values at due days, in worth cells and on fan days, and what they are worth."""

    def __init__(self, lay: Layout, count: int) -> None:
        self.lay, self.count = lay, count
        self.draws = draw(lay, count)
        self.cells = lay.cell_noise.shape[1]
        self.due = np.empty((lay.targets.size, count))
        self.inside: dict[int, Floats] = {}
        self.fan = np.empty((lay.kpis.size, lay.months.size, count))
        self.met: Bools = np.empty((lay.targets.size, count), np.bool_)
        self.worth = np.zeros((lay.targets.size, count))
        self.unmet = np.zeros((int(lay.targets["objective"].max(initial=-1)) + 1, count), np.int64)
        on_kpi: list[list[int]] = [[] for _ in range(lay.kpis.size)]
        for c, k in enumerate(lay.contributions["kpi"].tolist()):
            on_kpi[k].append(c)
        for k in range(lay.kpis.size):
            self._simulate_kpi(k, on_kpi[k])
        for t in range(lay.targets.size):
            self._judge(t)

    def _simulate_kpi(self, k: int, given: list[int]) -> None:
        lay = self.lay
        at = _noise(lay, k, np.arange(self.count))

        def value(place: Any, x0: float, x1: float) -> Floats:
            total: Floats = at(*place.item(), (x0 + x1) / 2.0 - lay.kpis["day"][k])
            for c in given:
                total = total + self.draws.effect[c] * gain(lay, self.draws, c, x0, x1)
            return total

        for m, day in enumerate(lay.months.tolist()):
            self.fan[k, m] = clip(lay, k, value(lay.month_noise[k, m], day, day))
        for t in targets_of(lay, k):
            self.due[t] = lay.targets["past"][t]
            if lay.targets["future"][t]:
                day = float(lay.targets["due"][t])
                self.due[t] = value(lay.due_noise[t], day, day)
            if lay.targets["kind"][t] == PER_YEAR:
                self.inside[t] = np.empty((self.cells, self.count))
                for g in range(self.cells):
                    self.inside[t][g] = value(lay.cell_noise[t, g], *self._cell(t, g))

    def _cell(self, t: int, g: int) -> tuple[float, float]:
        width = float(self.lay.targets["width"][t])
        return g * width, (g + 1) * width

    def _judge(self, t: int) -> None:
        lay = self.lay
        self.met[t] = met(lay, t, self.due[t])
        if lay.targets["required"][t]:
            self.unmet[lay.targets["objective"][t]] += ~self.met[t]
        if lay.targets["kind"][t] == ONCE:
            self.worth[t] = benefit(lay, t, self.due[t])
        if lay.targets["kind"][t] == PER_YEAR:
            for g in range(self.cells):
                self.worth[t] += benefit(lay, t, self.inside[t][g]) * (lay.targets["width"][t] / DAYS_PER_YEAR)

    def worth_lost(self, t: int, due_change: Floats, change: Change) -> Floats:
        """Worth of target t in each run, less its worth with the KPI lower by `due_change` and in cell g by `change(x0, x1)`."""
        lay, lost = self.lay, np.zeros(self.count)
        if lay.targets["kind"][t] == ONCE and lay.targets["future"][t]:
            lost = benefit(lay, t, self.due[t]) - benefit(lay, t, self.due[t] - due_change)
        if lay.targets["kind"][t] == PER_YEAR and lay.targets["width"][t] > 0.0:
            for g in range(self.cells):
                value = self.inside[t][g]
                less = benefit(lay, t, value) - benefit(lay, t, value - change(*self._cell(t, g)))
                lost = lost + less * (lay.targets["width"][t] / DAYS_PER_YEAR)
        return lost

    def outcomes(self) -> Outcomes:
        """Values and worth of every run."""
        kept = [clip(self.lay, int(k), self.due[t]) for t, k in enumerate(self.lay.targets["kpi"])]
        return Outcomes(np.array(kept).reshape(self.due.shape), self.worth, self.fan)
