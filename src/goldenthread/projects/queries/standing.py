"""How a project stands by its own dates and money, beside what was reported of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from goldenthread.projects.models import Project

# Our own thresholds, stated on the page: a share of the planned duration or of the budget, and days where no duration is known.
WATCH_SHARE, ACT_SHARE = 0.10, 0.20
WATCH_DAYS, ACT_DAYS = 30, 90
WATCH_REBASELINED = 2
_ORDER = {"": 0, "GREEN": 1, "AMBER_GREEN": 2, "AMBER": 3, "AMBER_RED": 4, "RED": 5}


@dataclass(frozen=True)
class Standing:
    """The calculated rating ("" where the figures are missing), why, and the slip in days against the approved finish."""

    rating: str
    reasons: tuple[str, ...]
    slip_days: int | None = None
    overrun: float | None = None
    better_than_calculated: bool = False

    @property
    def differs(self) -> bool:
        """Whether the reported rating is better than the figures by a whole colour or more."""
        return self.better_than_calculated


def standing(project: Project, day: date) -> Standing:
    """The rating that a project's own figures give on `day`, in three steps: green, amber, red.

    Slip = forecast finish less approved finish; overrun = (forecast cost less budget) / budget. A finish that has passed
    without the project being closed counts as a slip up to `day`. Two replacements of the approved dates ask for a look.
    """
    ended = project.state in {Project.State.CLOSED, Project.State.CANCELLED}
    finish = project.finishes_on
    if finish is not None and finish < day and not ended:
        finish = day
    slip = (finish - project.baseline_finish).days if finish is not None and project.baseline_finish is not None else None
    overrun = _overrun(project)
    levels = [(_slip_level(project, slip), _slip_words(slip)), (_level(overrun, WATCH_SHARE, ACT_SHARE), _cost_words(overrun))]
    if project.finishes_on is not None and project.finishes_on < day and not ended:
        levels.append((2, f"its finish of {project.finishes_on:%-d %b %Y} has passed"))
    if project.rebaselined >= WATCH_REBASELINED:
        levels.append((2, f"its approved dates were replaced {project.rebaselined} times"))
    known = [(level, words) for level, words in levels if level]
    worst = max((level for level, _ in known), default=0)
    rating = ("", "GREEN", "AMBER", "RED")[worst]
    better = bool(rating and project.rating and _ORDER[rating] - _ORDER[project.rating] >= 2)
    return Standing(rating, tuple(words for level, words in known if words and level == worst), slip, overrun, better)


def _overrun(project: Project) -> float | None:
    if not project.budget_minor or project.forecast_minor is None:
        return None
    return (project.forecast_minor - project.budget_minor) / project.budget_minor


def _level(value: float | None, watch: float, act: float) -> int:
    if value is None:
        return 0
    return 3 if value > act else 2 if value > watch else 1


def _slip_level(project: Project, slip: int | None) -> int:
    if slip is None:
        return 0
    planned = (project.baseline_finish - project.starts_on).days if project.baseline_finish and project.starts_on else 0
    return _level(slip / planned, WATCH_SHARE, ACT_SHARE) if planned > 0 else _level(slip, WATCH_DAYS, ACT_DAYS)


def _slip_words(slip: int | None) -> str:
    if slip is None:
        return ""
    if slip == 0:
        return "on the approved finish"
    days = f"{abs(slip)} day{'s' if abs(slip) != 1 else ''}"
    return f"{days} after the approved finish" if slip > 0 else f"{days} before the approved finish"


def _cost_words(overrun: float | None) -> str:
    if overrun is None:
        return ""
    if round(overrun * 100) == 0:
        return "on budget"
    return f"{abs(overrun):.0%} {'over' if overrun > 0 else 'under'} budget"
