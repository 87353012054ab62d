"""How each KPI moves by itself: its row for the engine, and what that row was computed from, to be computed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from goldenthread.engine.class_of_others import NOBODY
from goldenthread.engine.drift import BASES, THIN, DriftOptions, drifts_of
from goldenthread.engine.histories import Steps, histories_of, steps_of
from goldenthread.engine.randoms import stable_key
from goldenthread.engine.reference_class import HORIZON_STEP, ReferenceClass, ReferenceOptions
from goldenthread.engine.thread_data import Kpis
from goldenthread.plan.mapping.milestones import milestones
from goldenthread.plan.mapping.others import Taught, taught
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.purpose.models import Kpi, Target

STEPS = ("points", "level", "span", "rate", "rest")
CLASS = ("rate", "rate_sd", "noise", "width")
ERROR_DIGITS = 4
NAN = float("nan")


@dataclass(frozen=True)
class Trends:
    """The engine's rows; by KPI what its trend rests on (`STEPS`, way, class, milestone); the classes, as plain numbers."""

    table: Kpis
    of: dict[int, dict[str, Any]]
    classes: list[dict[str, Any]]


def trends(kpis: list[Kpi], targets: list[Target], rows: ThreadRows) -> Trends:
    """The trend of each KPI, drawn to the class of the organisation's others where there is one and a way is asked."""
    asked: dict[int, list[Target]] = {kpi.pk: [] for kpi in kpis}
    for target in targets:
        asked[target.kpi_id].append(target)
    figures = {kpi.pk: rows.figures[kpi.pk] or [_start(asked[kpi.pk], rows.today)] for kpi in kpis}
    way = {kpi.pk: _way(asked[kpi.pk]) for kpi in kpis}
    steps = steps_of(histories_of([[((on - rows.today).days, value) for on, value in figures[kpi.pk]] for kpi in kpis]))
    is_thin = drifts_of(steps, np.full(len(kpis), NAN), DriftOptions()).basis == BASES.index(THIN)
    waiting = milestones(kpis, asked, figures, rows.others, rows.today)
    moving = [(kpi.pk, bool(thin)) for kpi, thin in zip(kpis, is_thin, strict=True) if way[kpi.pk] is not None]
    drawn, learnt = taught({pk: thin for pk, thin in moving if pk not in waiting}, rows.others, rows.today)
    used = {place: i for i, place in enumerate(sorted(set(drawn.values())))}
    told = [_class(learnt[place]) for place in used]
    of = {
        kpi.pk: _rests_on(steps, i, way[kpi.pk], used.get(drawn.get(kpi.pk, NOBODY))) | {"milestone": waiting.get(kpi.pk)}
        for i, kpi in enumerate(kpis)
    }
    moves = [trend_of(of[kpi.pk], told) for kpi in kpis]
    table = Kpis(
        **_columns(
            key=[stable_key("kpi", kpi.pk) for kpi in kpis],
            value_now=[figures[kpi.pk][-1][1] for kpi in kpis],
            day_of_value=[float((figures[kpi.pk][-1][0] - rows.today).days) for kpi in kpis],
            drift_per_day=[move["drift_per_day"] for move in moves],
            drift_error=[move["drift_error"] for move in moves],
            noise_per_root_day=[move["noise_per_root_day"] for move in moves],
            floor=[NAN if kpi.floor is None else kpi.floor for kpi in kpis],
            ceiling=[NAN if kpi.ceiling is None else kpi.ceiling for kpi in kpis],
        )
    )
    return Trends(table, of, told)


def _columns(**given: list[Any]) -> Any:
    """Plain lists, which the table turns into arrays itself."""
    return given


def trend_of(rests_on: dict[str, Any], classes: list[dict[str, Any]]) -> dict[str, float]:
    """Drift a day, its error and noise from what they rest on: the one place that computes them, at first and again."""
    if rests_on.get("milestone"):
        return dict.fromkeys(("drift_per_day", "drift_error", "noise_per_root_day"), 0.0)
    points, *others = STEPS
    steps = Steps(np.array([rests_on[points]], np.int64), *(np.array([rests_on[name]], np.float64) for name in others))
    place, way = rests_on["class"], rests_on["way"]
    options = DriftOptions(reference=None if place is None else reference_of(classes[place]))
    found = drifts_of(steps, np.array([NAN if way is None else way]), options)
    return {
        "drift_per_day": float(found.mean_per_day[0]),
        "drift_error": float(found.mean_error[0]),
        "noise_per_root_day": float(found.noise_per_root_day[0]),
    }


def _start(asked: list[Target], today: date) -> tuple[date, float]:
    """The baseline, where it is the only figure there is."""
    start = next(target for target in asked if target.baseline is not None)
    return min(start.baseline_on or today, today), float(start.baseline or 0.0)


def _way(asked: list[Target]) -> float | None:
    """The longest way from baseline to target, signed; None where none is asked, as by a band."""
    ways = [target.value - target.baseline for target in asked if target.value is not None and target.baseline is not None]
    return max(ways, key=abs, default=None) or None


def _rests_on(steps: Steps, row: int, way: float | None, place: int | None) -> dict[str, Any]:
    return {name: getattr(steps, name)[row].item() for name in STEPS} | {"way": way, "class": place}


def _class(made: Taught) -> dict[str, Any]:
    """A class as plain numbers; of its horizons only how many cases of each there are, and how many of them stayed."""
    learnt = made.reference
    horizons, place = np.unique(np.round(np.log(learnt.ahead) / HORIZON_STEP), return_inverse=True)
    counts = np.bincount(place), np.bincount(place, learnt.stayed).astype(np.int64)
    told: dict[str, Any] = {name: float(getattr(learnt, name)) for name in CLASS}
    return told | {
        "cases": learnt.cases,
        "others": made.others,
        "better": made.better,
        "errors": np.round(learnt.errors, ERROR_DIGITS).tolist(),
        "horizons": [list(row) for row in zip(horizons.tolist(), *(count.tolist() for count in counts), strict=True)],
    }


def reference_of(told: dict[str, Any]) -> ReferenceClass:
    """A class from its plain numbers."""
    horizons, counts, stayed = np.array(told["horizons"], np.float64).T
    return ReferenceClass(
        **{name: told[name] for name in CLASS},
        errors=np.array(told["errors"], np.float64),
        ahead=np.repeat(np.exp(horizons * HORIZON_STEP), counts.astype(np.int64)),
        stayed=np.concatenate([np.arange(n) < s for n, s in zip(counts, stayed, strict=True)]),
        options=ReferenceOptions(),
    )
