"""Commands that hold the forecasts against figures that others published. They need no database."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from goldenthread.config.calibration_plot import Curve, calibration_plot
from goldenthread.config.printing import document, say, table
from goldenthread.formats.bad_cells import BadCell, counted

RULES = {
    "base_rate": "base rate",
    "pace": "on pace or not",
    "pace_buckets": "on pace, in two buckets",
    "at_target": "at its target already, in two buckets",
}
HORIZONS = {
    "slip_1y": "slip by the third next report",
    "slip_2y": "slip by the fifth next report",
    "budget_1y": "budget growth by the third next report",
}


def performance_gov(goals: str, targets: str, *, json: bool, plot: str = "") -> None:
    """`backtest performance-gov GOALS TARGETS`: chances of reaching a year's targets beside four simple rules."""
    from goldenthread.evidence.queries import performance_backtest
    from goldenthread.kit.errors import Refused

    found = performance_backtest(_read("performance-goals", goals, "GOALS"), _read("performance-targets", targets, "TARGETS"))
    if found is None:
        raise Refused("No two agencies have a target with figures in quarter 4 and before.", field="TARGETS")
    if plot:
        points = [(b.said, b.happened, float(b.n)) for b in found.reliability]
        curve = Curve(f"{found.n} rows; a dot's area is its number", points, is_joined=False)
        _draw(plot, calibration_plot("Targets of a year", "chance said", "share that happened, %", [curve]))
    if json:
        document(_plain({**asdict(found), "malformed": _malformed(found.malformed)}))
        return
    say(f"{found.n} rows of {found.series} targets in {found.agencies} agencies; figures in brackets: 95 % intervals\n")
    rows = [["ours", _figure(found.brier), _ends(found.brier_interval), _figure(found.log_loss), "", ""]]
    for name, rule in found.baselines.items():
        figures = [_figure(rule.brier), _ends(rule.brier_interval), _figure(rule.log_loss)]
        rows.append([RULES[name], *figures, f"{rule.better:+.3f}", _ends(rule.better_interval, "+.3f")])
    table(["forecast", "Brier", "", "log loss", "ours better by", ""], rows)
    say(f"\nSkill against the base rate {found.skill:.2f} {_ends(found.skill_interval, '.2f')}; "
        f"by target {_ends(found.skill_interval_by_series, '.2f')}")  # fmt: skip
    say(f"Outcomes inside our middle 80 %: {found.cover80:.0%}\n")
    table(
        ["chance said", "rows", "mean", "happened"],
        [[f"{b.low:.0%} to {b.high:.0%}", b.n, f"{b.said:.0%}", f"{b.happened:.0%}"] for b in found.reliability],
    )
    say("")
    table(["left out", "count"], [[name.replace("_", " "), count] for name, count in found.excluded.items()])
    _tell(found.malformed)


def capital(file: str, *, json: bool, plot: str = "") -> None:
    """`backtest capital FILE`: what usually happens to such projects, beside the official forecast."""
    from goldenthread.evidence.queries import capital_backtest
    from goldenthread.kit.errors import Refused

    found = capital_backtest(_read("capital-reports", file, "FILE"))
    if not any(found.horizons.values()):
        raise Refused("No project was reported often enough to score anything.", field="FILE")
    if plot:
        curves = [
            Curve(
                f"{HORIZONS[name]}, {score.n} rows", [(b.level, b.share, 1.0) for b in score.below], is_hollow=name != "slip_1y"
            )
            for name in ("slip_1y", "slip_2y")
            if (score := found.horizons[name])
        ]
        _draw(plot, calibration_plot("Completion dates", "level told", "share of outcomes below, %", curves))
    if json:
        horizons = {name: asdict(score) if score else None for name, score in found.horizons.items()}
        about = {"reports": found.reports, "all_projects": found.projects}
        document(_plain({**about, **horizons, "malformed": _malformed(found.malformed)}))
        return
    say(f"{found.reports:,} reports on {found.projects} projects; CRPS: lower is better; in brackets: 95 % intervals\n")
    scored = [(HORIZONS[name], score) for name, score in found.horizons.items() if score]
    slip = found.horizons["slip_1y"]
    settled = f"{found.settled.day} {found.settled:%B %Y}"
    later = [(f"  of these, known after {settled}", slip.later)] if slip and slip.later else []
    rows = [
        [
            title,
            s.n,
            s.projects,
            _crps(s.crps, s.unit),
            _crps(s.official, s.unit),
            _crps(s.official_spread, s.unit),
            f"{_share(s.skill)} {_ends(s.interval, '.0%')}",
            f"{_share(s.spread_skill)} {_ends(s.spread_interval, '.0%')}",
            f"{s.cover80:.0%}",
        ]
        for title, s in [*scored[:1], *later, *scored[1:]]
    ]
    head = ["", "rows", "projects", "ours", "official", "and spread", "better than official", "than with spread", "inside 80 %"]
    table(head, rows)
    _tell(found.malformed)


def _draw(name: str, picture: str) -> None:
    from goldenthread.kit.errors import Refused

    try:
        Path(name).write_text(picture, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{name} cannot be written: {error.strerror}.", field="--plot") from error


def _read(kind: str, name: str, field: str) -> Any:
    from goldenthread.formats.errors import FormatError
    from goldenthread.formats.limits import read_guarded
    from goldenthread.kit.errors import Refused

    try:
        content = Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.", field=field) from error
    try:
        return read_guarded(kind, content)
    except FormatError as error:
        raise Refused(f"{name}: {error}", field=field) from error


def _plain(value: Any) -> Any:
    """As JSON can say it: null for what is infinite, as is the skill against a rule that never errs."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _malformed(cells: Sequence[BadCell]) -> dict[str, Any]:
    return {"counts": counted(cells), "cells": [asdict(cell) for cell in cells]}


def _tell(cells: Sequence[BadCell]) -> None:
    say("")
    table(["cells not taken as they stand", "count"], list(counted(cells).items()), "Every cell was taken as it stands.")


def _figure(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"


def _share(value: float) -> str:
    return f"{round(value, 2) + 0.0:.0%}"  # never “-0 %”


def _ends(ends: Sequence[float], form: str = ".3f") -> str:
    low, high = (round(end, 3) + 0.0 for end in ends)
    return f"({low:{form}} to {high:{form}})"


def _crps(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit == "days" else f"{value:.2f} {unit.partition(' ')[0]}"
