"""The page of a row of a schedule: what holds here beside what its file says, and what is withheld from whom."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset, grant_role
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.kit.permissions import Role
from goldenthread.projects.models import Project
from goldenthread.schedule import actions, queries
from goldenthread.schedule.models import Activity, Schedule
from tests.cast import Cast
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, harbour, mspdi, xer
from tests.formats.schedules import task as filed
from tests.projects.test_stored_schedules import stored
from tests.schedule.conftest import MONDAY


def row(schedule: Schedule, name: str, *, people: bool = True, costs: bool = True) -> queries.RowPage:
    activity = Activity.objects.get(schedule=schedule, name=name)
    found = queries.row_page(schedule, activity.pk, with_people=people, with_costs=costs)
    assert found is not None
    return found


def facts(page: queries.RowPage) -> dict[str, tuple[str, str]]:
    return {fact.name: (fact.here, fact.filed) for group in page.groups for fact in group.facts}


def bars(cast: Cast, schedule: Schedule, name: str) -> int:
    """How many bars are drawn in the lane of a row."""
    page = cast.client(cast.head).get(f"/projects/{schedule.project.pk}/schedule").content.decode()
    (drawn,) = re.findall(rf"<title>{name}:(.*?)</svg></td>", page, re.DOTALL)
    return len(re.findall(r'<rect class="span[^>]*height="12"', drawn))


def text(page: queries.RowPage) -> str:
    return repr(page).replace("\xa0", " ")


def test_what_a_file_says_of_a_row_stands_beside_what_holds_here(cast):
    (schedule,) = stored(cast, read_schedule(WEIR))
    page = row(schedule, "Dig")
    said = facts(page)
    assert said["Start"] == ("1 Mar 2027", "1 Mar 2027, 08:00")
    assert said["Finish"][1] == "3 Mar 2027, 17:00"
    assert said["Complete, of the duration"] == ("50 %", "50 %")
    assert said["Complete, physically"] == ("", "40 %")
    assert said["Constraint"] == ("start no earlier than 1 Mar 2027", "start no earlier than 1 Mar 2027, 08:00")
    assert said["Cost"] == ("", "1,234.56 EUR")
    assert said["Work"] == ("16.5 h", "16.5 h")
    assert (said["Duration"], said["Remaining duration"]) == (("3 days", "3 days"), ("1.5 days", "1.5 days"))
    assert said["Calendar"] == ("Night", "")
    assert (page.notes, page.custom) == ("Mind the\npipe", (("Quarter", "Q1 (First)"),))
    assert page.over == ((Activity.objects.get(name="Build").pk, "Build"),)
    assert page.baselines.head == ("Baseline", "Start", "Finish", "Duration", "Work", "Cost")
    assert [line[0] for line in page.baselines.rows] == ["of the file", "of the file, 10"]
    assert page.baselines.rows[0][5] == "500.00 EUR"
    work = dict(zip(page.work.head, page.work.rows[0], strict=True))
    assert (work["Who or what"], work["Units"], work["Work"], work["Done"], work["Cost"]) == (
        *("Ada", "50 %", "16.5 h"),
        *("8 h", "1,234.56 EUR"),
    )
    assert [(one.name, one.words) for one in page.after] == [
        ("Pour", "finish to start, lag 1 day"),
        ("Cure", "finish to finish, lag −0.5 days"),
    ]


def test_what_was_changed_here_stands_beside_what_the_file_still_says(cast):
    (schedule,) = stored(cast, read_schedule(WEIR))
    dig = Activity.objects.get(name="Dig")
    actions.edit_activity(activity=dig, changes={"duration": 2400, "deadline": date(2027, 3, 20)}, by=None)
    said = facts(row(schedule, "Dig"))
    assert said["Duration"] == ("5 days", "3 days")
    assert said["Deadline"] == ("20 Mar 2027", "10 Mar 2027, 17:00")


def test_nobody_and_no_cost_is_named_to_who_may_not_see_them(cast):
    (schedule,) = stored(cast, read_schedule(WEIR))
    assert "Ada" in text(row(schedule, "Dig"))
    assert "1,234.56" in text(row(schedule, "Dig"))
    bare = row(schedule, "Dig", people=False, costs=False)
    assert "Ada" not in text(bare)
    assert "EUR" not in text(bare)
    assert "1,234.56" not in text(bare)
    assert bare.notes == "Mind the\npipe"
    without_costs = row(schedule, "Dig", costs=False)
    assert "Ada" in text(without_costs)
    assert "EUR" not in text(without_costs)
    assert "Cost" not in (*without_costs.work.head, *without_costs.baselines.head)


def test_a_row_made_here_and_one_without_a_file_say_what_is_known(cast):
    (schedule,) = stored(cast, read_schedule(WEIR))
    actions.add_activity(schedule=schedule, name="Paint", by=None, duration=960)
    page = row(schedule, "Paint")
    assert not page.is_filed
    assert facts(page)["Duration"] == ("2 days", "")
    assert all(not fact.filed for group in page.groups for fact in group.facts)
    assert all(fact.here for group in page.groups for fact in group.facts), "what is not known is not named"


def test_a_split_row_is_told_in_parts_until_its_length_is_changed_here(cast):
    (schedule,) = stored(cast, read_schedule(real_file("schedules/mspdi/mpxj-split-task.xml")))
    split = [one for one in Activity.objects.filter(schedule=schedule) if row(schedule, one.name).parts]
    assert split
    parts = row(schedule, split[0].name).parts
    assert len(parts) > 1
    assert bars(cast, schedule, split[0].name) == len(parts)
    actions.edit_activity(activity=split[0], changes={"duration": split[0].duration + 480}, by=None)
    assert row(schedule, split[0].name).parts == ()
    assert bars(cast, schedule, split[0].name) == 1


def test_a_row_of_primavera_says_its_codes_and_its_three_percentages(cast):
    harbours = stored(cast, read_schedule(xer(harbour())))
    rows = Activity.objects.filter(schedule__in=harbours, is_summary=False).select_related("schedule")
    pages = [row(one.schedule, one.name) for one in rows]
    assert any(page.custom for page in pages)
    assert {"Complete, of the duration", "Which of them counts"} <= set().union(*(facts(page) for page in pages))
    assert ("", "task, fixed duration and units per time") in [facts(page)["Kind"] for page in pages]


@pytest.fixture
def weir(cast: Cast) -> Project:
    stored(cast, read_schedule(WEIR))
    return Project.objects.get()


def test_the_page_of_a_row_is_seen_by_who_sees_the_schedule(cast, weir):
    dig = Activity.objects.get(name="Dig")
    address = f"/projects/{weir.pk}/schedule/row?of={dig.pk}"
    schedule = cast.client(cast.head).get(f"/projects/{weir.pk}/schedule").content.decode()
    assert address in schedule, "the name of a row leads to its page"
    seen = cast.client(cast.head).get(address).content.decode()
    for words in ("Mind the\npipe", "Quarter", "1,234.56 EUR", "Ada", "In its file", "Pour"):
        assert words in seen, words
    pmo = cast.client(cast.people[Role.PMO]).get(address).content.decode()
    assert "Ada" in pmo
    assert "EUR" not in pmo, "who may not see rates sees no costs"
    with changeset(title="A client of the project", by=None):
        grant_role(person=cast.people[Role.CLIENT], role=Role.CLIENT, scope=weir.scope, by=None)
    assert cast.client(cast.people[Role.CLIENT]).get(address).status_code == 404


@pytest.mark.parametrize("of", ["", "0", "x", "99999999999999999999"])
def test_a_row_of_another_schedule_or_of_none_is_not_there(cast, weir, of):
    client = cast.client(cast.head)
    assert client.get(f"/projects/{weir.pk}/schedule/row?of={of}").status_code == 404
    with changeset(title="Elsewhere", by=cast.head):
        other = actions.add_schedule(scope=cast.office.scope, name="Other", data_date=MONDAY)
        elsewhere = actions.add_activity(schedule=other, name="Elsewhere", by=None)
    assert client.get(f"/projects/{weir.pk}/schedule/row?of={elsewhere.pk}").status_code == 404


def test_the_page_of_a_row_asks_as_much_in_a_large_schedule_as_in_a_small_one(cast):
    asked = []
    for rows in (5, 300):
        tasks = "".join(filed(n, f"Work {n}", Duration="PT8H0M0S", Notes=f"note {n}") for n in range(1, rows + 1))
        (schedule,) = stored(cast, read_schedule(mspdi(tasks)))[-1:]
        project = Project.objects.get(schedule=schedule)
        last = Activity.objects.get(schedule=schedule, name=f"Work {rows}")
        client = cast.client(cast.head)
        address = f"/projects/{project.pk}/schedule/row?of={last.pk}"
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(address).content.decode()
        assert f"note {rows}" in page
        asked.append((len(seen), len(page) // 2000))
    assert asked[0] == asked[1]
    assert asked[0][0] <= 21
