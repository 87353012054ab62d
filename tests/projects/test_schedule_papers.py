"""The page of a schedule as a PDF and as a picture: what stands on it, who gets it, and what is too much."""

import json
import struct

import pytest

from goldenthread.accounts.actions import changeset, grant_role
from goldenthread.formats import limits, schedule_chart
from goldenthread.formats.one_page import pages_of
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.typesetting import as_text
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.models import Project
from goldenthread.schedule.actions import relate
from goldenthread.schedule.queries import Filters, chart_paper, timeline
from goldenthread.schedule.queries.arrows import Web
from goldenthread.schedule.queries.chart_paper import chart, schedule_paper
from tests.formats.schedules import WEIR, link, mspdi
from tests.formats.schedules import task as filed
from tests.projects.test_stored_schedules import stored
from tests.schedule.conftest import MONDAY

LONG = 130


@pytest.fixture
def here(monkeypatch):
    """Drawn in this process: the guarded one takes a moment to start, and one test goes through it."""
    monkeypatch.setattr(limits, "_TEXT_KINDS", limits._TEXT_KINDS | {"schedule-chart"})


@pytest.fixture
def weir(cast) -> Project:
    stored(cast, read_schedule(WEIR))
    return Project.objects.get()


def many(cast, rows: int):
    tasks = "".join(filed(n, f"Work {n}", 1, link(n - 1) if n > 1 else "", Duration="PT8H0M0S") for n in range(1, rows + 1))
    (schedule,) = stored(cast, read_schedule(mspdi(tasks)))
    return schedule


def on_paper(schedule, *, people: bool = True, paper: str = "a3", **said: str) -> schedule_chart.Chart:
    shown = timeline(schedule, Filters.of({**said, "size": "200"}), MONDAY, with_people=people)
    return chart(shown, paper, MONDAY, title="Schedule of Weir", author="Weir")


def test_the_paper_says_what_the_page_says(cast, weir):
    drawn = on_paper(weir.schedule)
    assert drawn.heads == ("Activity", "Start", "Finish", "Float", "Done", "Baseline", "Who")
    rows = {row.cells[0]: row for row in drawn.rows}
    assert rows["1.1 Dig"].cells[1:3] == ("1 Mar 2027", "2 Mar 2027")
    assert rows["1.1 Dig"].cells[6] == "Ada"
    assert rows["1.1 Dig"].deadline is None, "its day is not among those shown"
    assert next(r for r in on_paper(weir.schedule, zoom="month").rows if r.cells[0] == "1.1 Dig").deadline == pytest.approx(29.03)
    assert rows["1.1 Dig"].depth == 1
    assert rows["1 Build"].is_group
    assert any(one.head in {"down", "up"} for row in drawn.rows for one in row.lines)
    assert rows["5 Open"].stone is not None
    assert rows["5 Open"].bars == ()
    assert drawn.lead.startswith("4 rows"), "what is stopped is left out"


def test_the_paper_is_filtered_as_the_page_is_and_names_nobody_to_who_may_not_see_people(cast, weir):
    drawn = on_paper(weir.schedule, q="dig", columns="finish,who")
    assert [row.cells[0] for row in drawn.rows] == ["1 Build", "1.1 Dig"]
    assert drawn.heads == ("Activity", "Finish", "Who")
    assert "with “dig”" in drawn.lead
    assert "Ada" not in as_text(on_paper(weir.schedule, people=False))


def test_a_pdf_has_numbered_pages_each_with_its_head_and_is_tagged(cast, here):
    schedule = many(cast, LONG)
    made = {p: schedule_paper(schedule, Filters(), p, MONDAY, title="Schedule", with_people=True) for p in ("a3", "a4")}
    assert 2 <= pages_of(made["a3"]) < pages_of(made["a4"])
    for one in made.values():
        assert b"pdfuaid" in one
        assert b"/TH" in one
    assert made["a3"] == schedule_paper(schedule, Filters(), "a3", MONDAY, title="Schedule", with_people=True)


def test_a_picture_is_one_image_as_long_as_its_rows(cast, here):
    schedule = many(cast, LONG)
    sizes = []
    for level in (Filters(), Filters(q="Work 1")):
        made = schedule_paper(schedule, level, "png", MONDAY, title="Schedule", with_people=True)
        assert made.startswith(b"\x89PNG")
        sizes.append(struct.unpack(">II", made[16:24]))
    assert sizes[0][0] == sizes[1][0]
    assert sizes[0][1] > 2 * sizes[1][1], "130 rows and 42"


def test_what_waits_for_a_row_far_away_ends_at_its_own_row(cast):
    schedule = many(cast, LONG)
    first, last = (schedule.activities.get(name=f"Work {n}") for n in (1, LONG))
    relate(predecessor=first, successor=last, by=None)
    shown = timeline(schedule, Filters(size=2000), MONDAY, with_people=False, web=chart_paper.PAPER_WEB)
    ends = [[one.head for one in row.pieces] for row in (shown.rows[0], shown.rows[-1], shown.rows[60])]
    assert ends[0].count("dot") == ends[1].count("dot") == 1
    assert ends[2].count("dot") == 0
    assert shown.drawn == LONG


def test_too_much_is_refused_with_what_to_do(cast, monkeypatch, weir):
    monkeypatch.setattr(chart_paper, "MOST_ROWS", 3)
    with pytest.raises(Refused) as refusal:
        schedule_paper(weir.schedule, Filters(), "a3", MONDAY, title="Schedule", with_people=True)
    assert "at most 3 rows" in str(refusal.value)
    assert "Filter first" in (refusal.value.advice or "")
    page = cast.client(cast.head).get(f"/projects/{weir.pk}/schedule?paper=a3")
    assert page.status_code == 422
    assert "Filter first" in page.content.decode()
    assert cast.client(cast.head).get(f"/projects/{weir.pk}/schedule?paper=a3&show=milestones").status_code == 200


def test_what_would_cross_too_many_rows_ends_at_its_own(cast):
    schedule = many(cast, 12)
    first, last = schedule.activities.order_by("id").first(), schedule.activities.order_by("id").last()
    relate(predecessor=first, successor=last, by=cast.head)
    size, crossing = Filters.of({"size": "200"}), {}
    for room in (1_000, 5):
        shown = timeline(schedule, size, MONDAY, with_people=True, web=Web(most=100, reach=60, room=room))
        crossing[room] = sum(len(row.pieces) for row in shown.rows)
        assert shown.drawn == 12
    assert crossing[5] < crossing[1_000]


def test_what_breaks_the_guarded_process_is_refused_with_what_to_do(cast, weir, monkeypatch):
    monkeypatch.setattr(limits, "WALL_SECONDS", 0)
    with pytest.raises(Refused) as refusal:
        schedule_paper(weir.schedule, Filters(), "a3", MONDAY, title="Schedule", with_people=True)
    assert "Filter first" in (refusal.value.advice or "")


def test_the_files_are_for_who_sees_the_page(cast, weir):
    address = f"/projects/{weir.pk}/schedule"
    client = cast.client(cast.head)
    page = client.get(f"{address}?q=dig").content.decode()
    for paper, kind, begins in (("a4", "application/pdf", b"%PDF-"), ("png", "image/png", b"\x89PNG")):
        assert f"{address}?q=dig&amp;paper={paper}" in page
        answer = client.get(f"{address}?q=dig&paper={paper}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer.content.startswith(begins)
        assert answer["Content-Disposition"].startswith("attachment")
    unknown = client.get(f"{address}?paper=letter")
    assert (unknown.status_code, "There is no paper “letter”" in unknown.content.decode()) == (422, True)
    line = cast.client(cast.people[Role.FUNCTIONAL_MANAGER])
    assert "paper=" not in line.get(address).content.decode()
    assert line.get(f"{address}?paper=a4").status_code == 403, "who may not export gets no file"
    client_role = cast.people[Role.CLIENT]
    with changeset(title="A client of the project", by=None):
        grant_role(person=client_role, role=Role.CLIENT, scope=weir.scope, by=None)
    assert cast.client(client_role).get(f"{address}?paper=a4").status_code == 404


def test_columns_and_folded_rows_stand_in_the_address(cast, weir):
    build = weir.schedule.activities.get(name="Build")
    client, address = cast.client(cast.head), f"/projects/{weir.pk}/schedule"
    page = client.get(f"{address}?columns=finish&columns=done&toggle={build.pk}").content.decode()
    head = page.split("<thead>")[1].split("</thead>")[0]
    assert "Finish" in head
    assert "Float" not in head
    assert "Dig" not in page.split("<tbody>")[1].split("</tbody>")[0]
    assert f'name="folded" value="{build.pk}"' in page
    assert f"columns=finish%2Cdone&amp;folded={build.pk}&amp;paper=a4" in page, "on paper as on the page"
    again = client.get(f"{address}?folded={build.pk}&toggle={build.pk}").content.decode()
    assert "Dig" in again.split("<tbody>")[1].split("</tbody>")[0]
    found = client.get(f"{address}?folded={build.pk}&q=dig").content.decode()
    assert "Dig" in found.split("<tbody>")[1].split("</tbody>")[0], "what is looked for is not folded away"


def test_a_chart_speaks_json():
    told = json.loads(as_text(schedule_chart.ChartLine(0, 1, 2, 3, is_critical=True, head="")))
    assert told == {"x1": 0, "y1": 1, "x2": 2, "y2": 3, "is_critical": True, "head": ""}
