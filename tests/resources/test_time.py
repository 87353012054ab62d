"""Hours: who logs them, for what, how much a day holds, the week sheet, and what other rooms read of them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.accounts.actions import edit_organisation
from goldenthread.accounts.queries import visible_records
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.resources import actions, queries
from goldenthread.resources.models import TimeEntry
from goldenthread.resources.queries import typed
from goldenthread.resources.views import minutes_of

TODAY = timezone.localdate


def monday() -> date:
    return TODAY() - timedelta(days=TODAY().weekday())


def log(cast, work, minutes=60, **more):
    return actions.log_time(person=cast.member, work=work, minutes=minutes, by=cast.member, **more)


def test_hours_go_to_an_activity_a_service_or_a_project(cast, scene):
    actions.edit_entry(entry=log(cast, scene.activity, 30, note="Prepared"), changes={"minutes": 90}, by=cast.member)
    log(cast, scene.service, 45)
    actions.log_time(person=cast.head, work=scene.project, minutes=15, by=cast.head)
    found = queries.hours_by_work(monday(), TODAY())
    assert found == {("activity", scene.activity.pk): 90, ("service", scene.service.pk): 45, ("project", scene.project.pk): 15}
    only = queries.hours_by_work(monday(), TODAY(), people=[cast.head])
    assert only == {("project", scene.project.pk): 15}


def test_hours_of_a_service_are_those_on_it_and_on_its_steps(cast, scene):
    log(cast, scene.activity, 120)
    log(cast, scene.service, 45)
    log(cast, scene.stopped, 30)
    log(cast, scene.service, 600, on=TODAY() - timedelta(days=40))
    found = queries.hours_by_service(cast.office, TODAY() - timedelta(days=30), TODAY())
    assert found == {scene.service.pk: 165, scene.stopped.pk: 30}
    assert queries.hours_by_service(cast.second_office, date(2020, 1, 1), TODAY()) == {}


def test_a_stopped_service_is_allowed_but_flagged(cast, scene):
    log(cast, scene.stopped, 30)
    log(cast, scene.stopped, 500, on=TODAY() - timedelta(days=10))
    week = queries.week(cast.member, monday())
    assert "stopped on" in next(row.flag for row in week.rows if row.id == scene.stopped.pk and row.kind == "service")
    found = queries.hours_on_stopped_services(TODAY() - timedelta(days=30), TODAY())
    assert found == {scene.stopped.pk: 30}, "hours from before the stop are not held against anybody"


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_day_has_between_one_minute_and_24_hours(cast, scene, minutes):
    with pytest.raises(Refused):
        log(cast, scene.activity, minutes)
    assert not TimeEntry.objects.exists()


def test_a_day_never_holds_more_than_24_hours_however_it_is_filled(cast, scene):
    log(cast, scene.activity, 1400)
    with pytest.raises(Refused, match="24 hours"):
        log(cast, scene.service, 41)
    entry = log(cast, scene.service, 40)
    with pytest.raises(Refused):
        actions.edit_entry(entry=entry, changes={"minutes": 41}, by=cast.member)
    with pytest.raises(Refused):
        actions.set_week(person=cast.member, hours=[actions.Hours(scene.project, TODAY(), 60)], by=None)
    assert sum(TimeEntry.objects.values_list("minutes", flat=True)) == 1440


@pytest.mark.parametrize("days", [8, -371])
def test_a_day_far_away_is_refused(cast, scene, days):
    with pytest.raises(Refused):
        log(cast, scene.activity, on=TODAY() + timedelta(days=days))


def test_nobody_enters_hours_for_somebody_else_or_for_work_unseen(cast, scene):
    with pytest.raises(Forbidden):
        actions.log_time(person=cast.member, work=scene.activity, minutes=60, by=cast.head)
    with pytest.raises(Forbidden):
        actions.log_time(person=cast.nobody, work=scene.project, minutes=60, by=cast.nobody)
    entry = log(cast, scene.activity)
    for act in (
        lambda: actions.edit_entry(entry=entry, changes={"minutes": 5}, by=cast.head),
        lambda: actions.remove_entry(entry=entry, by=cast.head),
        lambda: actions.set_week(person=cast.member, hours=[actions.Hours(scene.activity, TODAY(), 5)], by=cast.head),
    ):
        with pytest.raises(Forbidden):
            act()


def test_entries_are_changed_under_their_version_and_undone(cast, scene, undo_last):
    entry = log(cast, scene.activity)
    actions.edit_entry(entry=TimeEntry.objects.get(), changes={"minutes": 30}, by=cast.member, version=1)
    with pytest.raises(Conflict):
        actions.edit_entry(entry=TimeEntry.objects.get(), changes={"minutes": 45}, by=cast.member, version=1)
    undo_last()
    entry.refresh_from_db()
    assert entry.minutes == 60
    with pytest.raises(Refused):
        actions.edit_entry(entry=entry, changes={"person": cast.head}, by=cast.member)


def test_the_week_sheet_sets_cells_as_one_action(cast, scene, undo_last):
    first = monday()
    hours = [actions.Hours(scene.activity, first, 450), actions.Hours(scene.service, first, 30)]
    assert actions.set_week(person=cast.member, hours=hours, by=cast.member) == 2
    assert actions.set_week(person=cast.member, hours=[actions.Hours(scene.activity, first, 60)], by=cast.member) == 1
    assert queries.week(cast.member, first).totals[0] == 90
    assert actions.set_week(person=cast.member, hours=[actions.Hours(scene.activity, first, 0)], by=cast.member) == 1
    assert queries.week(cast.member, first).totals[0] == 30
    with pytest.raises(Refused, match="Nothing"):
        actions.set_week(person=cast.member, hours=[actions.Hours(scene.service, first, 30)], by=cast.member)


@given(parts=st.lists(st.integers(1, 200), min_size=1, max_size=4), wanted=st.integers(0, 900))
def test_a_cell_stands_at_what_was_typed_whatever_entries_it_held(parts, wanted):
    """The rule of `set_week` on plain numbers: later entries give way first, none grows but the newest."""
    left, kept = wanted, []
    for minutes in parts[:-1]:
        keep = min(minutes, left)
        kept.append(keep)
        left -= keep
    kept.append(left if left > parts[-1] else min(parts[-1], left))
    assert sum(kept) == wanted
    assert all(k <= p for k, p in zip(kept[:-1], parts[:-1], strict=True))


def test_notes_survive_when_a_cell_of_several_entries_is_set(cast, scene):
    log(cast, scene.activity, 60, note="Morning", on=monday())
    log(cast, scene.activity, 60, note="Evening", on=monday())
    for minutes in (150, 90, 30):
        actions.set_week(person=cast.member, hours=[actions.Hours(scene.activity, monday(), minutes)], by=cast.member)
        assert sum(TimeEntry.objects.values_list("minutes", flat=True)) == minutes
    assert [e.note for e in TimeEntry.objects.order_by("id")] == ["Morning"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7", 420),
        ("7.5", 450),
        ("7,5", 450),
        ("7:30", 450),
        ("1.25 h", 75),
        (".5", 30),
        ("0:05", 5),
        ("", 0),
        ("  ", 0),
        ("24", 1440),
    ],
)
def test_hours_are_read_as_people_type_them(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["x", "-1", "1:75", "7.5.5", "NaN", "1e3", "100", "7h30", "٣"])
def test_what_is_no_number_of_hours_is_refused(text):
    with pytest.raises(Refused):
        minutes_of(text)


@given(st.integers(0, 1440))
def test_what_the_sheet_shows_it_reads_back(minutes):
    assert minutes_of(typed(minutes)) == minutes


def test_the_page_fills_a_week_without_a_script(cast, scene, undo_last):
    client = cast.client(cast.member)
    page = client.get("/time").content.decode()
    assert "A weekly board" in page
    name = f"activity-{scene.activity.pk}"
    answer = client.post("/time", {f"{name}-0": "7.5", f"service-{scene.stopped.pk}-0": "0:20"})
    assert answer.status_code == 303
    again = client.get(answer["Location"]).content.decode()
    assert 'value="7.5"' in again
    assert 'value="0:20"' in again
    assert "stopped on" in again
    undo_last()
    assert not TimeEntry.objects.exists()


def test_a_wrong_cell_keeps_what_was_typed_and_saves_nothing(cast, scene):
    name = f"activity-{scene.activity.pk}"
    answer = cast.client(cast.member).post("/time", {f"{name}-0": "7.5", f"{name}-1": "much"})
    assert answer.status_code == 422
    assert 'value="much"' in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_hours_for_work_one_does_not_see_are_refused(cast, scene):
    assert cast.client(cast.nobody).post("/time", {f"project-{scene.project.pk}-0": "1"}).status_code == 404
    assert cast.client(cast.foreign_admin).post("/time", {f"service-{scene.service.pk}-0": "1"}).status_code == 404
    assert cast.client(cast.member).post("/time", {"user-1-0": "1", "activity-1-9": "1"}).status_code == 422
    assert not TimeEntry.objects.exists()


def test_ones_own_entry_is_removed_and_nobody_elses(cast, scene):
    entry = log(cast, scene.activity)
    assert cast.client(cast.head).post(f"/time/{entry.pk}/remove").status_code == 404
    assert cast.client(cast.member).post(f"/time/{entry.pk}/remove").status_code == 303
    assert not TimeEntry.objects.exists()


def test_hours_of_others_are_seen_by_who_has_the_right_while_the_switch_is_on(cast, scene):
    actions.log_time(person=cast.member, work=scene.activity, minutes=90, on=TODAY(), by=cast.member)
    page = f"/people/{cast.member.pk}"

    def sees(person) -> bool:
        return "Logged hours" in cast.client(person).get(page).content.decode()

    def knows(person) -> bool:
        return visible_records(TimeEntry, cast.fresh(person)).exists()

    assert sees(cast.head)
    assert knows(cast.head)
    assert not sees(cast.pmo)
    assert sees(cast.member), "one's own"
    edit_organisation(organisation=cast.organisation, changes={"shows_time_of_others": False}, by=cast.admin)
    assert not sees(cast.head)
    assert not knows(cast.head), "not in the activity either"
    assert sees(cast.member)
