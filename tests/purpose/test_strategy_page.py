"""The page of the strategy that objectives came from: what it says, to whom, in how many statements; and its way out."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.formats.stratml import read_stratml
from goldenthread.kit.permissions import Role
from goldenthread.purpose.models import Objective, Strategy
from goldenthread.workspace import imports
from goldenthread.workspace.models import ImportedFile
from tests.purpose.stated import PLAN
from tests.purpose.test_pages import text


@pytest.fixture
def taken_in(cast):
    imports.run("stratml", "plan.xml", PLAN, by=cast.head, office=cast.office)
    return Strategy.objects.get()


def hide(by):
    with changeset(title="Hide", by=by):
        row = Objective.objects.get(source_key="o2")
        row.is_confidential = True
        row.save()


def test_it_says_who_and_what_the_file_names(cast, taken_in):
    shown = text(cast.client(cast.head).get("/strategies"))
    for words in (
        "Plan of the works",
        "plan.xml",
        "Mission To bring water",
        "Vision Water for everybody",
        "Care : We mend what leaks",
        "Aldermere Water AW",
        "Ada Quill person Chair (performer)",
        "Fitters group for Water that stays in the pipes",
        "Bo Marsh person for Fewer stops of pump seven",
        "Share of water lost is broader than Fewer stops of pump seven carries the pumps",
        "2 goals; 2 objectives",
        "3 Feb 2024",
        "https://water.example/plan",
    ):
        assert words in shown


def test_an_objective_leads_to_where_it_came_from_and_back(cast, taken_in):
    client, objective = cast.client(cast.head), Objective.objects.get(source_key="o1")
    page = client.get(f"/objectives/{objective.pk}").content.decode()
    assert f'<a href="/strategies/{taken_in.pk}">Plan of the works</a>' in page
    assert f'href="/objectives/{objective.pk}"' in client.get(f"/strategies/{taken_in.pk}").content.decode()


def test_after_the_import_the_page_leads_to_the_drafts_and_to_the_strategy(cast, taken_in):
    file = ImportedFile.objects.get()
    page = cast.client(cast.head).get(f"/import/{file.pk}").content.decode()
    assert f'href="/strategies/{taken_in.pk}"' in page
    assert f'href="/objectives?state=DRAFT&amp;office={cast.office.pk}"' in page


def test_of_two_files_of_one_name_each_leads_to_its_own_strategy(cast, taken_in):
    first = ImportedFile.objects.get()
    other = PLAN.replace(b"Plan of the works", b"Plan of the pipes").replace(b"<Identifier>p1<", b"<Identifier>p2<")
    imports.run("stratml", "plan.xml", other, by=cast.head, office=cast.office)
    client = cast.client(cast.head)
    for file, row in ((first, taken_in), (ImportedFile.objects.latest("pk"), Strategy.objects.get(name="Plan of the pipes"))):
        assert f'href="/strategies/{row.pk}"' in client.get(f"/import/{file.pk}").content.decode()


def test_of_a_confidential_objective_it_tells_nothing_to_who_may_not_see_it(cast, taken_in):
    hide(cast.head)
    said = cast.client(cast.pmo).get(f"/strategies/{taken_in.pk}").content.decode()
    for word in ("pump", "Pump", "Bo Marsh"):
        assert word not in said
    assert "Fitters" in said
    assert "Bo Marsh" in cast.client(cast.head).get(f"/strategies/{taken_in.pk}").content.decode()


def test_who_sees_no_objectives_of_the_office_sees_no_strategy(cast, taken_in):
    for person in (cast.foreign_admin, cast.nobody):
        client = cast.client(person)
        assert client.get(f"/strategies/{taken_in.pk}").status_code == 404
        assert "Plan of the works" not in client.get("/strategies").content.decode()


def test_before_the_first_one_the_page_says_how_to_take_it_in(cast):
    shown = text(cast.client(cast.head).get("/strategies"))
    assert "No strategy was taken in yet" in shown
    assert "Import a strategy" in shown
    assert "Import a strategy" not in text(cast.client(cast.people[Role.TEAM_MEMBER]).get("/strategies"))


def test_the_office_s_strategy_is_taken_out_as_a_file(cast, taken_in):
    client, address = cast.client(cast.head), f"/strategies/stratml/{cast.office.pk}"
    assert address in client.get("/export").content.decode()
    assert address in client.get("/strategies").content.decode()
    answer = client.get(address)
    assert re.fullmatch(r'attachment; filename="strategy-[\w-]+\.xml"', answer["Content-Disposition"])
    assert read_stratml(answer.content) == read_stratml(PLAN)
    member = cast.client(cast.people[Role.TEAM_MEMBER])
    assert member.get(address).status_code == 403
    assert address not in member.get("/strategies").content.decode()


def test_a_long_strategy_takes_no_more_statements_than_a_short_one(cast, taken_in):
    client, asked = cast.client(cast.head), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/strategies/{taken_in.pk}").status_code == 200
        asked.append(len(seen))
        goal = b"<Goal><Name>One goal more, the n-th</Name><Stakeholder><Name>Some n</Name></Stakeholder></Goal>"
        more = b"".join(goal.replace(b"n-th", b"%d" % n).replace(b"Some n", b"Some %d" % n) for n in range(40))
        longer = PLAN.replace(b"</StrategicPlanCore>", more + b"</StrategicPlanCore>")
        imports.run("stratml", "plan.xml", longer, by=cast.head, office=cast.office)
    assert asked[0] == asked[1]


def test_what_a_file_says_is_shown_as_text(cast):
    data = PLAN.replace(b"Ada Quill", b"&lt;i&gt;Ada&lt;/i&gt;").replace(b"https://water.example/plan", b"javascript:alert(1)")
    imports.run("stratml", "plan.xml", data, by=cast.head, office=cast.office)
    page = cast.client(cast.head).get("/strategies").content.decode()
    assert "<i>Ada</i>" not in page
    assert 'href="javascript' not in page
