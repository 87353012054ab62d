"""What must hold for every thread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.thread_data import NAN, ONCE, PER_YEAR, ScheduleRuns, by_key
from tests.engine.oracle_forecast import organisation
from tests.engine.threads import chances, simulated, thread

PLAIN = {"runs": 200, "months": (), "path": "plain"}
EFFECTS = st.tuples(st.floats(0, 8), st.floats(0, 8), st.floats(0, 8)).map(lambda e: tuple(sorted(e)))
FINISHES = st.tuples(st.floats(1, 150), st.floats(0, 40), st.floats(0, 40)).map(lambda f: (f[0], f[0] + f[1], f[0] + f[1] + f[2]))
STEPS = st.fixed_dictionaries(
    {
        "effect": EFFECTS,
        "finish": FINISHES,
        "chance": st.floats(0, 1),
        "lag": st.floats(0, 30),
        "ramp": st.floats(0, 60),
        "factor_mean": st.sampled_from([1.0, 0.6]),
        "factor_sd": st.sampled_from([0.0, 0.3]),
    }
)
KPI = {"noise_per_root_day": 0.4, "drift_per_day": 0.01, "drift_error": 0.01}
WORTH = {"worth_per_unit": 100.0, "worth_kind": PER_YEAR, "held_until_day": 500.0}


def falling(step):
    return {**step, "effect": tuple(-e for e in step["effect"])}


@given(steps=st.lists(STEPS, max_size=4), extra=STEPS, down=st.booleans(), seed=st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_an_effect_towards_a_one_sided_target_never_lowers_its_chance(steps, extra, down, seed):
    target = {"value": 48.0 if down else 72.0, "worth_per_unit": 1.0, "worth_kind": ONCE}
    turn = falling if down else dict
    before, after = (
        forecast(thread([turn(s) for s in some], kpi=KPI, target=target), ForecastOptions(seed=seed, **PLAIN))
        for some in (steps, [*steps, extra])
    )
    assert after.targets.chance[0] >= before.targets.chance[0]
    assert after.targets.worth_mean[0] >= before.targets.worth_mean[0] - 1e-9
    assert np.all(after.contributions.chance >= 0)
    assert np.all(after.contributions.value_at_stake >= -1e-9)
    assert after.contributions.chance[-1] == pytest.approx(
        after.targets.chance[0] - before.targets.chance[0]
    )  # leave-one-out is what it says


@given(steps=st.lists(STEPS, min_size=1, max_size=4), seed=st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_delay_of_helpful_work_never_earns_and_equals_a_forecast_with_a_later_finish(steps, seed):
    options = ForecastOptions(seed=seed, **PLAIN)
    now = forecast(thread(steps, kpi=KPI, target=WORTH), options)
    assert np.all(now.subjects.cost_of_delay >= -1e-9)
    for i, step in enumerate(steps):
        later = [*steps[:i], {**step, "finish": tuple(day + 1 for day in step["finish"])}, *steps[i + 1 :]]
        worth = forecast(thread(later, kpi=KPI, target=WORTH), options).targets.worth_mean[0]
        assert now.subjects.cost_of_delay[i] == pytest.approx(now.targets.worth_mean[0] - worth, abs=1e-7)


@pytest.mark.parametrize("path", ["plain", "compiled"])
def test_a_day_later_in_every_run_of_its_schedule_costs_what_the_delay_of_a_drawn_subject_says(path):
    days = np.array([[12.0, 44.0, 71.0, 90.0], [30.0, 31.0, 80.0, 99.0]])
    steps = [{"effect": 9.0, "ramp": 20.0}, {"effect": 5.0, "chance": 0.6}]
    options = ForecastOptions(runs=300, months=(), path=path)
    now = forecast(simulated(thread(steps, kpi=KPI, target=WORTH), days), options)
    for i in range(2):
        later = days + (np.arange(2) == i)[:, None]
        worth = forecast(simulated(thread(steps, kpi=KPI, target=WORTH), later), options).targets.worth_mean[0]
        assert now.subjects.cost_of_delay[i] == pytest.approx(now.targets.worth_mean[0] - worth, abs=1e-7)
        assert now.subjects.cost_of_delay[i] > 0


@given(steps=st.lists(STEPS, min_size=1, max_size=3), share=st.floats(0, 1), seed=st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_a_better_chance_or_an_earlier_finish_never_hurts(steps, share, seed):
    data = thread(steps, kpi=KPI)
    surer = [{**step, "chance": step["chance"] + share * (1 - step["chance"])} for step in steps]
    sooner = [{**step, "finish": tuple(share * day for day in step["finish"])} for step in steps]
    for better in (surer, sooner):
        assert chances(thread(better, kpi=KPI), seed=seed, **PLAIN)[0] >= chances(data, seed=seed, **PLAIN)[0]


def shuffled(data, seed):
    """The same data with the rows of every table in another order."""
    r = np.random.default_rng(seed)
    tables = {
        name: getattr(data, name) for name in ("kpis", "objectives", "targets", "subjects", "contributions", "supervisions")
    }
    order = {name: r.permutation(len(table)) for name, table in tables.items()}
    place = {name: np.argsort(rows) for name, rows in order.items()}
    moved = {name: table.rows(order[name]) for name, table in tables.items()}
    links = {
        "targets": {"objective": "objectives", "kpi": "kpis"},
        "contributions": {"subject": "subjects", "kpi": "kpis"},
        "supervisions": {"subject": "subjects", "supervised": "subjects"},
    }
    for name, columns in links.items():
        moved[name] = moved[name].changed(**{column: place[to][getattr(moved[name], column)] for column, to in columns.items()})
    schedules, lines = [], moved["subjects"].line.copy()
    for number, of in enumerate(data.schedules):
        lay = r.permutation(of.days.shape[0])
        mine = moved["subjects"].schedule == number
        lines[mine] = np.argsort(lay)[lines[mine]]
        schedules.insert(0, ScheduleRuns(of.key, of.days[lay]))
    turned = np.where(moved["subjects"].schedule >= 0, len(schedules) - 1 - moved["subjects"].schedule, -1)
    moved["subjects"] = moved["subjects"].changed(schedule=turned, line=lines)
    return type(data)(**moved, schedules=tuple(schedules)), order


SMALL = {"kpis": 5, "objectives": 3, "targets": 9, "subjects": 14, "contributions": 25, "supervisions": 5}


@pytest.mark.parametrize("path", ["plain", "compiled"])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_bit(seed, path):
    data = organisation(seed, **SMALL)
    other, order = shuffled(data, seed)
    options = ForecastOptions(runs=300, path=path)
    a, b = forecast(data, options), forecast(other, options)
    assert a.digest == b.digest
    for table in ("targets", "objectives"):
        for name, values in vars(getattr(a, table)).items():
            np.testing.assert_array_equal(np.asarray(values)[order[table]], np.asarray(getattr(getattr(b, table), name)))
    np.testing.assert_array_equal(a.fan[order["kpis"]], b.fan)
    for table in ("contributions", "subjects", "supervisions"):
        x, y = getattr(a, table), getattr(b, table)
        for name in ("key", "value_at_stake", "cost_of_delay"):
            np.testing.assert_array_equal(getattr(x, name)[order[table]], getattr(y, name))

        def named(effects, forecasted):
            pairs = zip(effects.item, effects.target, effects.expected, effects.chance, strict=True)
            objectives = zip(effects.objective_item, effects.objective, effects.objective_chance, strict=True)
            return (
                {(effects.key[i], forecasted.targets.key[t]): (e, c) for i, t, e, c in pairs},
                {(effects.key[i], forecasted.objectives.key[o]): c for i, o, c in objectives},
            )

        assert named(x, a) == named(y, b)


def test_work_on_other_kpis_changes_nothing():
    """A subset has the same random numbers: figures of one KPI do not move when another KPI and its work are left out."""
    data = organisation(2, **SMALL)
    kept = np.flatnonzero(data.targets.kpi == 0)
    given = np.flatnonzero(data.contributions.kpi == 0)
    alone = type(data)(
        kpis=data.kpis.rows([0]),
        objectives=data.objectives,
        targets=data.targets.rows(kept),
        subjects=data.subjects,
        contributions=data.contributions.rows(given),
        supervisions=data.supervisions,
        schedules=data.schedules,
    )
    for path in ("plain", "compiled"):
        whole, part = (forecast(d, ForecastOptions(runs=500, path=path)) for d in (data, alone))
        np.testing.assert_array_equal(whole.targets.chance[kept], part.targets.chance)
        np.testing.assert_array_equal(whole.targets.worth_mean[kept], part.targets.worth_mean)
        np.testing.assert_array_equal(whole.contributions.value_at_stake[given], part.contributions.value_at_stake)
        np.testing.assert_array_equal(whole.fan[:1], part.fan)


def test_another_fan_day_moves_no_figure():
    data = organisation(2, **SMALL)
    for path in ("plain", "compiled"):
        few, many = (forecast(data, ForecastOptions(runs=500, path=path, months=m)) for m in ((30.0,), (10.0, 30.0, 999.0)))
        np.testing.assert_array_equal(few.fan[:, 0], many.fan[:, 1])
        np.testing.assert_array_equal(few.targets.chance, many.targets.chance)


@pytest.mark.parametrize(
    ("build", "item", "sentence"),
    [
        (lambda: thread(kpi={"key": 8, "value_now": NAN}), 8, "value_now must be a number"),
        (lambda: thread(kpi={"key": 8, "day_of_value": 1.0}), 8, "after the data date"),
        (lambda: thread(kpi={"key": 8, "floor": 2.0, "ceiling": 1.0}), 8, "floor"),
        (lambda: thread(target={"key": 4, "value": NAN}), 4, "a value or a band"),
        (lambda: thread(target={"key": 4, "value": 60.0}), 4, "more or less is better"),
        (lambda: thread(target={"key": 4, "kpi": 3}), 4, "names no row of Kpis"),
        (lambda: thread(target={"key": 4, "band_low": 3.0, "band_high": 2.0}), 4, "low end"),
        (
            lambda: thread(target={"key": 4, "worth_per_unit": 3.0, "worth_kind": PER_YEAR, "held_until_day": NAN}),
            4,
            "until which",
        ),
        (lambda: thread(target={"key": 4, "tolerance": -1.0}), 4, "tolerance"),
        (lambda: thread([{"key": 9, "effect": 1.0, "chance": 1.4}]), 9, "between 0 and 1"),
        (lambda: thread([{"key": 9, "effect": (1.0, 9.0, 3.0)}]), 9, "between low and high"),
        (lambda: thread([{"key": 9, "effect": 1.0, "finish": (3.0, 2.0, 9.0)}]), 9, "order low, likely, high"),
        (lambda: thread([{"key": 9, "effect": 1.0, "lag": -1.0}]), 9, "lag"),
        (lambda: thread([{"key": 9, "effect": float("inf")}]), 9, "must be a number"),
        (
            lambda: thread(
                [{"effect": 1.0}], watched=[{"key": 6, "subject": 0, "supervised": 0, "low": 0, "likely": 0, "high": 0}]
            ),
            6,
            "itself",
        ),
        (lambda: thread([{"effect": 1.0}, {"key": 1}]), 1, "twice"),
        (lambda: simulated(thread([{"key": 9, "effect": 1.0}]), [[1.0, 2.0]], high=1.5), 9, "beyond low and high"),
        (lambda: simulated(thread([{"key": 9, "effect": 1.0}]), [[1.0, 2.0]], line=[1]), 9, "names no run"),
        (lambda: simulated(thread([{"key": 9, "effect": 1.0}]), [[1.0, 2.0]], of=[1]), 9, "names no runs"),
        (lambda: ScheduleRuns(5, [[1.0, NAN]]), 5, "no table of days"),
    ],
)
def test_refusals_name_the_row_at_fault(build, item, sentence):
    with pytest.raises(EngineError, match=sentence) as refused:
        build()
    assert refused.value.item == item


def test_refusals_of_options_and_dates():
    data = thread([{"effect": 1.0}])
    for options in ({"runs": 0}, {"path": "quick"}, {"threads": 0}, {"cells": 0}):
        with pytest.raises(EngineError):
            forecast(data, ForecastOptions(**options))
    with pytest.raises(EngineError, match="300 years"):
        forecast(thread(target={"due_day": 2e5}), ForecastOptions(runs=10))
    with pytest.raises(EngineError, match="has 2 rows"):
        data.kpis.changed(floor=[1.0, 2.0])


def test_tables_cannot_be_changed_in_place_and_keys_come_back():
    data = thread([{"effect": 1.0, "key": -(2**62)}])
    with pytest.raises(ValueError, match="read-only"):
        data.kpis.value_now[0] = 3.0
    assert forecast(data, ForecastOptions(runs=10)).subjects.key.tolist() == [-(2**62)]
    ordered, order = by_key(organisation(1, **SMALL))
    assert np.all(np.diff(ordered.contributions.key) > 0)
    assert sorted(order["contributions"].tolist()) == list(range(25))
