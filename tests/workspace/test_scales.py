"""Money in a list that does not say in what: whose dollar, and thousands or millions, asked on the page of columns."""

import re
from datetime import date

import pytest

from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project, StatusReport
from goldenthread.projects.queries.list_days import day_in_name
from goldenthread.workspace.models import ImportedFile
from tests.workspace.filled import filled
from tests.workspace.test_wizard import upload

IN_MILLIONS = "Project,Budget\n" + "".join(f"Line {n},{40 + n}\n" for n in range(5))
IN_DOLLARS = "Project,Budget\n" + "".join(f"Line {n},$2{n}0000\n" for n in range(5))


@pytest.fixture
def client(cast):
    return cast.client(cast.head)


def columns(client, content: str) -> str:
    return client.get(upload(client, content)["Location"]).content.decode()


def chosen(page: str) -> str:
    """The size of the whole list's money that the page proposes."""
    select = re.search(r'<select id="power_all".*?</select>', page, re.DOTALL)
    assert select is not None
    return (re.findall(r'value="(\d*)" selected', select[0]) or [""])[0]


def test_small_amounts_are_a_question_where_nothing_is_known_to_compare_with(client):
    page = columns(client, IN_MILLIONS)
    assert "thousands or millions?" in page
    assert chosen(page) == ""
    file = ImportedFile.objects.get()
    client.post(f"/import/{file.pk}/columns", filled(page))
    assert "These amounts are small for projects" in client.get(f"/import/{file.pk}").content.decode()


def test_small_amounts_are_proposed_in_the_size_of_the_budgets_known(client, cast):
    rows = [{"name": f"Known {n}", "budget_minor": (20 + n) * 10**8, "currency": "EUR"} for n in range(5)]
    projects.add_projects(rows=rows, by=cast.head)
    page = columns(client, IN_MILLIONS)
    assert chosen(page) == "6"
    file = ImportedFile.objects.get()
    client.post(f"/import/{file.pk}/columns", filled(page))
    page = client.get(f"/import/{file.pk}").content.decode()
    assert "These amounts are small" not in page
    client.post(f"/import/{file.pk}/apply", filled(page))
    assert Project.objects.get(name="Line 0").budget_minor == 40 * 10**8, "40 is forty million, in cents"


def test_a_bare_dollar_is_never_taken_for_the_organisations_euro(client, cast):
    page = columns(client, IN_DOLLARS)
    assert "The list says $ and not whose" in page
    assert re.search(r'name="currency" value="USD"', page)
    file = ImportedFile.objects.get()
    client.post(f"/import/{file.pk}/columns", filled(page) | {"currency": "CAD"})
    client.post(f"/import/{file.pk}/apply", filled(client.get(f"/import/{file.pk}").content.decode()))
    assert set(Project.objects.values_list("currency", flat=True)) == {"CAD"}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Portfolio 2026-03-31.xlsx", "2026-03-31"),
        ("status_20260215_v2.csv", "2026-02-15"),
        ("Projects 2024-02.csv", "2024-02-29"),
        ("gmpp_2022.csv", ""),
        ("Projects 2099-01.csv", ""),
        ("Projects 2026-02-31.csv", ""),
        ("part 12026-03.csv", ""),
    ],
)
def test_the_day_of_a_list_is_proposed_where_its_name_states_one(name, day):
    assert day_in_name(name, date(2026, 11, 26)) == (date.fromisoformat(day) if day else None)


def test_the_day_proposed_is_the_day_of_the_reports(client):
    answer = upload(client, "Project,Budget,Rating\nLine,2000000,red\n", name="Status 2026-03.csv")
    page = client.get(answer["Location"]).content.decode()
    assert 'name="as_of" value="2026-03-31"' in page
    file = ImportedFile.objects.get()
    client.post(f"/import/{file.pk}/columns", filled(page))
    client.post(f"/import/{file.pk}/apply", filled(client.get(f"/import/{file.pk}").content.decode()))
    assert StatusReport.objects.get().on == date(2026, 3, 31)
