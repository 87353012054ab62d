"""Expected results and figures of one KPI <-> the engine's claims, and what it found as columns of a check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.engine.effect_check import Claim, ClaimResult, EffectCheck, EffectCheckOptions, effect_check
from goldenthread.evidence.models import ResultCheck
from goldenthread.purpose.models import Kpi

ENGINE = "effect-1"
FINEST = 6  # decimals
SURE = 0.025  # how often the first look calls something seen that is not there; half of it for each later look


@dataclass(frozen=True)
class Work:
    """Finished work that moves a KPI: its key in the claims, the reference, when its effect begins, its ramp and its size."""

    key: int
    ref: str
    begins_on: date
    ramp_days: int
    likely: float


def judged(kpi: Kpi, figures: Sequence[tuple[date, float]], works: Sequence[Work], look: int) -> EffectCheck:
    """The works judged together by a KPI's figures. Works of no size say nothing that could be seen, and are left out."""
    claims = [Claim(w.key, float(w.begins_on.toordinal()), float(w.ramp_days), w.likely) for w in works if w.likely != 0.0]
    return effect_check(
        [float(on.toordinal()) for on, _ in figures],
        [value for _, value in figures],
        claims,
        since=float(kpi.redefined_on.toordinal()) if kpi.redefined_on else None,
        grain=grain([value for _, value in figures]),
        options=EffectCheckOptions(sure=1.0 - SURE / 2 ** (look - 1)),
    )


def grain(values: Sequence[float]) -> float:
    """The smallest difference that figures as written can show: 0.1 where none has more than one decimal."""
    for decimals in range(FINEST):
        if all(math.isclose(value, round(value, decimals), rel_tol=0.0, abs_tol=1e-9) for value in values):
            return float(10.0**-decimals)
    return 0.0


def columns(found: EffectCheck, row: ClaimResult, refs: dict[int, str]) -> dict[str, Any]:
    """What is stored of one claim."""
    others = math.fsum(sorted(other.attributed for other in found.claims if other.key != row.key))
    account = {
        "observed": found.observed,
        "by_itself": found.by_itself,
        "attributed": row.attributed,
        "to_others": others,
        "remainder": found.remainder,
    }
    told = {"step_size": row.step, "low": row.low, "high": row.high, "sure": row.sure}
    if not math.isfinite(found.observed):
        account = dict.fromkeys(account, math.nan)
    return {
        **{name: value if math.isfinite(value) else None for name, value in (told | account).items()},
        "state": ResultCheck.State(row.state.upper()),
        "reason": ResultCheck.Reason(row.reason.upper()),
        "before": row.before,
        "after": row.after,
        "beside": [refs[key] for key in row.beside],
        "engine": ENGINE,
    }
