"""When parts of a plan finish in simulated runs: against numpy alone, and where nothing is uncertain against the plan's dates."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import triang

from goldenthread.accounts.queries import public_holidays
from goldenthread.schedule import mapping
from goldenthread.schedule.models import Activity, Relationship
from goldenthread.schedule.queries import finish_runs
from tests.schedule.conftest import MONDAY

DAY = 480


def row(pk, days, effort=None, **more):
    low, likely, high = effort or (None, None, None)
    given = {"name": f"A{pk}", "duration": round(days * DAY), "effort_low": low, "effort_likely": likely, "effort_high": high}
    return Activity(pk=pk, **given | more)


def after(predecessor, successor, **more):
    return Relationship(predecessor_id=predecessor, successor_id=successor, relationship_kind="FS", lag=0, **more)


def drawn(organisation, rows, links, parts, seed=3):
    course = mapping.driving_chains(rows, links, organisation, MONDAY)
    return finish_runs.finishes_of_plan(course, {one.pk: one for one in rows}, parts, seed)


def working_days(organisation, minutes):
    """The day on which so many minutes of work from Monday on are done: eight hours a day, five days a week."""
    off = [one.on for year in (2027, 2028) for one in public_holidays(organisation.country, year)]
    whole = -(-minutes // DAY) - 1
    days = np.busday_offset(np.datetime64(MONDAY), whole.astype(int), roll="forward", holidays=off)
    return days.astype("datetime64[D]").astype(int) + np.datetime64("1970-01-01").astype("datetime64[D]").astype(int) + 719_163


def test_two_steps_after_one_finish_together_as_numpy_says(kept_cast):
    """10 days, then 5 with an effort of its own and 20 beside it: ranges, the factor they share, working days."""
    rows = [row(1, 10), row(2, 5, (300, 600, 1500)), row(3, 20)]
    made = drawn(kept_cast.organisation, rows, [after(1, 2), after(1, 3)], {"first": [1, 2], "second": [3]})
    count = 60_000
    r = np.random.default_rng(5)
    together = r.normal(size=count)

    def lasts(days, low, high):
        share = ndtr(np.sqrt(0.3) * together + np.sqrt(0.7) * r.normal(size=count))
        return np.rint(days * DAY * triang.ppf(share, (1 - low) / (high - low), low, high - low))

    one = lasts(10, 0.8, 1.5)
    wanted = {"first": one + lasts(5, 0.5, 2.5), "second": one + lasts(20, 0.8, 1.5)}
    wanted = {part: working_days(kept_cast.organisation, minutes) for part, minutes in wanted.items()}
    for part, days in wanted.items():
        runs = made[part]
        assert runs.size == finish_runs.MOST
        assert abs(runs.mean() - days.mean()) < 4.5 * days.std() / np.sqrt(runs.size)
        assert runs.std() == pytest.approx(days.std(), rel=0.07)
        assert np.abs(np.percentile(runs, [10, 50, 90]) - np.percentile(days, [10, 50, 90])).max() <= 1
    expected = np.corrcoef(wanted["first"], wanted["second"])[0, 1]
    assert expected > 0.5
    assert np.corrcoef(made["first"], made["second"])[0, 1] == pytest.approx(expected, abs=0.06)


def test_where_nothing_is_uncertain_every_run_ends_on_the_plans_own_day(kept_cast):
    sure = (100, 100, 100)
    rows = [
        row(1, 5, sure, actual_start=MONDAY, progress=50), row(2, 2.5, sure), row(3, 0, is_milestone=True), row(4, 4, sure),
        row(5, 3, sure, not_before=MONDAY.replace(day=27)), row(6, 1, actual_start=MONDAY, actual_finish=MONDAY),
    ]  # fmt: skip
    links = [after(1, 2), after(2, 3), after(3, 4), after(6, 5)]
    dates = {one.activity_id: one for one in mapping.computed_dates(rows, links, kept_cast.organisation, MONDAY)}
    made = drawn(kept_cast.organisation, rows, links, {pk: [pk] for pk in range(1, 6)} | {"whole": [1, 2, 3, 4, 5]})
    for pk in range(1, 6):
        assert set(made[pk].tolist()) == {dates[pk].early_finish.toordinal()}, pk
    assert dates[3].early_finish.weekday() == 0  # the milestone that waits for Friday evening stands on Monday morning
    assert set(made["whole"].tolist()) == {max(one.early_finish for one in dates.values()).toordinal()}


def test_a_run_is_the_same_however_many_are_worked_out_at_a_time_and_whatever_else_is_asked(kept_cast, monkeypatch):
    rows = [row(pk, 3 + pk) for pk in range(1, 6)]
    links = [after(1, 2), after(1, 3), after(3, 5)]
    whole = drawn(kept_cast.organisation, rows, links, {pk: [pk] for pk in range(1, 6)})
    monkeypatch.setattr(finish_runs, "HELD", 900)
    parts = drawn(kept_cast.organisation, rows, links, {5: [5, 2], 2: [2]})
    assert np.array_equal(parts[2], whole[2])
    assert np.array_equal(parts[5], np.maximum(whole[5], whole[2]))
    assert not np.array_equal(drawn(kept_cast.organisation, rows, links, {2: [2]}, seed=4)[2], whole[2])


def test_large_plans_have_fewer_runs_and_what_is_not_scheduled_has_none(kept_cast):
    assert [finish_runs.how_many_runs(size) for size in (0, 2_000, 4_000, 50_000)] == [2_000, 2_000, 1_000, 200]
    assert drawn(kept_cast.organisation, [], [], {1: [1]}) == {}
    assert drawn(kept_cast.organisation, [row(1, 2)], [], {1: [9]}) == {}


def test_a_draw_beyond_all_calendars_ends_on_their_last_day(kept_cast):
    rows = [row(pk, 15_000) for pk in (1, 2, 3)]  # sixty years each; half as much again would end in 2290
    made = drawn(kept_cast.organisation, rows, [after(1, 2), after(2, 3)], {1: [3]})[1]
    assert made.max() == np.datetime64("2199-12-31").astype(int) + 719_163
