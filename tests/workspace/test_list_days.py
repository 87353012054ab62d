"""Of which day a list is: found in its name, its title rows or its sheet, shown to be corrected, and what an older one may do."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine

from goldenthread.kit.errors import Refused
from goldenthread.projects.models import Project, StatusReport
from goldenthread.projects.queries.list_days import day_of_list
from goldenthread.workspace import imports
from goldenthread.workspace.models import ImportedFile
from tests.workspace.filled import filled
from tests.workspace.test_wizard import upload

TODAY = date(2026, 11, 26)
HEADING = "Project,Department,Rating,Finish\n"
PROJECTS = ("Line one", "Line two", "Line three", "Line four")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-26 10:00Z", tick=False):
        yield


@pytest.fixture
def client(cast):
    return cast.client(cast.head)


def listed(rating: str, finish: str) -> str:
    return HEADING + "".join(f"{name},Networks,{rating},{finish}\n" for name in PROJECTS)


def take_in(client, name: str, content: str, **changes: str) -> str:
    """A list through the wizard as it proposes, but for `changes` on the last page; answers that page."""
    to = upload(client, content, name=name)["Location"]
    if to.endswith("/columns"):
        to = client.post(to, filled(client.get(to).content.decode()))["Location"]
    page = client.get(to).content.decode()
    answer = client.post(f"{to}/apply", filled(page) | changes)
    assert answer.status_code == 303, answer.content.decode()
    return page


def reading(*above: str, sheet: str = "") -> SimpleNamespace:
    return SimpleNamespace(detected=SimpleNamespace(above=above, table=SimpleNamespace(sheet=sheet)))


@pytest.mark.parametrize(
    ("name", "above", "sheet", "day", "where"),
    [
        ("Portfolio 2026-03-31.xlsx", (), "", date(2026, 3, 31), "the file’s name"),
        ("projects_March_2026_v3.csv", (), "", date(2026, 3, 31), "the file’s name"),
        ("status Q2 2026.ods", (), "", date(2026, 6, 30), "the file’s name"),
        ("list.xlsx", ("Portfolio report", "Status as of 14 May 2026"), "", date(2026, 5, 14), "the rows above the table"),
        ("list 2025.xlsx", ("Status as of 14 May 2026",), "", date(2026, 5, 14), "the rows above the table"),
        ("list.xlsx", (), "October 2026", date(2026, 10, 31), "the name of the sheet"),
        ("gmpp_2021.csv", (), "", date(2021, 12, 31), "the year in the file’s name"),
        ("Projects 2026.csv", ("Budget 2027",), "", None, ""),
        ("projects.csv", ("Our projects",), "Sheet1", None, ""),
    ],
)
def test_the_day_is_found_where_the_file_says_it(name, above, sheet, day, where):
    found = day_of_list(name, reading(*above, sheet=sheet), TODAY)
    assert (found.day, found.where) == (day, where)


def test_title_rows_tell_the_day_of_the_reports(client):
    content = "Portfolio of the networks,,,\nStatus as of 14 May 2026,,,\n" + listed("green", "2027-05-31")
    page = take_in(client, "list.csv", content)
    assert 'name="as_of" value="2026-05-14"' in page
    assert "Found in the rows above the table: correct it where that is wrong." in page
    assert {report.on for report in StatusReport.objects.all()} == {date(2026, 5, 14)}


def test_the_next_list_of_the_layout_is_asked_for_its_day_too(client):
    take_in(client, "list 2026-03.csv", listed("green", "2027-05-31"))
    page = take_in(client, "list 2026-04.csv", listed("amber", "2027-06-30"))
    assert "Read like" in page
    assert 'name="as_of" value="2026-04-30"' in page
    page = take_in(client, "another.csv", listed("red", "2027-07-31"), as_of="2026-05-31")
    assert "The file does not say. Empty: today." in page
    days = StatusReport.objects.filter(project__name="Line one", withdrawn_at=None).order_by("on").values_list("on", "rating")
    assert list(days) == [(date(2026, 3, 31), "GREEN"), (date(2026, 4, 30), "AMBER"), (date(2026, 5, 31), "RED")]


def test_two_lists_without_a_day_on_one_day_are_told_of_each_other(client):
    take_in(client, "first.csv", listed("green", "2027-05-31"))
    page = take_in(client, "second.csv", listed("amber", "2027-06-30"))
    assert "Of 4 projects a report of 26 Nov 2026 is known already: this list takes its place." in page
    reports = StatusReport.objects.filter(project__name="Line one").order_by("id")
    assert [(report.rating, report.withdrawn_at is None) for report in reports] == [("GREEN", False), ("AMBER", True)]


def test_an_older_list_adds_to_the_history_and_changes_and_ends_nothing(client):
    take_in(client, "list 2026-04.csv", listed("red", "2027-07-31") + "Line five,Networks,green,2027-01-31\n")
    page = take_in(client, "list 2026-03.csv", listed("green", "2027-05-31"))
    assert "Of 4 projects newer reports than 31 Mar 2026 are known" in page
    assert "No longer in the list" not in page
    row = Project.objects.get(name="Line one")
    assert (row.rating, row.finishes_on) == ("RED", date(2027, 7, 31))
    days = StatusReport.objects.filter(project=row).order_by("on").values_list("on", "rating")
    assert list(days) == [(date(2026, 3, 31), "GREEN"), (date(2026, 4, 30), "RED")]
    assert Project.objects.get(name="Line five").gone_on is None


def dated(rating: str, finish: str, day: str) -> str:
    rows = "".join(f"{name},Networks,{rating},{finish},{day}\n" for name in PROJECTS)
    return HEADING.replace("\n", ",Report date\n") + rows


def test_rows_with_an_older_day_of_their_own_change_nothing_either(client):
    take_in(client, "list.csv", dated("red", "2027-07-31", "2026-04-30"))
    page = take_in(client, "older.csv", dated("green", "2027-05-31", "2026-03-31"))
    assert "Of 4 projects newer reports are known: this list adds to their history" in page
    row = Project.objects.get(name="Line one")
    assert (row.rating, row.finishes_on) == ("RED", date(2027, 7, 31))
    days = StatusReport.objects.filter(project=row).order_by("on").values_list("on", "rating")
    assert list(days) == [(date(2026, 3, 31), "GREEN"), (date(2026, 4, 30), "RED")]
    take_in(client, "newer.csv", dated("amber", "2027-09-30", "2026-05-31"))
    assert Project.objects.get(name="Line one").rating == "AMBER"


@pytest.mark.parametrize(("sent", "words"), [("2027-01-31", "later day than today"), ("soon", "is not a day")])
def test_a_day_that_cannot_be_is_refused_where_it_is_asked(client, sent, words):
    to = upload(client, listed("green", "2027-05-31"), name="list.csv")["Location"]
    answer = client.post(to, filled(client.get(to).content.decode()) | {"as_of": sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    to = client.post(to, filled(client.get(to).content.decode()))["Location"]
    answer = client.post(f"{to}/apply", filled(client.get(to).content.decode()) | {"as_of": sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Project.objects.exists()


def test_a_proposed_day_taken_away_means_today(client):
    to = upload(client, listed("green", "2027-05-31"), name="list 2026-03.csv")["Location"]
    to = client.post(to, filled(client.get(to).content.decode()) | {"as_of": ""})["Location"]
    page = client.get(to).content.decode()
    assert 'name="as_of" value=""' in page
    client.post(f"{to}/apply", filled(page))
    assert {report.on for report in StatusReport.objects.all()} == {TODAY}


def test_a_command_says_of_which_day_it_took_the_list(cast):
    told = imports.run("projects", "list 2026-03.csv", listed("green", "2027-05-31").encode(), by=cast.head)
    assert (told["as_of"], told["as_of_note"].startswith("Found in the file’s name")) == ("2026-03-31", True)
    named = {"as_of": "2026-02-28"}
    imports.run("projects", "list.csv", listed("amber", "2027-05-31").encode(), by=cast.head, decided=named)
    days = StatusReport.objects.filter(project__name="Line one").order_by("on").values_list("on", flat=True)
    assert list(days) == [date(2026, 2, 28), date(2026, 3, 31)]
    with pytest.raises(Refused, match="later day than today"):
        imports.run("projects", "list.csv", listed("red", "2027-05-31").encode(), by=cast.head, decided={"as_of": "2026-12-31"})
    assert ImportedFile.objects.filter(outcome={}).count() <= 1
