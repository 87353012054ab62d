from dataclasses import replace

import numpy as np
import pytest

from goldenthread.engine.errors import EngineError
from goldenthread.engine.forecast import ForecastOptions, forecast
from goldenthread.engine.levers import LARGER, LIKELIER, SOONER, Candidates, levers
from goldenthread.engine.thread_data import PER_YEAR, ScheduleRuns
from tests.engine.oracle_forecast import organisation
from tests.engine.threads import thread

SMALL = {"kpis": 5, "objectives": 5, "targets": 9, "subjects": 14, "contributions": 25, "supervisions": 5}


def changed(data, subject, kind, amount):
    """The data with the change made by hand."""
    subjects, given = data.subjects, data.contributions
    mine = given.subject == subject
    if kind == SOONER:
        if subjects.finish_high[subject] <= 0:
            return data
        one = np.arange(len(subjects)) == subject
        sooner = lambda days: np.where(days > 0, np.maximum(days - amount, 1e-6), days)
        move = lambda days: np.where(one, sooner(days), days)
        moved = subjects.changed(
            finish_low=move(subjects.finish_low),
            finish_likely=move(subjects.finish_likely),
            finish_high=move(subjects.finish_high),
        )
        of, line = int(subjects.schedule[subject]), int(subjects.line[subject])
        schedules = list(data.schedules)
        if of >= 0:
            mine = (np.arange(schedules[of].days.shape[0]) == line)[:, None]
            schedules[of] = ScheduleRuns(schedules[of].key, np.where(mine, sooner(schedules[of].days), schedules[of].days))
        return replace(data, subjects=moved, schedules=tuple(schedules))
    if kind == LIKELIER:
        other = given.changed(chance=np.where(mine, np.minimum(1, given.chance + amount), given.chance))
    else:
        factor = np.where(mine, 1 + amount, 1.0)
        other = given.changed(low=given.low * factor, likely=given.likely * factor, high=given.high * factor)
    return replace(data, contributions=other)


@pytest.mark.parametrize("path", ["plain", "compiled"])
def test_a_gain_is_the_forecast_of_the_changed_data_less_the_forecast_of_the_data(path):
    data = organisation(6, **SMALL)
    rows = [(s, kind, amount) for s in range(0, 14, 2) for kind, amount in ((SOONER, 40.0), (LIKELIER, 0.3), (LARGER, 0.5))]
    subject, kind, amount = (list(column) for column in zip(*rows, strict=True))
    options = ForecastOptions(runs=200, path=path, cells=4, months=())
    got = levers(data, options, Candidates(key=range(len(rows)), subject=subject, kind=kind, amount=amount))
    base = forecast(data, options)
    assert np.count_nonzero(got.chance) > 5
    for i, row in enumerate(rows):
        after = forecast(changed(data, *row), options)
        expected = np.nan_to_num(after.objectives.chance) - np.nan_to_num(base.objectives.chance)
        assert got.objective_chance[i] == pytest.approx(expected, abs=1e-12)
        worth = np.nansum(after.targets.worth_mean) - np.nansum(base.targets.worth_mean)
        assert got.worth[i] == pytest.approx(worth, rel=1e-9, abs=1e-4)
    assert np.array_equal(got.chance, got.objective_chance.sum(axis=1))


def test_ranking_is_by_gain_per_hour():
    worth = {"worth_per_unit": 10.0, "worth_kind": PER_YEAR, "held_until_day": 400.0}
    steps = [{"effect": 12.0, "chance": 0.5}, {"effect": 3.0, "chance": 0.5, "kpi": 1}]
    data = thread(steps, kpis=[{}, {}], targets=[worth, {"kpi": 1, "required": 0, **worth}])
    candidates = Candidates(
        key=[1, 2, 3, 4, 5],
        subject=[0, 0, 1, 1, 0],
        kind=[LIKELIER, LIKELIER, LIKELIER, LIKELIER, SOONER],
        amount=[0.4, 0.2, 0.4, 0.2, 0.0],
        hours=[8.0, 1.0, 1.0, 8.0, 0.0],
    )
    got = levers(data, ForecastOptions(runs=4_000), candidates)
    assert got.chance[:2].tolist() == pytest.approx([0.4, 0.2], abs=0.03)
    assert got.key[got.ranking].tolist() == [2, 1, 3, 4, 5]  # chance per hour first, then worth per hour, then nothing


def test_refusals():
    data = thread([{"effect": 1.0}])
    for columns in ({"subject": [3], "kind": [0], "amount": [1.0]}, {"subject": [0], "kind": [7], "amount": [1.0]}):
        with pytest.raises(EngineError) as refused:
            levers(data, ForecastOptions(runs=10), Candidates(key=[5], **columns))
        assert refused.value.item == 5
