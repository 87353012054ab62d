"""Dates of a schedule: worked by hand on a calendar with a weekend and a holiday."""

import time
from datetime import date

import pytest
from django.db import connection, transaction

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.schedule import actions, mapping, queries
from goldenthread.schedule.mapping import DEEPEST
from goldenthread.schedule.models import Activity, Relationship, Schedule, ScheduleDates
from tests.reliability.conftest import long
from tests.schedule.conftest import MONDAY, dates, network

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2027, 3, d) for d in (2, 3, 4, 5))
NEXT_MONDAY, NEXT_TUESDAY = date(2027, 3, 8), date(2027, 3, 9)


def test_a_small_network_is_dated_as_by_hand(schedule):
    made = network(schedule, "A 3; B 2 after A; C 1 after A; D 1 after B C")
    assert dates(made) == {
        "A": (MONDAY, WEDNESDAY, 0, True),
        "B": (THURSDAY, FRIDAY, 0, True),
        "C": (THURSDAY, THURSDAY, 1, False),
        "D": (NEXT_MONDAY, NEXT_MONDAY, 0, True),
    }


def test_a_public_holiday_is_not_worked(schedule):
    schedule.organisation.country = "DE"
    schedule.organisation.save()
    schedule.data_date = date(2027, 3, 25)  # the Thursday before Good Friday
    schedule.save()
    made = network(schedule, "A 2")
    assert dates(made)["A"][:2] == (date(2027, 3, 25), date(2027, 3, 30))  # Friday and Monday are holidays


def test_a_lag_counts_working_days(schedule):
    made = network(schedule, "A 4; B 1 after A+1")
    assert dates(made)["B"][:2] == (NEXT_MONDAY, NEXT_MONDAY)


def test_an_edit_moves_what_follows_and_undo_moves_it_back(schedule, kept_cast):
    made = network(schedule, "A 1; B 1 after A")
    before = dates(made)
    actions.edit_activity(activity=made["A"], changes={"duration": 3 * 480}, by=None)
    assert dates(made)["B"][0] == THURSDAY
    made["A"].refresh_from_db()
    actions.edit_activity(activity=made["A"], changes={"duration": 480}, by=None)
    assert dates(made) == before


def test_dates_count_from_the_data_date_that_is_stored_not_from_one_read_before(schedule):
    made = network(schedule, "A 1")
    made["A"] = Activity.objects.select_related("schedule__scope").get(pk=made["A"].pk)
    with changeset(title="Move the data date", by=None):  # by somebody else, meanwhile
        history.change(Schedule.objects.get(pk=schedule.pk), {"data_date": NEXT_MONDAY})
    actions.edit_activity(activity=made["A"], changes={"duration": 2 * 480}, by=None)
    assert dates(made)["A"][:2] == (NEXT_MONDAY, NEXT_TUESDAY)


def test_remaining_work_follows_progress(schedule):
    made = network(schedule, "A 4")
    actions.edit_activity(activity=made["A"], changes={"progress": 50, "actual_start": date(2027, 2, 26)}, by=None)
    start, finish, *_ = dates(made)["A"]
    assert (start, finish) == (date(2027, 2, 26), TUESDAY)


def test_a_circle_is_refused_naming_its_activities(schedule):
    made = network(schedule, "A 1; B 1 after A; C 1 after B")
    with pytest.raises(Refused, match=r"circle.*“A”.*“B”.*“C”"):
        actions.relate(predecessor=made["C"], successor=made["A"], by=None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"not_before": date(1969, 12, 31)}, "not_before"),
        ({"deadline": date(2200, 1, 1)}, "deadline"),
        ({"effort_low": 10, "effort_likely": 5, "effort_high": 20}, "effort_likely"),
        ({"progress": 140}, "progress"),
        ({"name": "  "}, "name"),
    ],
)
def test_bad_fields_are_refused_by_name_and_change_nothing(schedule, changes, field):
    made = network(schedule, "A 1")
    before = Activity.objects.filter(pk=made["A"].pk).values().get()
    with pytest.raises(Refused) as refusal:
        actions.edit_activity(activity=made["A"], changes=changes, by=None)
    assert refusal.value.field == field
    assert Activity.objects.filter(pk=made["A"].pk).values().get() == before


def test_moving_under_oneself_is_refused(schedule):
    made = network(schedule, "A 1; B 1")
    actions.move_activity(activity=made["B"], parent=made["A"], by=None)
    with pytest.raises(Refused, match="under itself"):
        actions.move_activity(activity=made["A"], parent=Activity.objects.get(pk=made["B"].pk), by=None)


def test_an_outline_rolls_up_dates_hours_and_progress(schedule):
    made = network(schedule, "Top 1; A 2; B 1 after A")
    for name, effort, progress in (("A", 600, 50), ("B", 200, 0)):
        actions.move_activity(activity=Activity.objects.get(pk=made[name].pk), parent=made["Top"], by=None)
        row = Activity.objects.get(pk=made[name].pk)
        actions.edit_activity(
            activity=row,
            changes={"effort_low": effort, "effort_likely": effort, "effort_high": effort, "progress": progress},
            by=None,
        )
    rows = {r.activity.name: r for r in queries.outline(list(queries.activities(schedule)))}
    top = rows["Top"]
    assert (top.effort, top.depth, rows["A"].depth) == (800, 0, 1)
    assert top.progress == round((600 * 50 + 200 * 0) / 800)
    assert (top.start, top.finish) == (rows["A"].start, rows["B"].finish)


def test_what_is_done_is_no_open_work(schedule, kept_cast):
    made = network(schedule, "A 1; B 1; C 1")
    for name in "AB":
        actions.assign(activity=made[name], person=kept_cast.pmo, by=None)
    actions.report_progress(activity=made["B"], by=kept_cast.pmo, finished_on=MONDAY)
    assert list(queries.open_work(kept_cast.pmo).values_list("name", flat=True)) == ["A"]


def test_undo_takes_a_whole_action_back(kept_cast):
    cast = kept_cast
    from goldenthread.accounts.actions import changeset

    with changeset(title="Start", by=cast.head):
        plan = actions.add_schedule(scope=cast.office.scope, name="Plan", data_date=MONDAY)
    with changeset(title="Three at once", by=cast.head):
        network(plan, "A 1; B 2 after A; C 1 after B")
    assert Activity.objects.count() == 3
    undo(changeset=Changeset.objects.get(title="Three at once"), by=cast.head)
    assert Activity.objects.count() == 0


def test_a_plan_is_not_nested_deeper_than_anybody_reads(schedule):
    row, top = None, actions.add_activity(schedule=schedule, name="Top", by=None)
    for level in range(DEEPEST + 1):
        row = actions.add_activity(schedule=schedule, name=f"Level {level}", by=None, parent=row)
    with pytest.raises(Refused, match="at most 50 levels"), transaction.atomic():
        actions.add_activity(schedule=schedule, name="One more", by=None, parent=row)
    first = Activity.objects.get(schedule=schedule, name="Level 0")
    with pytest.raises(Refused, match="at most 50 levels"), transaction.atomic():
        actions.move_activity(activity=first, parent=top, by=None)
    assert len(queries.outline(list(queries.activities(schedule)))) == DEEPEST + 2


def test_a_long_circle_names_its_first_and_no_page_of_names(schedule):
    chain = "; ".join(f"A{n} 1 after A{n - 1}" if n else "A0 1" for n in range(20))
    made = network(schedule, chain)
    with pytest.raises(Refused, match=r"in a circle: “A0” → .*“A5” → … → “A0”\.$"), transaction.atomic():
        actions.relate(predecessor=made["A19"], successor=made["A0"], by=None)


@pytest.mark.parametrize("size", [2_000, pytest.param(100_000, marks=long)])
def test_a_chain_as_long_as_a_file_can_be_gets_its_dates(kept_cast, size):
    """S10: in seconds, and nothing calls itself."""
    rows = [Activity(pk=n, name=f"A{n}", position=n, duration=480 if n < 2_000 else 0) for n in range(1, size + 1)]
    links = [Relationship(predecessor_id=n, successor_id=n + 1, relationship_kind="FS", lag=0) for n in range(1, size)]
    begun = time.process_time()
    found = mapping.computed_dates(rows, links, kept_cast.organisation, MONDAY)
    print(f"\n{size} in {time.process_time() - begun:.1f} s of computing")
    assert [row.early_start for row in found[:6]] == [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, NEXT_MONDAY]
    assert len(found) == size
    assert all(row.is_critical for row in found)


def test_a_chain_beyond_the_end_of_every_calendar_is_refused_in_words(schedule):
    with pytest.raises(Refused, match="outside the years 1970 to 2199"), transaction.atomic():
        network(schedule, "A 20000; B 20000 after A; C 20000 after B")


def test_an_edit_writes_only_the_dates_that_it_moves(schedule):
    made = network(schedule, "A 1; B 9; C 2 after A; D 3 after B")
    stamp = ScheduleDates.objects.get(schedule=schedule).digest
    rows: list[int] = []

    def count(execute, sql, params, many, context):
        if "UPDATE" in sql and "schedule_activitydates" in sql:
            rows.append(sql.count("(%s"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        actions.edit_activity(activity=made["A"], changes={"duration": 2 * 480}, by=None)  # neither B nor D
        assert rows == [2]
        assert ScheduleDates.objects.get(schedule=schedule).digest != stamp
        stamp = ScheduleDates.objects.get(schedule=schedule).digest
        actions.edit_activity(activity=made["B"], changes={"name": "Buy"}, by=None)
        assert rows == [2]
    assert ScheduleDates.objects.get(schedule=schedule).digest == stamp
