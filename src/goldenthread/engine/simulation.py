"""The simulation in plain numpy: all runs of one row at a time. The reference for the compiled path, and the path for small data.

Value of a KPI at day D, in one run:
    value_now + drift * (D - day_of_value) + noise + sum of success * effect * (ramp(D - finish - lag) - ramp(day_of_value -
    finish - lag))
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
    """Draws of all runs.

    unit and finish (subjects, runs); total raise (subjects, runs); raise and the worth weight of one day's delay
    (supervisions, runs); effect if delivered, else 0, and the day it starts (contributions, runs).
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
    runs = np.arange(count)
    unit, finish = np.empty((lay.subjects.size, count)), np.empty((lay.subjects.size, count))
    for s, row in enumerate(lay.subjects):
        unit[s] = uniforms(row["success_start"], runs)
        place = uniforms(row["finish_start"], runs)
        if row["runs"]:
            day = lay.days[row["day_from"] + (place * row["runs"]).astype(np.int64)]
        else:
            day = triangular(place, row["low"], row["likely"], row["high"])
        finish[s] = day if row["done"] else np.maximum(day, 0.0)
    raised, raise_of, weight = _draw_raises(lay, finish, runs)
    factors = [normal(uniforms(start, runs)) for start in lay.factor_start]
    effect, start = np.empty((lay.contributions.size, count)), np.empty((lay.contributions.size, count))
    for c, row in enumerate(lay.contributions):
        s = row["subject"]
        size = triangular(uniforms(row["effect_start"], runs), row["low"], row["likely"], row["high"]) * row["scale"]
        if row["cls"] >= 0:
            root = np.maximum(row["centre"] + row["spread"] * factors[row["cls"]], 0.0)
            size = size * (root * root * root)
        effect[c] = np.where(unit[s] < row["chance"] + raised[s], size, 0.0)
        start[c] = finish[s] + row["lag"]
    return Draws(unit, finish, raised, raise_of, weight, effect, start)


def _draw_raises(lay: Layout, finish: Floats, runs: Ints) -> tuple[Floats, Floats, Floats]:
    """Raises in proportion to the part of the time from the data date to the supervised finish that the supervision covers."""
    raised = np.zeros_like(finish)
    raise_of, weight = np.zeros((lay.supervisions.size, runs.size)), np.zeros((lay.supervisions.size, runs.size))
    for q, row in enumerate(lay.supervisions):
        size = triangular(uniforms(row["start"], runs), row["low"], row["likely"], row["high"])
        end, begin = finish[row["supervised"]], np.maximum(finish[row["subject"]], 0.0)
        open_end = np.where(end > 0.0, end, 1.0)
        cover = np.where(end > begin, (end - begin) / open_end, 0.0)
        later = np.where(end > begin + 1.0, (end - (begin + 1.0)) / open_end, 0.0)
        raise_of[q] = size * cover
        if not lay.subjects[row["subject"]]["done"]:
            weight[q] = np.where(cover > 0.0, 1.0 - later / np.where(cover > 0.0, cover, 1.0), 0.0)
        raised[row["supervised"]] += raise_of[q]
    return raised, raise_of, weight


def _noise(lay: Layout, k: int, runs: Ints) -> Callable[[Any, float], Floats]:
    """A function (place in the noise grid, days ahead) -> value of KPI k without any work, in every run."""
    row: Any = lay.kpis[k]
    drift = row["drift"] + row["error"] * normal(uniforms(row["drift_start"], runs))
    path, steps, bridges = [np.zeros(runs.size)], [], []
    for i in range(int(row["intervals"])):
        steps.append(np.sqrt(GRID[i + 1] - GRID[i]) * normal(uniforms(lay.path_start[k, 0, i], runs)))
        bridges.append(normal(uniforms(lay.path_start[k, 1, i], runs)))
        path.append(path[-1] + steps[-1])

    def at(place: Any, ahead: float) -> Floats:
        i = place["interval"]
        walk = path[i] + place["part"] * steps[i] + place["bridge"] * bridges[i]
        value: Floats = row["value"] + drift * ahead + row["noise"] * walk
        return value

    return at


def gain(lay: Layout, draws: Draws, c: int, x0: float, x1: float, delay: float = 0.0) -> Floats:
    """Share of contribution c's effect that day x0 (or the cell x0..x1 on average) sees and the last measurement does not."""
    row: Any = lay.contributions[c]
    start, ramp = draws.start[c] + delay, float(row["ramp"])
    if x1 > x0:
        share = (ramp_integral(x1 - start, ramp) - ramp_integral(x0 - start, ramp)) / (x1 - x0)
    else:
        share = ramp_share(x0 - start, ramp)
    if lay.subjects[row["subject"]]["done"]:  # unfinished work cannot be in the last measurement
        share = share - ramp_share(lay.kpis[row["kpi"]]["day"] - start, ramp)
    return share


def clip(lay: Layout, k: int, values: Floats) -> Floats:
    """Values of KPI k kept between its floor and its ceiling."""
    kept: Floats = np.minimum(np.maximum(values, lay.kpis[k]["floor"]), lay.kpis[k]["ceiling"])
    return kept


def met(lay: Layout, t: int, values: Floats) -> Bools:
    """Whether target t is reached at these (unclipped) values."""
    row: Any = lay.targets[t]
    kept = clip(lay, row["kpi"], values)
    reached: Bools = (kept >= row["low"]) & (kept <= row["high"])
    return reached


def benefit(lay: Layout, t: int, values: Floats) -> Floats:
    """Money (a year, or once) at these values of target t's KPI.

    Linear from baseline, capped at the target; a band pays inside.
    """
    row: Any = lay.targets[t]
    kept = clip(lay, row["kpi"], values)
    if row["band"]:
        return np.where((kept >= row["low"]) & (kept <= row["high"]), row["rate"], 0.0)
    gained: Floats = row["rate"] * np.minimum(row["direction"] * (kept - row["baseline"]), row["cap"])
    return gained


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
            total: Floats = at(place, (x0 + x1) / 2.0 - float(lay.kpis[k]["day"]))
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
