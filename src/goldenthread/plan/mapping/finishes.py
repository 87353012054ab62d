"""When work finishes, as a range: the critical path's date, widened by the remaining effort of the chain that drives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from goldenthread.engine.finish_range import finish_range
from goldenthread.plan.mapping.rows import ThreadRows
from goldenthread.projects.models import Project
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.models import Activity

# A project known only by its forecast date: assumed to finish between 5 % of the remaining time early and 30 % late.
PROJECT_EARLY, PROJECT_LATE = 0.05, 0.30
# A step whose effort has no range: assumed 20 % less to 50 % more.
EFFORT_LESS, EFFORT_MORE = 0.20, 0.50
CALENDAR_PER_WORKING_DAY = 7 / 5
DAY_MINUTES = 480


@dataclass(frozen=True)
class Finish:
    """Days from today (negative: finished), and the activities whose remaining work decides it, first to last."""

    low: float
    likely: float
    high: float
    chain: tuple[int, ...] = ()
    assumed: bool = False


def finishes(rows: ThreadRows) -> dict[str, Finish]:
    """Reference -> finish, for every step that has a date and every project that does or did; stopped work has none."""
    children = rows.below()
    tails = schedules.driving_chains(list(rows.activities.values()), rows.relationships, rows.office.organisation, rows.today)
    found: dict[str, Finish] = {}
    for step in rows.steps.values():
        finish = _step_finish(rows, rows.leaves(step.activity_id, children), tails)
        if finish is not None:
            found[f"step:{step.pk}"] = finish
    for project in rows.projects.values():
        finish = _project_finish(project, rows.today)
        if finish is not None:
            found[f"project:{project.pk}"] = finish
    return found


def _step_finish(rows: ThreadRows, leaf_ids: list[int], tails: schedules.Chains) -> Finish | None:
    leaves = [rows.activities[i] for i in leaf_ids if rows.activities[i].cancelled_on is None]
    if not leaves:
        return None
    open_leaves = [a for a in leaves if not a.is_done and a.pk in rows.dates]
    if not open_leaves:
        ends = [a.actual_finish for a in leaves if a.actual_finish]
        if not ends:
            return None
        day = float((max(ends) - rows.today).days)
        return Finish(day, day, day)
    last = max(open_leaves, key=lambda a: (rows.dates[a.pk].early_finish, a.pk))
    chain = tails.of(last.pk)
    likely = float((rows.dates[last.pk].early_finish - rows.today).days)
    pieces = [_piece(rows.activities[i]) for i in chain if i in rows.activities and not rows.activities[i].is_done]
    low, middle, high = finish_range(*([piece[end] for piece in pieces] for end in range(3)))  # type: ignore[arg-type]
    waiting = likely - sum(piece[1] for piece in pieces)  # days that no work of the chain fills: weekends, holidays, waiting
    return Finish(max(0.0, waiting + low), max(0.0, waiting + middle), max(0.0, waiting + high), tuple(chain))


def _piece(activity: Activity) -> tuple[float, float, float]:
    """Remaining calendar days of an activity: its duration, spread as its effort is, or as assumed where that has no range."""
    days = activity.duration * (100 - activity.progress) / 100 / DAY_MINUTES * CALENDAR_PER_WORKING_DAY
    low, likely, high = activity.effort_low, activity.effort_likely, activity.effort_high
    if low is None or high is None or not likely:
        return days * (1 - EFFORT_LESS), days, days * (1 + EFFORT_MORE)
    return days * low / likely, days, days * high / likely


def _project_finish(project: Project, today: date) -> Finish | None:
    if project.finishes_on is None:
        return None
    likely = float((project.finishes_on - today).days)
    if project.state == Project.State.CLOSED:
        day = min(likely, -1.0)
        return Finish(day, day, day)
    left = max(likely, 0.0)
    # A date that has passed without a closure cannot be true any more: it may still come, within a quarter.
    high = left * (1 + PROJECT_LATE) if likely > 0 else 90.0
    return Finish(left * (1 - PROJECT_EARLY), left if likely > 0 else 30.0, high, assumed=True)
