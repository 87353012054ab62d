"""Objectives that pull apart: worked examples, and against a count by hand over random data."""

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.objective_conflicts import (
    CHECKS,
    Aim,
    ConflictData,
    ConflictOptions,
    Effect,
    FullWeek,
    Load,
    Support,
    conflicts,
)

INF = math.inf


def pairs(found, check):
    return {(f.objectives, f.subject) for f in found.findings if f.check == check}


class TestOneKpi:
    def test_a_seeded_conflict_is_found_and_an_independent_pair_is_not(self):
        aims = (Aim("t1", "fast", "days", -1, most=4), Aim("t2", "careful", "days", 1, least=6), Aim("t3", "cheap", "euros", -1))
        found = conflicts(ConflictData(("fast", "careful", "cheap"), aims))
        assert pairs(found, "OC01") == {(("fast", "careful"), "days")}
        assert found.of("careful", "fast")[0][0].between is None
        assert found.of("fast", "cheap") == ((), ()) == found.of("careful", "cheap")

    def test_two_bands_that_touch_can_both_be_kept_and_two_that_do_not_cannot(self):
        touching = (Aim("a", "x", "dose", 0, 0.3, 0.5), Aim("b", "y", "dose", 0, 0.5, 0.9))
        apart = (Aim("a", "x", "dose", 0, 0.3, 0.5), Aim("b", "y", "dose", 0, 0.51, 0.9))
        assert not conflicts(ConflictData(("x", "y"), touching)).findings
        assert pairs(conflicts(ConflictData(("x", "y"), apart)), "OC01") == {(("x", "y"), "dose")}

    def test_opposite_ways_that_can_meet_say_where(self):
        aims = (Aim("a", "x", "stock", 1, least=3), Aim("b", "y", "stock", -1, most=4))
        (found,) = conflicts(ConflictData(("x", "y"), aims)).findings
        assert (found.between, set(found.rows)) == ((3, 4), {"a", "b"})

    def test_two_targets_of_one_objective_are_its_own_matter(self):
        assert not conflicts(ConflictData(("x",), (Aim("a", "x", "k", 1, 5), Aim("b", "x", "k", -1, most=4)))).findings

    def test_the_same_way_is_a_support(self):
        aims = (Aim("a", "x", "k", 1, least=3), Aim("b", "y", "k", 1, least=5))
        found = conflicts(ConflictData(("x", "y"), aims))
        assert not found.findings
        assert found.supports == (Support(("x", "y"), "kpi", "k"),)


class TestOneWork:
    AIMS = (Aim("a", "quick", "days", -1), Aim("b", "sound", "errors", -1))

    def test_work_that_helps_one_and_harms_the_other_is_found(self):
        effects = (Effect("fewer checks", "days", -2.0), Effect("fewer checks", "errors", 3.0))
        found = conflicts(ConflictData(("quick", "sound"), self.AIMS, effects))
        assert pairs(found, "OC02") == {(("quick", "sound"), "fewer checks")}

    def test_two_pieces_of_work_are_no_conflict_of_one(self):
        effects = (Effect("fewer checks", "days", -2.0), Effect("new tool", "errors", 3.0))
        assert not conflicts(ConflictData(("quick", "sound"), self.AIMS, effects)).findings

    def test_work_that_helps_both_is_a_support(self):
        effects = (Effect("rewrite", "days", -2.0), Effect("rewrite", "errors", -3.0))
        found = conflicts(ConflictData(("quick", "sound"), self.AIMS, effects))
        assert not found.findings
        assert found.supports == (Support(("quick", "sound"), "work", "rewrite"),)

    def test_what_opposes_on_one_kpi_is_said_once_of_the_kpi_and_not_of_each_work(self):
        aims = (Aim("a", "x", "k", 1, 5), Aim("b", "y", "k", -1, most=4))
        found = conflicts(ConflictData(("x", "y"), aims, (Effect("w", "k", 1.0),)))
        assert [f.check for f in found.findings] == ["OC01"]


def load(hours, *serves, person="Ada", week=1, work="w"):
    return Load(person, week, work, hours, frozenset(serves))


class TestOnePerson:
    def run(self, *loads, capacity=40.0):
        return conflicts(ConflictData(("x", "y", "z"), loads=loads, capacity={("Ada", 1): capacity, ("Ada", 2): capacity}))

    def test_a_week_with_more_than_the_hours_there_are_is_found(self):
        found = self.run(load(25, "x"), load(20, "y"), load(30, "x", week=2))
        assert pairs(found, "OC03") == {(("x", "y"), "Ada")}
        assert found.findings[0].weeks == (FullWeek(1, 25, 20, 0, 40.0),)

    def test_exactly_the_hours_there_are_fit(self):
        assert not self.run(load(20, "x"), load(20, "y")).findings

    def test_work_for_both_alone_pulls_nobody_apart(self):
        assert not self.run(load(60, "x", "y")).findings

    def test_work_for_both_counts_where_each_has_its_own_too(self):
        found = self.run(load(15, "x"), load(15, "y"), load(15, "x", "y"))
        assert found.findings[0].weeks == (FullWeek(1, 15, 15, 15, 40.0),)

    def test_different_weeks_or_people_are_no_conflict(self):
        assert not self.run(load(30, "x"), load(30, "y", week=2), load(30, "z", person="Ben")).findings

    def test_somebody_without_known_hours_is_said_to_be_unknown_and_not_free(self):
        found = self.run(load(80, "x", person="Ben"), load(80, "y", person="Ben"), load(80, "x", person="Cy"))
        assert (found.findings, found.unknown) == ((), ("Ben",))


class TestLimits:
    def test_five_objectives_are_few_enough_and_six_are_not(self):
        assert not conflicts(ConflictData(tuple("abcde"))).findings
        (found,) = conflicts(ConflictData(tuple("abcdef"))).findings
        assert (found.check, found.count) == ("OC04", 6)

    def test_six_targets_are_too_many_for_one(self):
        aims = tuple(Aim(n, "x", f"k{n}", 1) for n in range(6))
        (found,) = conflicts(ConflictData(("x",), aims)).findings
        assert (found.check, found.objectives, found.count) == ("OC05", ("x",), 6)

    def test_the_limits_are_options(self):
        assert not conflicts(ConflictData(tuple("abcdef")), ConflictOptions(most_objectives=6)).findings


def test_every_check_says_what_to_do():
    assert [each.id for each in CHECKS.values()] == ["OC01", "OC02", "OC03", "OC04", "OC05"]
    assert all(each.title and each.advice.endswith(".") for each in CHECKS.values())


@pytest.mark.parametrize(
    "data",
    [
        ConflictData(("x",), (Aim("a", "x", "k", 1, math.nan),)),
        ConflictData((), (Aim("a", "x", "k", 1),)),
        ConflictData(("x",), effects=(Effect("w", "k", INF),)),
        ConflictData(("x",), loads=(load(-1, "x"),)),
        ConflictData((), loads=(load(1, "x"),)),
    ],
)
def test_what_is_not_a_number_or_hangs_in_the_air_is_refused(data):
    with pytest.raises(EngineError):
        conflicts(data)


OBJECTIVES, KPIS = "abcd", "klm"
objective, kpi, week = st.sampled_from(OBJECTIVES), st.sampled_from(KPIS), st.integers(1, 2)
aim_rows = st.lists(st.tuples(objective, kpi, st.sampled_from([-1, 0, 1]), st.integers(0, 3), st.integers(0, 3)), max_size=8)
effect_rows = st.lists(st.tuples(st.sampled_from("uv"), kpi, st.sampled_from([-1.0, 0.0, 2.0])), max_size=5)
serves = st.frozensets(objective, max_size=3)
load_rows = st.lists(st.tuples(st.sampled_from("PQ"), week, st.integers(0, 30), serves), max_size=6)


def world(aims, effects, loads):
    made = tuple(Aim(n, o, k, pull, low, low + width) for n, (o, k, pull, low, width) in enumerate(aims))
    worked = tuple(Load(p, week, n, float(hours), serves) for n, (p, week, hours, serves) in enumerate(loads))
    return ConflictData(tuple(OBJECTIVES), made, tuple(Effect(*row) for row in effects), worked, {("P", 1): 40.0, ("P", 2): 20.0})


def by_hand(data):
    """The same pairs by looking at every two rows."""
    found = set()
    for a, b in permutations(data.aims, 2):
        if a.objective < b.objective and a.kpi == b.kpi and (a.pull * b.pull == -1 or a.least > b.most or b.least > a.most):
            found.add(("OC01", a.objective, b.objective, a.kpi))
    for e, f in permutations(data.effects, 2):
        for a, b in permutations(data.aims, 2):
            one = e.work == f.work and (a.kpi, b.kpi) == (e.kpi, f.kpi)
            if one and a.kpi != b.kpi and a.objective != b.objective and e.likely * a.pull > 0 > f.likely * b.pull:
                found.add(("OC02", *sorted((a.objective, b.objective)), e.work))
    for a, b in permutations(OBJECTIVES, 2):
        for person, week in data.capacity:
            here = [row for row in data.loads if (row.person, row.week) == (person, week) and row.hours]
            alone = [any(x in row.objectives and y not in row.objectives for row in here) for x, y in ((a, b), (b, a))]
            if a < b and all(alone) and sum(r.hours for r in here if {a, b} & r.objectives) > data.capacity[person, week]:
                found.add(("OC03", a, b, person))
    return found


@given(aim_rows, effect_rows, load_rows)
@settings(max_examples=150, deadline=None)
def test_it_finds_what_a_count_by_hand_finds_and_nothing_else(aims, effects, loads):
    data = world(aims, effects, loads)
    found = conflicts(data, ConflictOptions(99, 99))
    assert {(f.check, *f.objectives, f.subject) for f in found.findings} == by_hand(data)


@given(aim_rows, effect_rows, load_rows, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_changes_nothing(aims, effects, loads, rng):
    data = world(aims, effects, loads)
    mixed = [list(rows) for rows in (data.aims, data.effects, data.loads)]
    for rows in mixed:
        rng.shuffle(rows)
    again = ConflictData(data.objectives, *(tuple(rows) for rows in mixed), data.capacity)
    first, second = conflicts(data), conflicts(again)
    assert [(f.check, f.objectives, f.subject, set(f.rows), f.weeks, f.between) for f in first.findings] == [
        (f.check, f.objectives, f.subject, set(f.rows), f.weeks, f.between) for f in second.findings
    ]
    assert (first.supports, first.unknown) == (second.supports, second.unknown)


@given(aim_rows, effect_rows, load_rows)
@settings(max_examples=60, deadline=None)
def test_objectives_that_share_nothing_are_never_found(aims, effects, loads):
    data = world(aims, effects, loads)
    moved = tuple(Aim(("far", a.key), "far", ("far", a.kpi), a.pull, a.least, a.most) for a in data.aims if a.objective == "a")
    own = tuple(Effect(("far", e.work), ("far", e.kpi), e.likely) for e in data.effects)
    found = conflicts(ConflictData((*data.objectives, "far"), data.aims + moved, data.effects + own, data.loads, data.capacity))
    assert not [f for f in found.findings if "far" in f.objectives and len(f.objectives) == 2]
    assert not [s for s in found.supports if "far" in s.objectives]
