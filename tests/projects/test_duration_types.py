"""Duration, work and units of activities that came from a file, under the duration type that the file gives them."""

from datetime import date, datetime

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.projects.models import Project
from goldenthread.projects.queries import exported_schedule
from goldenthread.schedule import actions
from goldenthread.schedule.models import Activity, Assignment
from tests.formats.schedules import mspdi, task
from tests.projects.test_schedule_files import bring

pytestmark = pytest.mark.django_db
DAY = 480
FIXED = {"units": 0, "duration": 1, "work": 2}


def brought(cast, kind: str, *, effort_driven: bool = False) -> Activity:
    """Five days of one crew, whole: forty hours; a day after it waits."""
    cells = {"Type": FIXED[kind], "EffortDriven": int(effort_driven), "Work": "PT40H0M0S"}
    rows = task(1, "Dig", Duration="PT40H0M0S", **cells)
    on = "<TaskUID>1</TaskUID><ResourceUID>1</ResourceUID>"
    given = f"<Assignment><UID>1</UID>{on}<Units>1</Units><Work>PT40H0M0S</Work></Assignment>"
    crew = "<Resources><Resource><UID>1</UID><Name>Crew</Name><Type>1</Type></Resource></Resources>"
    bring(cast, mspdi(rows, f"{crew}<Assignments>{given}</Assignments>"))
    return Activity.objects.get(name="Dig")


def stands(activity: Activity) -> tuple[float, float, list[int]]:
    """Days, hours, percents."""
    row = Activity.objects.get(pk=activity.pk)
    units = Assignment.objects.filter(activity=row).order_by("id").values_list("units", flat=True)
    return row.duration / DAY, row.effort_likely / 60, list(units)


@pytest.mark.parametrize(
    ("kind", "changes", "after"),
    [
        ("units", {"duration": 10 * DAY}, (10, 80, [100])),
        ("work", {"duration": 10 * DAY}, (10, 40, [50])),
        ("duration", {"duration": 10 * DAY}, (10, 80, [100])),
        ("units", {"effort_low": 80 * 60, "effort_likely": 80 * 60, "effort_high": 80 * 60}, (10, 80, [100])),
        ("duration", {"effort_low": 20 * 60, "effort_likely": 20 * 60, "effort_high": 20 * 60}, (5, 20, [50])),
        ("units", {"duration": 2 * DAY, "effort_likely": 40 * 60}, (2, 40, [100])),  # both entered: both stand
        ("units", {"duration": 10 * DAY, "effort_low": 20 * 60}, (10, 40, [100])),  # so is a work at best
        ("units", {"effort_low": 20 * 60}, (5, 40, [100])),
        ("work", {"name": "Dig deeper"}, (5, 40, [100])),
        ("units", {"duration": 0}, (0, 40, [100])),
    ],
)
def test_an_edit_is_followed_and_undone(cast, kind, changes, after):
    activity = brought(cast, kind)
    actions.edit_activity(activity=activity, changes=changes, by=cast.head)
    assert stands(activity) == after
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    assert stands(activity) == (5, 40, [100])


@pytest.mark.parametrize(
    ("kind", "effort_driven", "after"),
    [
        ("units", True, (2.5, 40, [100, 100])),
        ("units", False, (5, 80, [100, 100])),
        ("work", True, (2.5, 40, [100, 100])),
        ("duration", True, (5, 40, [50, 50])),
    ],
)
def test_who_joins_shares_the_work_or_brings_more_and_leaves_it_as_it_was(cast, kind, effort_driven, after):
    activity = brought(cast, kind, effort_driven=effort_driven)
    digger = accounts.add_person(name="Noor", by=None)
    actions.assign(activity=activity, person=digger, by=cast.head)
    assert stands(activity) == after
    activity.refresh_from_db()
    actions.unassign(activity=activity, person=digger, by=cast.head)
    assert stands(activity) == (5, 40, [100])


def test_whoever_joins_what_is_done_changes_nothing_of_how_it_went(cast):
    activity = brought(cast, "units", effort_driven=True)
    actions.report_progress(activity=activity, by=cast.head, finished_on=date(2027, 3, 5), started_on=date(2027, 3, 1))
    actions.assign(activity=activity, person=accounts.add_person(name="Noor", by=None), by=cast.head)
    assert stands(activity) == (5, 40, [100, 100])


def test_who_takes_over_changes_nothing(cast):
    activity = brought(cast, "units", effort_driven=True)
    giver, taker = (accounts.add_person(name=name, by=None) for name in ("Noor", "Ines"))
    actions.assign(activity=activity, person=giver, by=cast.head, units=40)
    before = stands(activity)
    activity.refresh_from_db()
    actions.reassign(activity=activity, giver=giver, taker=taker, by=cast.head)
    assert stands(activity) == before
    assert Assignment.objects.filter(activity=activity, resource__person=taker, units=40).exists()


@pytest.mark.parametrize("form", ["mspdi", "xer"])
@pytest.mark.parametrize("joins", [False, True])
def test_other_programs_read_of_all_who_work_on_it_as_much_work_as_of_the_row(cast, form, joins):
    activity = brought(cast, "units", effort_driven=joins)
    if joins:
        actions.assign(activity=activity, person=accounts.add_person(name="Noor", by=None), by=cast.head)
    else:
        actions.edit_activity(activity=activity, changes={"duration": 10 * DAY}, by=cast.head)
    day = datetime(2027, 3, 1)
    written = exported_schedule(Project.objects.get(), form, cast.head, now=day, today=date(2027, 3, 1))
    (project,) = read_schedule(written.data).projects
    told = [one.work_minutes for one in project.assignments]
    assert told == ([1200, 1200] if joins else [4800])
    assert project.tasks[-1].work_minutes == sum(told)
