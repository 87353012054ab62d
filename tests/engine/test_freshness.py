from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.freshness import PlanFacts, Touch, freshness

DAY = date(2027, 6, 30)


def ago(days):
    return DAY - timedelta(days=days)


def plan(**fields):
    whole = {
        "steps": [Touch(1, ago(3), 14), Touch(2, ago(14), 14), Touch(3, ago(15), 14), Touch(4, None, 14)],
        "planned_hours": {"a": 60, "b": 40},
        "actual_hours": {"a": 30, "b": 50, "c": 20},
        "approved_on": ago(45),
        "review_days": 90,
        "assumptions": [Touch("x", ago(10), 30), Touch("y", ago(40), 30), Touch("z", ago(5), 30), Touch("w", ago(1), 30)],
    }
    return PlanFacts(**{**whole, **fields})


def test_the_formula_by_hand():
    # steps 2 of 4; shares 0.6 0.4 0 against 0.3 0.5 0.2: drift 0.3; age 1 - 45/180; assumptions 3 of 4
    found = freshness(plan(), DAY)
    assert found.parts == pytest.approx({"steps": 0.5, "hours": 0.7, "age": 0.75, "assumptions": 0.75})
    assert found.score == pytest.approx(100 * (0.35 * 0.5 + 0.25 * 0.7 + 0.2 * 0.75 + 0.2 * 0.75))
    assert (found.stale_steps, found.stale_assumptions, found.verdict) == ((3, 4), ("y",), "fresh")


def test_touching_one_step_changes_its_part_only():
    steps = [*plan().steps[:3], Touch(4, DAY, 14)]
    before, after = freshness(plan(), DAY), freshness(plan(steps=steps), DAY)
    assert {name for name in before.parts if before.parts[name] != after.parts[name]} == {"steps"}
    assert after.score - before.score == pytest.approx(100 * 0.35 / 4)


def perfect(**fields):
    hours = {"a": 60, "b": 40}
    whole = {"steps": [Touch(1, DAY, 1)], "actual_hours": hours, "approved_on": ago(1), "assumptions": []}
    return plan(**{**whole, **fields})


def test_an_objective_changed_since_the_version_makes_any_plan_stale_at_once():
    found = freshness(perfect(changed_objectives=("o1", "o2")), DAY)
    assert found.score > 95
    assert (found.verdict, found.changed_objectives) == ("stale", ("o1", "o2"))
    assert freshness(perfect(), DAY).verdict == "fresh"


def test_a_plan_that_was_never_approved_is_stale_however_well_it_is_kept():
    found = freshness(perfect(approved_on=None), DAY)
    assert found.score == pytest.approx(100 * (0.35 + 0.25) / 0.8)
    assert found.verdict == "stale"


@pytest.mark.parametrize(("touched", "verdict"), [(10, "fresh"), (6, "stale"), (0, "not_usable")])
def test_verdict_below_60_and_40(touched, verdict):
    steps = [Touch(n, DAY if n < touched else None, 7) for n in range(10)]
    found = freshness(
        plan(steps=steps, actual_hours={}, approved_on=ago(120), assumptions=[Touch(1, None, 5), Touch(2, DAY, 5)]), DAY
    )
    assert found.verdict == verdict


def test_unknown_parts_share_their_weight_and_a_plan_never_approved_has_no_age():
    found = freshness(plan(steps=[], planned_hours={}, assumptions=[], approved_on=None), DAY)
    assert found.parts == {"steps": None, "hours": None, "age": 0.0, "assumptions": None}
    assert (found.score, found.verdict) == (0, "not_usable")


@given(
    st.lists(st.tuples(st.none() | st.integers(0, 400), st.integers(1, 90)), max_size=8),
    st.dictionaries(st.integers(0, 5), st.floats(0, 1e4), max_size=5),
    st.dictionaries(st.integers(0, 5), st.floats(0, 1e4), max_size=5),
    st.integers(0, 2000),
    st.integers(1, 400),
    st.integers(0, 400),
)
def test_score_stays_in_0_to_100_and_falls_with_the_clock(touches, planned, actual, age, review_days, later):
    steps = [Touch(n, None if days is None else ago(days), cadence) for n, (days, cadence) in enumerate(touches)]
    facts = PlanFacts(steps, planned, actual, ago(age), review_days, steps)
    now, then = freshness(facts, DAY), freshness(facts, DAY + timedelta(days=later))
    assert 0 <= then.score <= now.score + 1e-9 <= 100 + 1e-6


def test_bad_figures_are_refused():
    with pytest.raises(EngineError, match="zero or more") as caught:
        freshness(plan(actual_hours={"a": -1}), DAY)
    assert caught.value.item == "a"
    with pytest.raises(EngineError, match="review period"):
        freshness(plan(review_days=0), DAY)
