"""The KPIs that a person's work moves: how far each has come, and where the forecast sees it at the target's day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in
from goldenthread.kit.permissions import Act, Kind
from goldenthread.thread.queries.chains import Chains, Link
from goldenthread.ui import charts, writing


@dataclass(frozen=True)
class Bead:
    """A KPI that the person's work moves, and by how many things. `said` is its course in words, `course` in a picture."""

    label: str
    url: str | None
    count: int
    said: str = ""
    more: str = ""
    course: charts.Course | None = None


def beads(chained: Iterable[list[Link]], chains: Chains, forecast: dict[str, Any], viewer: Person) -> list[Bead]:
    """The KPIs on these threads, most work first; their figures only where `viewer` may see KPIs.

    `forecast`: what the newest forecasts say, by the id of the target.
    """
    counts = Counter((link.label, link.url) for chain in chained for link in chain if link.kind == "kpi")
    return [
        Bead(label, url, count, *_course(url, chains, forecast, viewer))
        for (label, url), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0][0]))
    ]


def _course(url: str | None, chains: Chains, forecast: dict[str, Any], viewer: Person) -> tuple[str, str, charts.Course | None]:
    """In short, in full, and as a picture: of the target that the thread leads to."""
    given = chains.targets.get(int(url.rsplit("/", 1)[1]), []) if url else []
    if not given or not may_in(viewer, Act.VIEW, Kind.KPI, given[0].objective.office.scope_id):
        return "", "", None
    target: Any = given[0]
    kpi = target.kpi
    known = forecast.get(str(target.pk)) or {}
    redefined = kpi.redefined_on and target.baseline_on and target.baseline_on < kpi.redefined_on
    course = charts.course(
        baseline=None if redefined else target.baseline,
        actual=target.last_value,
        target=(target.band_low, target.band_high) if kpi.direction == kpi.Direction.BAND else target.value,
        p10=known.get("p10"),
        p90=known.get("p90"),
    )
    return *_words(target, known), course


def _words(target: Any, known: dict[str, Any]) -> tuple[str, str]:
    kpi = target.kpi

    def said(value: float | None) -> str:
        return writing.number(value, kpi.decimals)

    goal = said(target.value)
    if kpi.direction == kpi.Direction.BAND:
        ends = [said(end) for end in (target.band_low, target.band_high) if end is not None]
        edge = "" if len(ends) == 2 else "at least " if target.band_low is not None else "at most "
        goal = f"{edge}{' to '.join(ends)}"
    measured = target.last_value is not None
    full = [f"from {said(target.baseline)}"] if target.baseline is not None else []
    full.append(f"{said(target.last_value)} on {writing.date(target.last_on)}" if measured else "no figure yet")
    full.append(f"to be {goal} {kpi.unit}".rstrip() + (f" by {writing.date(target.due_on)}" if target.due_on else ""))
    if known.get("p10") is not None and known.get("p90") is not None:
        full.append(f"expected then, in 8 of 10 cases, {said(known['p10'])} to {said(known['p90'])}")
    text = "; ".join(full)
    now = said(target.last_value) if measured else "no figure yet"
    return f"{now} → {goal} {kpi.unit}".rstrip(), text[0].upper() + text[1:]
