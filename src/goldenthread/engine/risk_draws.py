"""Durations of activities in single runs: the plain twin of what `risk_kernel.py` draws, bit for bit.

An activity can be drawn again by itself, for a number depends on seed, run, key and stream alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goldenthread.engine import randoms
from goldenthread.engine.network import Ints
from goldenthread.engine.randoms import Floats, Words
from goldenthread.engine.uncertainty import CELLS, CERTAIN, EDGE, REACH, TRIANGULAR, Forms, Uncertainty, forms

OF_DURATION, OF_FACTOR, OF_OCCURRENCE, OF_IMPACT = 21, 22, 23, 24  # streams
PER_SCORE = CELLS / (2 * REACH)


@dataclass(frozen=True, eq=False)
class Draws:
    """What is drawn, ready: rows that are uncertain or under a risk, with the start of each sequence.

    risk_of[risk_ptr[row]:risk_ptr[row + 1]]: risks of a row, factors before additions.
    """

    seed: int
    base: Ints
    of: Uncertainty
    forms: Forms
    rows: Ints
    start: Words
    factor_start: Words
    occurs_start: Words
    impact_start: Words
    risk_ptr: Ints
    risk_of: Ints


def draws(base: Ints, item: Ints, of: Uncertainty, seed: int) -> Draws:
    """Everything that is drawn for these durations (what remains, in working minutes)."""
    pairs = [(row, not risk.is_factor, place) for place, risk in enumerate(of.risks) for row in risk.rows]
    pairs.sort()
    touched = np.array([row for row, _, _ in pairs], np.int64)
    risk_ptr = np.concatenate([[0], np.cumsum(np.bincount(touched, minlength=base.size))]).astype(np.int64)
    uncertain = (of.shape != CERTAIN) | (np.diff(risk_ptr) > 0)
    factors = np.arange(int(of.factor.max(initial=-1)) + 1)
    keys = np.array([risk.key for risk in of.risks], np.int64)
    return Draws(
        seed,
        base,
        of,
        forms(of),
        np.flatnonzero(uncertain),
        randoms.sequence_starts(seed, item, OF_DURATION),
        randoms.sequence_starts(seed, factors, OF_FACTOR),
        randoms.sequence_starts(seed, keys, OF_OCCURRENCE),
        randoms.sequence_starts(seed, keys, OF_IMPACT),
        risk_ptr,
        np.array([place for _, _, place in pairs], np.int64),
    )


def durations(drawn: Draws, row: int, runs: Ints) -> Ints:
    """Working minutes that one activity lasts in each of these runs."""
    of, made = drawn.of, drawn.forms
    value = np.full(runs.size, float(drawn.base[row]))
    if of.shape[row] != CERTAIN:
        unit = randoms.uniforms(drawn.start[row], runs)
        if of.shape[row] == TRIANGULAR and of.factor[row] < 0:
            value = randoms.triangular(unit, float(made.low[row]), float(of.likely[row]), float(made.high[row]))
        else:
            value = made.offset[row] + made.scale[row] * _quantile(drawn, row, unit, runs)
    for place in drawn.risk_of[drawn.risk_ptr[row] : drawn.risk_ptr[row + 1]].tolist():
        effect = effects(drawn, place, runs)
        value = value * effect if of.risks[place].is_factor else value + effect
    lasts = np.floor(value + 0.5).astype(np.int64)
    return np.maximum(lasts, 1 if drawn.base[row] > 0 else 0)


def effects(drawn: Draws, place: int, runs: Ints) -> Floats:
    """What a risk does in each run: minutes added, or the factor; 0 or 1 where it does not occur."""
    risk = drawn.of.risks[place]
    size = randoms.triangular(randoms.uniforms(drawn.impact_start[place], runs), risk.low, risk.likely, risk.high)
    occurs = randoms.uniforms(drawn.occurs_start[place], runs) < risk.probability
    return np.where(occurs, size, 1.0 if risk.is_factor else 0.0)


def _quantile(drawn: Draws, row: int, unit: Floats, runs: Ints) -> Floats:
    """Read by the uniform number in the middle, else, and always where something moves with others, by a normal score."""
    made, factor = drawn.forms, int(drawn.of.factor[row])
    score = randoms.normal(unit)
    if factor >= 0:
        loading = float(drawn.of.loading[row])
        own: float = np.sqrt(1.0 - loading * loading)
        score = loading * randoms.normal(randoms.uniforms(drawn.factor_start[factor], runs)) + own * score
    by_score = _read(made.tables[made.table_of[row]], np.minimum(np.maximum((score + REACH) * PER_SCORE, 0.0), CELLS - 1e-9))
    if factor >= 0:
        return by_score
    outer = (unit < EDGE) | (unit > 1.0 - EDGE)
    return np.where(outer, by_score, _read(made.centres[made.table_of[row]], unit * CELLS))


def _read(table: Floats, place: Floats) -> Floats:
    cell = place.astype(np.int64)
    read: Floats = table[cell] + (place - cell) * (table[cell + 1] - table[cell])
    return read
