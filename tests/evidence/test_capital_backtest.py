"""The back-test of capital projects: that it knows nothing of later reports, its figures again, and the gate for its quality."""

import datetime as dt

import numpy as np
import pytest

from goldenthread.engine.usual_change import UsualChangeOptions
from goldenthread.evidence.mapping.capital import DAYS, SHARE, story
from goldenthread.evidence.queries import capital_backtest
from goldenthread.evidence.queries.capital import usual_slip
from goldenthread.formats.capital_reports import read_capital
from tests.evidence.published import capital, reports
from tests.formats.material import real_file

DAY = dt.date(2015, 9, 1)  # the day of the seventh report, 24 months after the first


def date_of(month):
    return dt.date(2013, 9, 1) + dt.timedelta(days=int(month * 30.4))


def read(rows, **options):
    return read_capital(capital(rows, **options))


def test_an_outcome_is_the_third_next_report_of_the_same_project():
    rows = [(1, m * 30.4, "Design", 900 + m, 100.0 + m) for m in (0, 4, 8, 12, 20)]
    slip, growth = (story(read(rows), steps=3, what=what) for what in (DAYS, SHARE))
    assert slip.outcome[:2].tolist() == [12, 16]
    assert np.isnan(slip.outcome[2:]).all()
    assert growth.outcome[:2] == pytest.approx([112 / 100 - 1, 120 / 104 - 1])
    assert slip.known_on[:2].tolist() == [date_of(12).toordinal(), date_of(20).toordinal()]
    assert slip.remaining[0] == 900


def test_a_forecast_of_a_day_knows_nothing_of_later_reports():
    rows = reports()
    day = date_of(24)
    early = [row for row in rows if row[1] <= 24 * 30.4]
    changed = [row if row[1] <= 24 * 30.4 else (row[0], row[1], "Design", row[3] + 5_000, 1.0) for row in rows]
    told = [usual_slip(read(some), day=day) for some in (rows, early, changed)]
    assert told[0].known.all()
    for other in told[1:]:
        assert other.quantiles([0.1, 0.5, 0.9]).tolist() == told[0].quantiles([0.1, 0.5, 0.9]).tolist()


def test_the_columns_of_totals_are_not_read():
    rows = reports()
    assert capital_backtest(read(rows)) == capital_backtest(read(rows, totals="9999"))


def test_nobody_is_foretold_from_its_own_project():
    day = date_of(24)
    rows = reports()
    own = [
        row if row[0] != 40 or row[1] > 24 * 30.4 else (*row[:3], row[3] + (row[1] < 20 * 30.4) * -300, row[4]) for row in rows
    ]
    a, b = usual_slip(read(rows), day=day), usual_slip(read(own), day=day)
    asked = sorted({str(row[0]) for row in rows if abs(row[1] - 24 * 30.4) < 1})
    at = asked.index("40")
    assert a.quantiles([0.1, 0.5, 0.9])[at].tolist() == b.quantiles([0.1, 0.5, 0.9])[at].tolist()
    assert a.quantiles([0.1, 0.5, 0.9]).tolist() != b.quantiles([0.1, 0.5, 0.9]).tolist(), "the others learn from it"


def test_what_is_open_in_a_year_is_not_finished_before():
    told = usual_slip(read(reports()), day=date_of(24))
    assert np.all(told.values >= told.least[:, None])
    assert told.least.max() > 0


def test_the_figures_again_in_plain_loops():
    """The official forecast alone, the share inside, and ours by the double sum of its definition."""
    file = read(reports(seed=2))
    found, told = capital_backtest(file).horizons["slip_1y"], story(file, steps=3, what=DAYS)
    official, ours, inside, below = [], [], [], []
    for day in sorted(set(told.asked_on.tolist())):
        seen = usual_slip(file, day=dt.date.fromordinal(day))
        for i, row in enumerate(np.flatnonzero(told.asked_on == day)):
            y = told.outcome[row]
            if seen is None or not np.isfinite(y) or not seen.known[i]:
                continue
            x, w = seen.values[i], seen.weights[i]
            official.append(abs(y))
            ours.append(w @ np.abs(x - y) - (np.abs(x[:, None] - x[None, :]) * w[:, None] * w[None, :]).sum() / 2)
            low, high = seen.quantiles([0.1, 0.9])[i]
            inside.append(low <= y <= high)
            seventh = seen.quantiles([0.7])[i, 0]
            below.append(0.5 if y == seventh else float(y < seventh))
    assert found.n == len(ours) > 100
    assert found.official == pytest.approx(np.mean(official))
    assert found.crps == pytest.approx(np.mean(ours))
    assert found.cover80 == pytest.approx(np.mean(inside))
    assert (found.below[6].level, found.below[6].share) == (0.7, pytest.approx(np.mean(below)))
    assert found.skill == pytest.approx(1 - np.mean(ours) / np.mean(official))


def test_on_planted_projects_the_usual_beats_the_official_date():
    """The gate that always runs."""
    found = capital_backtest(read(reports(seed=3, projects=140))).horizons["slip_1y"]
    print(found)
    assert found.skill > 0.45
    assert found.interval[0] > 0.35
    assert found.spread_skill > 0.1
    assert 0.72 <= found.cover80 <= 0.88
    assert found.n + found.too_early > found.n > 200


def test_on_the_real_projects_the_published_table_holds():
    """The gate on others' data: the figures of the guide, with a little room."""
    found = capital_backtest(read_capital(real_file("nyc-capital/capital_projects.csv")))
    year, later, two = found.horizons["slip_1y"], found.horizons["slip_1y"].later, found.horizons["slip_2y"]
    assert (found.reports, found.projects, year.n, year.projects, two.n) == (1_032, 182, 435, 111, 173)
    assert year.skill >= 0.34
    assert year.spread_skill >= 0.19
    assert year.interval[0] > 0.2
    assert year.spread_interval[0] > 0.1
    assert 0.75 <= year.cover80 <= 0.82
    assert [b.share for b in year.below] == pytest.approx([b.level for b in year.below], abs=0.06)
    assert (later.skill >= 0.33, later.spread_skill >= 0.17, 0.74 <= later.cover80 <= 0.82) == (True, True, True)
    assert two.skill >= 0.54
    assert abs(found.horizons["budget_1y"].spread_skill) < 0.02, "budgets are not foretold better than by their class's spread"


@pytest.mark.parametrize("bandwidth", [0.2, 0.4, 0.8])
@pytest.mark.parametrize("other_group", [0.1, 0.3, 1.0])
def test_the_real_table_does_not_hang_on_the_numbers_chosen(bandwidth, other_group):
    file = read_capital(real_file("nyc-capital/capital_projects.csv"))
    found = capital_backtest(file, UsualChangeOptions(bandwidth, other_group)).horizons["slip_1y"]
    print(bandwidth, other_group, round(found.skill, 3), round(found.spread_skill, 3), round(found.cover80, 3))
    assert found.skill >= 0.30
    assert found.spread_skill >= 0.14
    assert 0.74 <= found.cover80 <= 0.82


def test_too_few_reports_score_nothing():
    found = capital_backtest(read(reports(projects=3)))
    assert found.horizons == {"slip_1y": None, "slip_2y": None, "budget_1y": None}
