"""A schedule of the first office, and a way to write plans in a line."""

from collections.abc import Iterator
from datetime import date

import pytest

from goldenthread.accounts.actions import changeset
from goldenthread.schedule import actions
from goldenthread.schedule.models import Activity, Schedule
from tests.cast import Cast, cast, kept_cast, module_cast

__all__ = ["cast", "kept_cast", "module_cast"]
MONDAY = date(2027, 3, 1)


@pytest.fixture
def schedule(kept_cast: Cast) -> Iterator[Schedule]:
    with changeset(title="Start", by=kept_cast.head):
        yield actions.add_schedule(scope=kept_cast.office.scope, name="Plan", data_date=MONDAY)


def network(schedule: Schedule, text: str) -> dict[str, Activity]:
    """`"A 3; B 2 after A; C 4 after A+1"`: names, days, predecessors with a lag in days."""
    made: dict[str, Activity] = {}
    with actions.postponed_dates():
        for part in text.split(";"):
            head, _, after = part.partition(" after ")
            name, days = head.split()
            made[name] = actions.add_activity(schedule=schedule, name=name, by=None, duration=round(float(days) * 480))
            for before in after.split():
                who, _, lag = before.partition("+")
                actions.relate(predecessor=made[who], successor=made[name], by=None, lag=round(float(lag or 0) * 480))
    return made


def dates(made: dict[str, Activity]) -> dict[str, tuple[date, date, int, bool]]:
    """Name -> start, finish, total float in days, critical."""
    rows = {a.name: Activity.objects.select_related("dates").get(pk=a.pk).dates for a in made.values()}
    return {n: (d.early_start, d.early_finish, d.total_float // 480, d.is_critical) for n, d in rows.items()}
