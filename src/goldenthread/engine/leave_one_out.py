"""Leave-one-out in plain numpy: every group taken away in turn from a finished simulation, with the same random numbers.

Only the sums that a group touches are changed; nothing is simulated again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldenthread.engine.layout import Layout
from goldenthread.engine.simulation import Change, Simulation, gain, met, targets_of
from goldenthread.engine.thread_data import Floats, Ints


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over runs for each group.

    Expected effect and lost attainments a (group, target) pair, lost attainments a (group, objective) pair, worth lost
    without the group, and worth lost by one day's delay.
    """

    pair_expected: Floats
    pair_lost: Ints
    objective_lost: Ints
    worth: Floats
    delay: Floats


def _segments(lay: Layout, g: int) -> list[tuple[int, list[tuple[int, int]]]]:
    found = []
    for k, first, last in lay.segments[lay.groups["segment_from"][g] : lay.groups["segment_to"][g]].tolist():
        found.append((k, lay.items[first:last].tolist()))
    return found


def _effects_lost(sim: Simulation, items: list[tuple[int, int]]) -> list[tuple[int, Floats]]:
    """Effect that goes with the group, for each contribution: all of it, or where only the supervision made it succeed."""
    lay, draws, lost = sim.lay, sim.draws, []
    for c, q in items:
        effect = draws.effect[c]
        if q >= 0:
            s = lay.contributions["subject"][c]
            kept = draws.unit[s] < lay.contributions["chance"][c] + draws.raised[s] - draws.raise_of[q]
            effect = np.where(kept, 0.0, effect)
        lost.append((c, effect))
    return lost


def tally(sim: Simulation) -> Tally:
    """Take every group away in turn, with the same random numbers, and add up what is lost."""
    lay = sim.lay
    groups = lay.groups.size
    sums = Tally(
        np.zeros(lay.pair_target.size),
        np.zeros(lay.pair_target.size, np.int64),
        np.zeros(lay.group_objective.size, np.int64),
        np.zeros(groups),
        np.zeros(groups),
    )
    for g in range(groups):
        _take_away(sim, g, sums)
    return sums


def _take_away(sim: Simulation, g: int, sums: Tally) -> None:
    lay, draws = sim.lay, sim.draws
    pair, lost, late = int(lay.groups["pair_from"][g]), np.zeros(sim.count), np.zeros(sim.count)
    fewer: dict[int, Any] = {}
    for k, items in _segments(lay, g):
        effects = _effects_lost(sim, items)
        less, later = _change(sim, effects), _late_change(sim, g, items, effects)
        for t in targets_of(lay, k):
            change = (
                less(float(lay.targets["due"][t]), float(lay.targets["due"][t]))
                if lay.targets["future"][t]
                else np.zeros(sim.count)
            )
            drop = sim.met[t].astype(np.int64) - met(lay, t, sim.due[t] - change)
            sums.pair_expected[pair] = change.sum()
            sums.pair_lost[pair] = drop.sum()
            pair += 1
            if lay.targets["required"][t]:
                fewer[lay.targets["objective"][t]] = fewer.get(lay.targets["objective"][t], 0) + drop
            lost += sim.worth_lost(t, change, less)
            if later is not None:
                late += sim.worth_lost(t, later(float(lay.targets["due"][t]), float(lay.targets["due"][t])), later)
    for place in range(lay.groups["objective_from"][g], lay.groups["objective_to"][g]):
        before, change_in_unmet = sim.unmet[lay.group_objective[place]], fewer.get(lay.group_objective[place], 0)
        sums.objective_lost[place] = np.sum(before == 0) - np.sum(before + change_in_unmet == 0)
    sums.worth[g] = lost.sum()
    q = lay.groups["supervision"][g]
    sums.delay[g] = late.sum() if q < 0 else np.sum(late * draws.weight[q])


def _change(sim: Simulation, effects: list[tuple[int, Floats]]) -> Change:
    def less(x0: float, x1: float) -> Floats:
        total = np.zeros(sim.count)
        for c, effect in effects:
            total = total + effect * gain(sim.lay, sim.draws, c, x0, x1)
        return total

    return less


def _late_change(sim: Simulation, g: int, items: list[tuple[int, int]], effects: list[tuple[int, Floats]]) -> Change | None:
    """What one day's delay takes.

    Of own work a day of its effect; of a supervision the successes it brings, to be weighted by the part of its cover that
    the day costs (fewer random jumps than drawing the successes again), unless the chance stays at 1.
    """
    lay, draws = sim.lay, sim.draws
    q = int(lay.groups["supervision"][g])
    if q >= 0:
        kept = []
        for c, effect in effects:
            chance = (
                lay.contributions["chance"][c]
                + draws.raised[lay.contributions["subject"][c]]
                - draws.raise_of[q] * draws.weight[q]
            )
            kept.append((c, np.where(chance < 1.0, effect, 0.0)))
        return _change(sim, kept)
    own = [
        c for c, of in items if of < 0 and lay.groups["delay"][g] and not lay.subjects["done"][lay.contributions["subject"][c]]
    ]
    if not own:
        return None

    def later(x0: float, x1: float) -> Floats:
        total = np.zeros(sim.count)
        for c in own:
            total = total + draws.effect[c] * (gain(lay, draws, c, x0, x1) - gain(lay, draws, c, x0, x1, 1.0))
        return total

    return later
