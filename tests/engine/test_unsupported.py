import math
import random
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.thread_links import DutyFact, Link, Work
from goldenthread.engine.unsupported import REASONS, unsupported
from goldenthread.engine.work_hours import PLAN, WorkHours, work_hours

DAY = date(2027, 6, 30)
SOUND = Link("c", "kpi", expected_effect=2.0, statement_complete=True)
VALID = DutyFact(date(2026, 1, 1), date(2028, 1, 1), has_proof=True)


def ago(days):
    return DAY - timedelta(days=days)


def work(key, **fields):
    return Work(key, fields.pop("kind", "step"), f"work {key}", fields.pop("hours", 10.0), **fields)


def link(**fields):
    return replace(SOUND, **fields)


def only(*items):
    (row,) = unsupported(items, DAY).findings
    return row


PLANTED = [
    ("U1", "not_asked", {}),
    ("U1", "not_asked", {"owner_answer": "dont_know"}),
    ("U1", "owner_says_none", {"owner_answer": "none"}),
    ("U1", "linked_not_shown", {"owner_answer": "linked"}),
    ("U1", "linked_not_shown", {"links": (link(kpi_has_objective=False),)}),
    ("U2", "linked_not_shown", {"links": (link(objective_state="retired"),)}),
    ("U2", "linked_not_shown", {"links": (link(objective_state="achieved"),)}),
    ("U2", "linked_not_shown", {"links": (link(objective_state="expired"),)}),
    ("U3", "linked_not_shown", {"links": (link(through_cancelled=True),)}),
    ("U3", "linked_not_shown", {"links": (link(service_retired=True),)}),
    ("U3", "owner_says_none", {"service_state": "retired"}),
    ("U3", "owner_says_none", {"service_state": "not_offered"}),
    ("U3", "linked_not_shown", {"service_state": "retired", "links": (SOUND,)}),
    ("U4", "linked_not_shown", {"links": (link(statement_complete=False),)}),
    ("U4", "linked_not_shown", {"links": (link(expected_effect=0.0),)}),
    ("U4", "linked_not_shown", {"links": (link(expected_effect=None),)}),
    ("U4", "not_asked", {"links": (link(statement_complete=False, asked=False),)}),
    ("U5", "linked_not_shown", {"links": (link(delivered_day=ago(61), lag_days=30, grade=1),)}),
    ("U6", "shown_not_to_work", {"links": (link(refuted=True, grade=4),)}),
    ("U6", "linked_not_shown", {"links": (link(refuted=True), link(statement_complete=False))}),
    ("U7", "not_asked", {"duplicate_of": 99}),
    ("U7", "linked_not_shown", {"duplicate_of": 99, "links": (SOUND,)}),
    ("U7", "owner_says_none", {"duplicate_of": 99, "is_mandatory": True, "duty": VALID}),
    ("U8", "owner_says_none", {"is_mandatory": True}),
    ("U8", "owner_says_none", {"is_mandatory": True, "duty": replace(VALID, has_proof=False)}),
    ("U8", "owner_says_none", {"is_mandatory": True, "duty": replace(VALID, valid_to=ago(1))}),
    ("U8", "owner_says_none", {"is_mandatory": True, "duty": replace(VALID, valid_from=ago(-1))}),
    ("U8", "linked_not_shown", {"is_mandatory": True, "links": (link(objective_state="retired"),)}),
]
CLEAN = [
    {"links": (SOUND,)},
    {"links": (link(objective_state="draft"),)},
    {"links": (link(objective_state="proposed", grade=0),)},
    {"links": (link(objective_state="retired"), SOUND)},
    {"links": (link(refuted=True), SOUND), "owner_answer": "none"},
    {"links": (link(delivered_day=ago(60), lag_days=30),)},
    {"links": (link(delivered_day=ago(900), lag_days=30, grade=2),)},
    {"links": (link(expected_effect=-1.5),), "service_state": "offered"},
    {"duty": VALID},
    {"duty": replace(VALID, valid_from=None, valid_to=None), "is_mandatory": True},
    {"duty": replace(VALID, valid_to=DAY), "service_state": "retired"},
    {"is_mandatory": True, "links": (SOUND,)},
]


@pytest.mark.parametrize(("code", "state", "fields"), PLANTED)
def test_each_planted_case_is_found_with_its_reason_and_state(code, state, fields):
    row = only(work(1, **fields))
    assert (row.reason, row.state, row.hours) == (code, state, 10.0)
    assert row.is_alarm is (state != "not_asked")
    assert row.sentence.endswith(".")
    assert row.actions == REASONS[code].actions


@pytest.mark.parametrize("fields", CLEAN)
def test_clean_work_gives_no_finding(fields):
    assert unsupported([work(1, **fields)], DAY).findings == ()


def test_all_eight_reasons_are_registered_and_planted():
    assert sorted(REASONS) == [f"U{number}" for number in range(1, 9)] == sorted({code for code, _, _ in PLANTED})


def test_words_accuse_nobody():
    for code, _, fields in PLANTED:
        sentence = only(work(1, **fields)).sentence + REASONS[code].title
        assert not any(
            word in sentence.lower() for word in ("waste", "useless", "fail", "refuted", "serves nothing", "unsupported")
        )


def test_the_reason_is_the_first_in_the_order_of_the_register():
    order = list(REASONS)
    bare = {code: fields for code, _, fields in reversed(PLANTED) if "links" in fields and len(fields) == 1}
    for first in bare:
        for second in bare:
            both = only(work(1, links=bare[first]["links"] + bare[second]["links"])).reason
            assert both == min(first, second, key=order.index)


def test_children_inherit_the_line_and_only_leaves_count():
    items = [
        work(1, kind="project", hours=500, links=(SOUND,)),
        work(2, parent=1), work(3, parent=2, kind="activity", hours=4),
        work(4, kind="project", hours=70, owner_answer="none"),
        work(5, parent=4, hours=6), work(6, parent=4, hours=8, links=(SOUND,)),
        work(7, kind="project", hours=100, duty=VALID), work(8, parent=7, hours=3),
    ]  # fmt: skip
    found = unsupported(items, DAY)
    assert [(row.key, row.reason, row.state) for row in found.findings] == [(5, "U1", "owner_says_none")]
    assert work_hours(found) == WorkHours(4 + 8, 3, 6)
    assert work_hours(found).hours == 4 + 6 + 8 + 3
    assert work_hours(found, kinds=PLAN).hours == 4 + 6 + 8 + 3
    assert work_hours(found, keys={5, 8}) == WorkHours(0, 3, 6)


def test_topmost_gathers_what_fails_for_one_reason():
    items = [
        work(1),
        work(2, parent=1),
        work(3, parent=1),
        work(4, parent=3),
        work(5, parent=3),
        work(6, links=(SOUND,)),
        work(7, parent=6),
    ]
    assert {row.key: row.topmost for row in unsupported(items, DAY).findings} == {2: 1, 4: 1, 5: 1}
    items[1] = replace(items[1], owner_answer="none")
    assert {row.key: row.topmost for row in unsupported(items, DAY).findings} == {2: 2, 4: 3, 5: 3}


def test_of_two_that_name_each_other_one_stays_the_original():
    assert [
        row.key
        for row in unsupported([work(1, links=(SOUND,), duplicate_of=2), work(2, links=(SOUND,), duplicate_of=1)], DAY).findings
    ] == [2]


@pytest.mark.parametrize(
    ("items", "item"),
    [
        ([work(1, parent=2), work(2, parent=1)], 1),
        ([work(3, parent=3)], 3),
        ([work(1, parent=9)], 1),
        ([work(1), work(1)], 1),
        ([work(1, hours=-1)], 1),
        ([work(1, hours=math.nan)], 1),
    ],
)
def test_broken_trees_and_hours_are_refused_by_name(items, item):
    with pytest.raises(EngineError) as caught:
        unsupported(items, DAY)
    assert caught.value.item == item


links_drawn = st.builds(
    Link, contribution=st.integers(0, 9), kpi=st.integers(0, 9), kpi_has_objective=st.booleans(),
    objective_state=st.sampled_from(["draft", "proposed", "approved", "achieved", "retired", "expired"]),
    through_cancelled=st.booleans(), service_retired=st.booleans(), expected_effect=st.sampled_from([None, 0.0, 1.0]),
    statement_complete=st.booleans(), grade=st.integers(0, 5), delivered_day=st.sampled_from([None, ago(10), ago(100)]),
    lag_days=st.sampled_from([0, 20, 80]), refuted=st.booleans(), asked=st.booleans(),
)  # fmt: skip


@st.composite
def forests(draw):
    size = draw(st.integers(0, 12))
    items = []
    for key in range(size):
        parent = draw(st.none() | st.integers(0, key - 1)) if key else None
        items.append(
            work(
                key, parent=parent, hours=draw(st.floats(0, 500)), links=tuple(draw(st.lists(links_drawn, max_size=2))),
                owner_answer=draw(st.sampled_from(["not_asked", "none", "dont_know", "linked"])),
                duty=draw(st.sampled_from([None, None, VALID, replace(VALID, has_proof=False)])),
                is_mandatory=draw(st.booleans()), service_state=draw(st.sampled_from([None, None, "offered", "retired"])),
                duplicate_of=draw(st.sampled_from([None, None, None, 0])) if key else None,
            )
        )  # fmt: skip
    return items


@given(forests(), st.randoms())
def test_totals_equal_the_rows_and_each_leaf_has_at_most_one_reason(items, source):
    found = unsupported(items, DAY)
    rows = found.findings
    parents = {each.parent for each in items}
    assert len({row.key for row in rows}) == len(rows)
    assert all(row.key not in parents for row in rows)
    hours = work_hours(found)
    assert hours.unsupported_hours == math.fsum(row.hours for row in rows)
    assert math.isclose(sum(found.hours_by_reason.values()), hours.unsupported_hours, abs_tol=1e-6)
    assert math.isclose(sum(found.hours_by_state.values()), hours.unsupported_hours, abs_tol=1e-6)
    assert found.alarm_hours == math.fsum(row.hours for row in rows if row.state != "not_asked")
    assert hours.unsupported_hours + hours.duty_hours <= hours.hours * (1 + 1e-12)
    shuffled = list(items)
    source.shuffle(shuffled)
    assert unsupported(shuffled, DAY).findings == rows


@given(forests())
def test_a_sound_link_or_a_duty_at_the_root_supports_all_below_it_but_repetitions_and_stopped_services(items):
    for gift in ({"links": (SOUND,)}, {"duty": VALID}):
        given_to_all = [replace(each, **gift) if each.parent is None else each for each in items]
        assert {row.reason for row in unsupported(given_to_all, DAY).findings} <= {"U3", "U7"}


@given(forests())
def test_renaming_every_key_changes_nothing_but_the_keys(items):
    def renamed(key):
        return None if key is None else f"k{key:04}"

    other = [
        replace(each, key=renamed(each.key), parent=renamed(each.parent), duplicate_of=renamed(each.duplicate_of))
        for each in items
    ]
    before = {
        renamed(row.key): (row.reason, row.state, row.hours, renamed(row.topmost)) for row in unsupported(items, DAY).findings
    }
    after = {row.key: (row.reason, row.state, row.hours, row.topmost) for row in unsupported(other, DAY).findings}
    assert before == after


def test_fifty_thousand_activities_are_judged_within_the_time_of_a_page_job():
    source = random.Random(5)
    items = [work(key, kind="project", links=source.choice([(), (SOUND,)])) for key in range(200)]
    items += [work(key, kind="activity", parent=source.randrange(max(200, key // 4)), hours=3) for key in range(200, 50_000)]
    start = time.process_time()
    found = unsupported(items, DAY)
    seconds = time.process_time() - start
    print(f"50,000 activities, {len(found.findings)} findings: {seconds:.2f} s")
    assert found.findings
    assert seconds < 5
