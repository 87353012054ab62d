"""Why the figures of a step are what they are: its pieces of work, and the figures computed again from dates made anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.kit import clock
from goldenthread.plan.models import Step
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import OutlineRow, computed_dates, outline


@dataclass(frozen=True)
class Figure:
    """One figure: as its page shows it, and computed again. `kind`: day, days, hours, percent."""

    name: str
    label: str
    kind: str
    formula: str
    value: Any
    again: Any

    @property
    def same(self) -> bool:
        """Whether both are equal, to the last digit."""
        return bool(self.value == self.again)


@dataclass(frozen=True)
class StepExplanation:
    """The figures of a step with the pieces of work that they are made of."""

    figures: list[Figure]
    leaves: list[OutlineRow]


def step_explanation(step: Step, today: date | None = None) -> StepExplanation:
    """Finish, spare, hours left and progress of a step: as its page shows them, and from dates computed anew."""
    schedule, place = step.plan.schedule, step.activity_id
    shown = _outline_row(list(_rows(schedule.pk).select_related("dates")), place)
    rows = list(_rows(schedule.pk))
    links = list(Relationship.objects.filter(successor__schedule=schedule))
    day = schedule.data_date or today or clock.today()
    dates = {d.activity_id: d for d in computed_dates(rows, links, schedule.organisation, day)}
    for row in rows:
        if row.pk in dates:
            row.dates = dates[row.pk]
    again = _outline_row(rows, place)
    leaves, waiting = [], [again]
    while waiting:
        here = waiting.pop(0)
        waiting = [*here.children, *waiting]
        leaves += [] if here.children else [here]
    figures = [
        Figure("finish", "Finish", "day", "The latest finish of its pieces.", shown.finish, again.finish),
        Figure("spare", "Spare", "days", "The least spare time of its pieces.", shown.total_float, again.total_float),
        Figure("left", "Left", "hours", "Hours of its pieces × what of each is not done.", shown.left, again.left),
        Figure("progress", "Done", "percent", "Progress of its pieces, weighed by their hours.", shown.progress, again.progress),
    ]
    return StepExplanation([f for f in figures if f.value is not None], leaves)


def _rows(schedule_id: int) -> Any:
    return Activity.objects.filter(schedule=schedule_id).order_by("position", "id")


def _outline_row(rows: list[Activity], activity_id: int) -> OutlineRow:
    return next(row for row in outline(rows) if row.activity.pk == activity_id)
