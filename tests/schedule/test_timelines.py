"""The page of a schedule: rolled up, filtered, beside a baseline, and with what waits for what drawn between the rows."""

from datetime import date

import pytest

from goldenthread.accounts.actions import changeset
from goldenthread.kit import history
from goldenthread.schedule import actions, queries
from goldenthread.schedule.models import Activity, Schedule, StatedBaseline
from tests.schedule.conftest import MONDAY, network


@pytest.fixture
def plan(schedule: Schedule) -> dict[str, Activity]:
    """Two parts: A, then B with two days to spare beside C; after both a milestone."""
    made = network(schedule, "A 5; B 1 after A; C 3 after A; M 0 after B C; X 1")
    part = actions.add_activity(schedule=schedule, name="Part", by=None)
    for name in ("B", "C"):
        made[name].refresh_from_db()
        actions.move_activity(activity=made[name], parent=part, by=None)
    history.change(Activity.objects.get(name="M"), {"is_milestone": True})
    history.change(Activity.objects.get(name="A"), {"deadline": MONDAY})
    history.change(Activity.objects.get(name="X"), {"cancelled_on": MONDAY})
    actions.compute_dates(schedule=schedule)
    return {**made, "Part": part}


def page(schedule: Schedule, **said: str) -> queries.Timeline:
    return queries.timeline(schedule, queries.Filters.of(said), MONDAY, with_people=True)


def shown(found: queries.Timeline) -> list[tuple[str, int]]:
    return [(line.data.name, line.depth) for line in found.rows]


def test_rows_that_are_named_are_shown_whatever_they_are_and_alone(schedule, plan):
    named = ",".join(str(plan[name].pk) for name in ("X", "C"))
    assert shown(page(schedule, rows=named)) == [("X", 0), ("Part", 0), ("C", 1)]
    assert shown(page(schedule, rows=named, show="critical")) == [("Part", 0), ("C", 1)]
    assert [page(schedule, rows=said).only for said in (named, "0,x,-3", "999999999")] == [2, None, 0]
    chosen = queries.Filters.of({"fault": "DCMA-01"})
    found = queries.timeline(schedule, chosen, MONDAY, with_people=True, at_fault=frozenset({plan["B"].pk}))
    assert (shown(found), found.only) == ([("Part", 0), ("B", 1)], 1)


def test_rows_stand_in_order_with_what_rolls_up(schedule, plan):
    found = page(schedule)
    assert shown(found) == [("A", 0), ("M", 0), ("Part", 0), ("C", 1), ("B", 1)]
    part = next(line for line in found.rows if line.data.name == "Part")
    assert (part.start, part.finish, part.total_float, part.is_critical) == (date(2027, 3, 8), date(2027, 3, 10), 0, True)
    assert (found.activities, found.milestones, found.critical) == (4, 1, 3)
    assert (found.start, found.finish) == (MONDAY, found.rows[1].finish)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"show": "critical"}, ["A", "M", "Part", "C"]),
        ({"show": "near"}, ["A", "M", "Part", "C", "B"]),
        ({"show": "milestones"}, ["M"]),
        ({"show": "over"}, ["A"]),
        ({"show": "stopped"}, ["X"]),
        ({"q": "b"}, ["Part", "B"]),
        ({"level": "1"}, ["A", "M", "Part"]),
        ({"show": "nonsense", "level": "x", "under": "-1", "at": "soon"}, ["A", "M", "Part", "C", "B"]),
    ],
)
def test_filters_leave_what_fits_and_what_it_stands_under(schedule, plan, said, names):
    assert [name for name, _ in shown(page(schedule, **said))] == names


def test_a_part_is_shown_alone_on_its_own_days(schedule, plan):
    found = page(schedule, under=str(plan["Part"].pk))
    assert [name for name, _ in shown(found)] == ["Part", "C", "B"]
    assert found.window == (date(2027, 3, 7), date(2027, 3, 12)), "with a day on both sides for what stands at the edges"
    assert [tick.label for tick in found.scale.ticks] == ["7 Mar 2027", "8 Mar", "9 Mar", "10 Mar", "11 Mar"]


def test_how_late_each_is_against_the_baseline_of_its_file(schedule, plan):
    with changeset(title="Baselines", by=None):
        for name, finish in (("A", date(2027, 3, 3)), ("C", date(2027, 3, 12))):
            StatedBaseline(activity=plan[name], number=0, start=MONDAY, finish=finish).save()
    found = page(schedule)
    assert {line.data.name: line.slip for line in found.rows} == {"A": 2, "M": None, "Part": -2, "C": -2, "B": None}
    assert (found.behind, found.baselines) == (1, [("file-0", "the file’s baseline")])
    assert found.window[1] == date(2027, 3, 14), "the bar of the baseline ends on the 12th, those of the work two days earlier"
    assert [name for name, _ in shown(page(schedule, show="late"))] == ["A"]


def test_what_waits_for_what_is_drawn_through_every_row_between(schedule, plan):
    found = page(schedule)
    assert found.drawn == 4
    rows = {line.data.name: line for line in found.rows}
    end, begin = found.scale.at(date(2027, 3, 6)), found.scale.at(date(2027, 3, 8))
    flat = [p for p in rows["A"].pieces if p.y1 == p.y2 and not p.head]
    assert (flat[0].x1, flat[0].x2) == (end, begin), "from the evening of A to the morning of what waits for it"
    through = [p for p in rows["M"].pieces if (p.y1, p.y2) == (0, 100)]
    assert begin in {p.x1 for p in through}, "A's lines pass the milestone's row on their way down"
    assert [p.head for p in rows["M"].pieces if p.head] == ["up", "up"]
    assert all(0 <= p.x1 <= p.x2 <= 100 for line in found.rows for p in line.pieces if p.y1 == p.y2)


def test_what_waits_for_a_row_elsewhere_leads_to_the_edge_of_its_own(schedule, plan):
    found = page(schedule, q="b")
    rows = {line.data.name: line for line in found.rows}
    assert (rows.keys(), found.drawn) == ({"Part", "B"}, 2)
    begin, end = found.scale.at(date(2027, 3, 8)), found.scale.at(date(2027, 3, 9))
    heads = {(p.x1, p.head) for p in rows["B"].pieces if p.head}
    assert heads == {(begin, "dot"), (begin, "down"), (end, "dot")}, "waits for A above it, and M, above it too, for it"
    lines = {(p.x1, p.y1, p.y2) for p in rows["B"].pieces if not p.head}
    assert lines == {(begin, 8, 30), (end, 8, 30)}


def test_dates_that_do_not_keep_a_constraint_are_shown_as_such(schedule, plan):
    for name, kind, day in (("B", "SNLT", date(2027, 3, 5)), ("C", "MSO", date(2027, 3, 8)), ("A", "FNLT", date(2027, 3, 5))):
        history.change(Activity.objects.get(name=name), {"constraint_kind": kind, "constraint_date": day})
    found = page(schedule, show="bound")
    assert [line.data.name for line in found.rows if not line.is_context] == ["B"]
    assert found.missed == 2, "B against its constraint, A past its deadline"


def test_rows_on_other_days_have_no_bar_and_no_line(schedule, plan):
    far = page(schedule, zoom="month", at="2028-01-01")
    assert far.drawn == 0
    assert far.window == (date(2028, 1, 1), date(2028, 2, 1))
    assert [tick.label for tick in far.scale.ticks][:2] == ["3 Jan 2028", "10 Jan"]


def test_names_are_left_out_for_who_may_not_see_people(kept_cast, schedule, plan):
    actions.assign(activity=plan["A"], person=kept_cast.member, by=None)
    named = page(schedule)
    assert (named.people, named.rows[0].people) == ([kept_cast.member.name], [kept_cast.member.name])
    hidden = queries.timeline(schedule, queries.Filters.of({"who": kept_cast.member.name}), MONDAY, with_people=False)
    assert (hidden.people, [line.people for line in hidden.rows]) == ([], [[]] * 5)
