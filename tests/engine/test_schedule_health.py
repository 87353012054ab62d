"""Worked examples of every schedule check: met, not met, does not apply. Limits are those published for the 14 points."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.critical_path import ScheduleOptions
from goldenthread.engine.health.review import CHECKS, PRACTICES, review
from goldenthread.engine.network import FINISH_NO_LATER, MANDATORY_START, moment_of
from tests.engine.health_plans import chain, day, done, of, plan_of, rows_of, task, told


def changed(rows, **by_id):
    """The rows with fields of some exchanged."""
    return [replace(row, **by_id.get(row.id, {})) for row in rows]


def some(rows, count, **fields):
    """The rows with fields of the first tasks exchanged."""
    return changed(rows, **{f"T{place + 1}": fields for place in range(count)})


def test_a_task_in_twenty_may_stand_open_and_two_may_not():
    rows, links = chain(20, drop=("T20>end",))
    at_limit = told("DCMA-01", *rows, links=links)
    assert (at_limit.passed, at_limit.measured, rows_of(at_limit)) == (True, 0.05, ["T20"])
    rows, links = chain(20, drop=("begin>T1", "T20>end"))
    over = told("DCMA-01", *rows, links=links)
    assert (over.passed, over.measured) == (False, 0.10)
    assert [(one.row, one.detail) for one in over.findings] == [("T1", "no predecessor"), ("T20", "no successor")]


def test_finished_work_milestones_and_level_of_effort_are_no_tasks_to_count():
    rows = [done("A", 0, 1), task("M", 0), task("L", is_effort=True), task("S", is_summary=True), task("X", is_active=False)]
    assert told("DCMA-01", *rows).passed is None
    loose = told("DCMA-01", *rows, task("B"), links=["L>B", "B>X"])
    assert [one.detail for one in loose.findings] == ["no predecessor and no successor"]


def test_one_lead_is_too_many_and_one_lag_in_twenty_is_not():
    rows, links = chain(19)
    assert told("DCMA-02", *rows, links=links).passed is True
    lead = told("DCMA-02", *rows, links=[*links[:-1], "T19>end FS-1"])
    assert (lead.passed, lead.measured, lead.findings[0].detail) == (False, 1, "after “T19” FS -1 days")
    assert told("DCMA-03", *rows, links=[*links[:-1], "T19>end FS+1"]).passed is True
    lags = told("DCMA-03", *rows, links=[*links[:-2], "T18>T19 FS+2", "T19>end FS+1"])
    assert (lags.passed, lags.measured, rows_of(lags)) == (False, 0.10, ["T19", "end"])


def test_nine_relationships_in_ten_are_finish_to_start_and_the_worst_others_come_first():
    rows, links = chain(9)
    assert told("DCMA-04", *rows, links=[*links[:-1], "T9>end SS"]).passed is True
    other = told("DCMA-04", *rows, links=[*links[:-2], "T8>T9 SS", "T9>end SF"])
    assert (other.passed, other.measured, rows_of(other)) == (False, 0.80, ["end", "T9"])


@pytest.mark.parametrize("check", ["DCMA-02", "DCMA-03", "DCMA-04", "GT-02"])
def test_without_relationships_nothing_is_said_of_them(check):
    assert told(check, task("A"), task("B")).passed is None
    assert told(check, done("A", 0, 1), done("B", 2, 3), links=["A>B SS-1"]).passed is None


@pytest.mark.parametrize("words", ["must start on", "must finish on", "start no later than", "finish no later than"])
def test_hard_constraints_count_and_soft_ones_do_not(words):
    rows, links = chain(20)
    assert told("DCMA-05", *some(rows, 1, constraints=(words,)), links=links).passed is True
    hard = told("DCMA-05", *some(rows, 2, constraints=("start no earlier than", words)), links=links)
    assert (hard.passed, hard.measured, hard.findings[0].detail) == (False, 0.10, words)
    assert told("DCMA-05", *some(rows, 20, constraints=("finish no earlier than",)), links=links).measured == 0
    assert told("DCMA-05", done("A", 0, 1)).passed is None


def test_float_of_44_days_is_not_high_and_one_of_45_is():
    rows = [task("begin", 0), task("long", 60), task("end", 0)]
    links = ["begin>long", "long>end", "begin>short", "short>end"]
    assert told("DCMA-06", *rows, task("short", 16), links=links).measured == 0
    high = told("DCMA-06", *rows, task("short", 15), links=links)
    assert (high.passed, high.measured, high.findings[0].detail) == (False, 0.50, "45.0 days of float")
    assert told("DCMA-06", task("M", 0)).passed is None


def test_any_float_below_zero_is_named_with_its_days_worst_first():
    rows, links = chain(3)
    bound = {"T3": (FINISH_NO_LATER, day(4, 18))}  # Friday; the three tasks need until Monday evening
    negative = told("DCMA-07", *rows, links=links, bounds=bound)
    assert (negative.passed, negative.measured, negative.findings[0].detail) == (False, 3, "1.0 days too late")
    assert told("DCMA-07", *rows, links=links).passed is True
    assert told("DCMA-07", task("M", 0)).passed is None


def test_a_duration_is_that_of_the_baseline_where_there_is_one():
    rows, links = chain(10, days=50)
    assert told("DCMA-08", *rows, links=links).measured == 1
    short = [replace(row, baseline_days=44.0) for row in rows]
    assert told("DCMA-08", *short, links=links).measured == 0
    assert told("DCMA-08", *changed(short, T4={"baseline_days": 45.0}), links=links).passed is False
    assert told("DCMA-08", task("M", 0)).passed is None


def test_dates_on_the_wrong_side_of_the_status_date():
    status = day(4, 18)
    good = [done("A", 0, 1), task("B", start=day(7), finish=day(8, 18)), task("C", actual_start=day(3), finish=day(9, 18))]
    assert told("DCMA-09", *good, data_date=status).passed is True
    bad = [
        task("late", start=day(2), finish=day(8, 18)),
        task("open", actual_start=day(1), start=day(1), finish=day(2, 18)),
        done("ahead", 7, 8),
    ]
    found = told("DCMA-09", *good, *bad, data_date=status)
    assert (found.passed, found.measured, rows_of(found)) == (False, 3, ["late", "open", "ahead"])
    assert "actual finish 2027-03-09 lies after the status date" in found.findings[2].detail
    assert told("DCMA-09", *good).note == "the schedule states no status date"


def test_tasks_of_a_day_or_more_need_hours_or_cost():
    rows = [task("A", hours=16.0), task("B", cost=900.0), task("short", 0.5)]
    assert told("DCMA-10", *rows).passed is True
    assert rows_of(told("DCMA-10", *rows, task("C"))) == ["C"]
    assert told("DCMA-10", task("C")).passed is None


def baselined(finished, late=0, waiting=0, added_done=0, added_open=0):
    """Tasks due by the status date: finished in time, finished late, unfinished; and tasks without a baseline."""
    due = {"baseline_finish": day(1, 18), "has_baseline": True}
    rows = [done(f"F{place}", 0, 1, **due) for place in range(finished)]
    rows += [done(f"L{place}", 0, 3, **due) for place in range(late)]
    rows += [task(f"W{place}", **due) for place in range(waiting)]
    rows += [done(f"D{place}", 0, 1) for place in range(added_done)]
    return [*rows, *(task(f"O{place}") for place in range(added_open))]


def test_missed_tasks_finished_late_or_not_at_all():
    assert told("DCMA-11", *baselined(19, late=1), data_date=day(7)).passed is True
    missed = told("DCMA-11", *baselined(18, late=1, waiting=1), data_date=day(7))
    assert (missed.passed, missed.measured) == (False, 0.10)
    assert [one.detail for one in missed.findings] == [
        "due on 2027-03-02, finished on 2027-03-04",
        "due on 2027-03-02, not finished",
    ]
    assert told("DCMA-11", *baselined(3)).note == "the schedule states no status date"
    assert told("DCMA-11", *baselined(0, added_open=2), data_date=day(7)).note == "the schedule holds no baseline"
    assert told("DCMA-11", *baselined(0, waiting=2), data_date=day(0)).passed is None


def test_both_forms_of_the_baseline_execution_index():
    """18 finished of 20 due; 5 finished and 5 open ones were added: (18+5)/(20+10), and (18+5)/(20+5)."""
    plan = plan_of(*baselined(18, waiting=2, added_done=5, added_open=5), data_date=day(7))
    first, second = of("DCMA-14", plan), of("DCMA-14B", plan)
    assert (first.measured, first.passed) == (23 / 30, False)
    assert (second.measured, second.passed) == (23 / 25, False)
    assert rows_of(first) == ["W0", "W1"]
    at_limit = plan_of(*baselined(19, waiting=1), data_date=day(7))
    assert [of(key, at_limit).passed for key in ("DCMA-14", "DCMA-14B")] == [True, True]
    assert of("DCMA-14", at_limit).measured == 0.95
    assert told("DCMA-14", *baselined(3)).passed is None
    assert told("DCMA-14B", *baselined(0, added_open=1), data_date=day(7)).passed is None


def test_a_delay_of_the_first_critical_task_moves_the_finish_by_as_much():
    rows, links = chain(3)
    test = told("DCMA-12", *rows, links=links)
    assert (test.passed, test.measured) == (True, 0)
    assert test.note == "“T1” took 600 days longer; the finish moved by 600 days"
    by_clock = told("DCMA-12", *rows, links=links, clock=("T1",))
    assert (by_clock.passed, by_clock.measured) == (True, 0)
    assert by_clock.note.endswith("moved by 598 days; calendars differ, so this is the same")
    assert told("DCMA-12", task("M", 0)).passed is None


def test_two_days_lost_are_too_many_unless_calendars_differ():
    """The line that finishes last ends two days after the work that is demanded first."""
    rows = [task("T1", 2, deadline=day(0, 18)), task("T2", 4), task("end", 0)]
    test = told("DCMA-12", *rows, links=["T1>end", "T2>end"])
    assert (test.passed, test.measured, rows_of(test)) == (False, 2, ["T1"])


def test_a_delay_that_a_constraint_swallows_is_found_with_the_row_it_ends_at():
    rows, links = chain(4)
    held = {"T3": (MANDATORY_START, day(4))}
    swallowed = told("DCMA-12", *rows, links=links, bounds=held)
    assert (swallowed.passed, swallowed.measured) == (False, 600)
    assert rows_of(swallowed) == ["T1", "T2"]
    assert swallowed.findings[1].detail == "the delay ends here"


def test_a_delay_is_lost_where_the_critical_task_has_no_successor():
    """The deadline makes it critical, but nothing of the line that finishes last waits for it."""
    rows = [task("line", 300), task("loose", 2, deadline=day(0, 18))]
    test = told("DCMA-12", *rows)
    assert (test.passed, test.measured, rows_of(test)) == (False, 600, ["loose"])


def test_the_length_index_against_what_the_finish_is_held_to():
    """Ten days to go from Monday morning: a demanded finish half a day before the end is 0.95, a whole day 0.90."""
    rows, links = chain(5)
    end = day(11, 18)
    assert moment_of(plan_of(*rows, links=links).schedule.finish) == end
    for hours, index, passed in ((0, 1.0, True), (4, 0.95, True), (8, 0.90, False)):
        wanted = dt.datetime(2027, 3, 12, 18) - dt.timedelta(hours=hours + (hours > 4))
        found = told("DCMA-13", *rows, links=links, must_finish=wanted)
        assert (found.measured, found.passed) == (index, passed)
    baseline = told("DCMA-13", *changed(rows, end={"baseline_finish": day(8, 18)}), links=links)
    assert (baseline.measured, rows_of(baseline)) == (0.70, ["T1"])
    deadline = told("DCMA-13", *changed(rows, T5={"deadline": day(10, 18)}), links=links)
    assert (deadline.measured, deadline.passed) == (0.90, False)
    assert told("DCMA-13", *rows, links=links).passed is None


def test_loose_ends_are_starts_and_finishes_that_nothing_holds():
    rows, links = chain(3)
    assert told("GT-01", *rows, links=links).passed is True
    loose = told("GT-01", *rows, links=["begin>T1", "T1>T2 FF", "T2>T3 SS", "T3>end"])
    assert {one.row: one.detail for one in loose.findings} == {
        "T2": "the start waits for nothing; nothing waits for the finish",
    }
    assert told("GT-01", done("A", 0, 1)).passed is None


def test_relationships_of_summaries_are_named():
    rows = [task("S", is_summary=True), task("A", parent="S"), task("B")]
    assert rows_of(told("GT-02", *rows, links=["S>B", "A>B"])) == ["B"]
    assert told("GT-02", *rows, links=["A>B"]).passed is True


def test_estimates_and_deadlines():
    rows, links = chain(20)
    assert told("GT-03", *some(rows, 1, is_estimated=True), links=links).passed is True
    assert told("GT-03", *some(rows, 2, is_estimated=True), links=links).measured == 0.10
    assert told("GT-03", done("A", 0, 1)).passed is None
    late = told("GT-04", task("A", 3, deadline=day(1, 18)), task("B", 3, deadline=day(2, 18)))
    assert [(one.row, one.detail) for one in late.findings] == [("A", "1.0 days after its deadline")]
    assert told("GT-04", task("B", 3, deadline=day(2, 18))).passed is True
    assert told("GT-04", *rows, links=links).passed is None


def test_begun_work_needs_a_status_date():
    assert told("GT-05", done("A", 0, 1), data_date=day(2)).passed is True
    assert told("GT-05", done("A", 0, 1)).passed is False
    assert told("GT-05", task("A")).passed is None


def test_work_that_began_before_it_was_let():
    before = done("A", 0, 1)
    assert told("GT-06", before, done("B", 2, 3), links=["A>B"]).passed is True
    early = told("GT-06", before, done("B", 1, 3), done("C", 0, 3), links=["A>B", "A>C SS"])
    assert [(one.row, one.detail) for one in early.findings] == [("B", "began before “A” let it")]
    assert rows_of(told("GT-06", task("A"), done("B", 0, 3), links=["A>B"])) == ["B"]
    assert told("GT-06", task("A")).passed is None


def test_tasks_without_a_baseline_and_summaries_that_disagree():
    rows, _ = chain(20, has_baseline=True)
    assert told("GT-07", *some(rows, 1, has_baseline=False)).passed is True
    assert rows_of(told("GT-07", *some(rows, 2, has_baseline=False))) == ["T1", "T2"]
    assert told("GT-07", task("M", 0)).passed is None
    under = [task("A", parent="S", start=day(0), finish=day(1, 18)), task("B", parent="S", start=day(2), finish=day(3, 18))]
    agreed = task("S", is_summary=True, start=day(0), finish=day(3, 18))
    assert told("GT-08", agreed, *under).passed is True
    apart = told("GT-08", replace(agreed, finish=day(2, 18)), *under)
    assert apart.findings[0].detail == "2027-03-01 to 2027-03-03; the rows under it 2027-03-01 to 2027-03-04"
    assert told("GT-08", *under).passed is None


def test_the_score_is_100_less_what_each_check_loses_and_names_the_dearest_first():
    rows, links = chain(20, hours=8.0, has_baseline=True)
    clean = review(plan_of(*rows, links=links))
    assert (clean.score, clean.first) == (1000, ())
    worse = review(plan_of(*some(rows, 2, constraints=("must start on",), hours=0.0), links=[*links[:-1], "T20>end FS-1"]))
    assert worse.score == 1000 - sum(one.lost for one in worse.results)
    assert {one.check.id for one in worse.first} == {"DCMA-02", "DCMA-05", "DCMA-10"}
    assert [one.lost for one in worse.first] == sorted((one.lost for one in worse.first), reverse=True)
    whole = sum(CHECKS[one.check.id].weight for one in worse.results if one.passed is not None)
    (hard,) = (one for one in worse.first if one.check.id == "DCMA-05")
    assert hard.lost == int(1000 * 6 / whole * (0.5 + 0.5 * 0.10))


def test_a_schedule_in_which_everything_fails_still_has_a_score():
    seen = review(plan_of(task("A", 60, baseline_finish=day(1), is_estimated=True, deadline=day(1)), data_date=day(7)))
    assert seen.score is not None
    assert 0 <= seen.score < 500
    empty = review(plan_of())
    assert (empty.score, {one.passed for one in empty.results}) == (None, {None})


def test_practices_are_told_by_their_checks_or_cannot_be_told():
    rows, links = chain(20, hours=8.0, has_baseline=True)
    told_of = {one.practice.id: one for one in review(plan_of(*rows, links=links)).practices}
    assert list(told_of) == [f"GAO-{place:02d}" for place in range(1, 11)]
    assert told_of["GAO-02"].passed is True
    assert {key for key, one in told_of.items() if one.passed is None} == {"GAO-01", "GAO-08", "GAO-09"}
    for key in ("GAO-01", "GAO-08", "GAO-09"):
        assert told_of[key].words.startswith("cannot be told from the schedule")
    bare = {one.practice.id: one for one in review(plan_of(task("A"), task("B"))).practices}
    assert (bare["GAO-02"].passed, bare["GAO-02"].failed) == (False, ("DCMA-01",))


def test_the_register_holds_the_fourteen_points_with_their_limits():
    said = {key: (one.limit.value, one.limit.at_least) for key, one in CHECKS.items() if key.startswith("DCMA")}
    share, none = (0.05, False), (0, False)
    index = (0.95, True)
    wanted = [share, none, share, (0.90, True), share, share, none, share, none, none, share, none, index, index, index]
    assert [said[key] for key in sorted(said)] == wanted
    assert {key for each in PRACTICES.values() for key in each.tests} <= set(CHECKS)
    assert all(each.advice.endswith((".", "?")) and each.measures for each in CHECKS.values())


def test_dates_are_worked_out_anew_under_the_rules_of_the_file():
    """Where "no later than" wins over the logic, it swallows the delay; where it does not, the finish moves."""
    rows, links = chain(3)
    held = {"T3": (FINISH_NO_LATER, day(14, 18))}
    assert told("DCMA-12", *rows, links=links, bounds=held).passed is True
    assert told("DCMA-12", *rows, links=links, bounds=held, options=ScheduleOptions(dates_win=True)).passed is False


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_delay_always_arrives_where_everything_leads_to_one_end_and_nothing_is_held(data):
    count = data.draw(st.integers(1, 7))
    names = [f"T{place}" for place in range(count)]
    rows = [task(name, data.draw(st.integers(1, 9))) for name in names]
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    drawn = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    links = [f"{a}>{b} {data.draw(st.sampled_from(['FS', 'FF']))}" for a, b in drawn]
    plan = plan_of(*rows, task("end", 0), links=[*links, *(f"{name}>end" for name in names)])
    assert of("DCMA-12", plan).measured == 0
    seen = review(plan)
    assert seen.score == 1000 - sum(one.lost for one in seen.results)
    assert all((one.lost > 0) <= (one.passed is False) for one in seen.results)
