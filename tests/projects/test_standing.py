"""The rating that a project's own figures give, against figures worked out by hand."""

from datetime import date, timedelta

import pytest

from goldenthread.projects.models import Project
from goldenthread.projects.queries import standing

START, APPROVED = date(2026, 1, 1), date(2026, 12, 27)  # 360 days: 10 % is 36 days, 20 % is 72
DAY = date(2026, 6, 1)


def made(slip: int | None = None, budget: int | None = None, forecast: int | None = None, **more) -> Project:
    finish = APPROVED + timedelta(days=slip) if slip is not None else None
    approved = APPROVED if slip is not None else None
    fields = {
        "starts_on": START,
        "finishes_on": finish,
        "baseline_finish": approved,
        "budget_minor": budget,
        "forecast_minor": forecast,
    }
    return Project(name="A", **(fields | more))


@pytest.mark.parametrize(
    ("slip", "rating"), [(0, "GREEN"), (-40, "GREEN"), (36, "GREEN"), (37, "AMBER"), (72, "AMBER"), (73, "RED")]
)
def test_slip_is_judged_as_a_share_of_the_planned_duration(slip, rating):
    found = standing(made(slip), DAY)
    assert (found.rating, found.slip_days) == (rating, slip)


@pytest.mark.parametrize(("days", "rating"), [(30, "GREEN"), (31, "AMBER"), (90, "AMBER"), (91, "RED")])
def test_without_a_start_the_days_themselves_count(days, rating):
    assert standing(made(days, starts_on=None), DAY).rating == rating


@pytest.mark.parametrize(
    ("forecast", "rating", "words"),
    [
        (1000, "GREEN", "on budget"),
        (1100, "GREEN", "10% over budget"),
        (1101, "AMBER", "10% over budget"),
        (1300, "RED", "30% over budget"),
    ],
)
def test_cost_is_judged_against_the_budget(forecast, rating, words):
    found = standing(made(None, 1000, forecast), DAY)
    assert (found.rating, found.reasons) == (rating, (words,))


def test_the_worst_counts_and_is_the_reason_given():
    found = standing(made(0, 1000, 1500), DAY)
    assert (found.rating, found.reasons) == ("RED", ("50% over budget",))


def test_a_finish_that_has_passed_is_amber_at_least_and_slips_with_every_day():
    late = made(0)
    assert standing(late, APPROVED).rating == "GREEN"
    assert standing(late, APPROVED + timedelta(days=1)).rating == "AMBER"
    assert standing(late, APPROVED + timedelta(days=80)).slip_days == 80
    assert standing(made(0, state="CLOSED"), APPROVED + timedelta(days=80)).rating == "GREEN"


def test_dates_replaced_twice_ask_for_a_look():
    assert standing(made(0, rebaselined=1), DAY).rating == "GREEN"
    found = standing(made(0, rebaselined=3), DAY)
    assert (found.rating, found.reasons) == ("AMBER", ("its approved dates were replaced 3 times",))


def test_without_figures_nothing_is_calculated_and_nobody_is_accused():
    found = standing(made(None, rating="GREEN"), DAY)
    assert (found.rating, found.differs) == ("", False)


@pytest.mark.parametrize(
    ("reported", "slip", "differs"),
    [("GREEN", 80, True), ("GREEN", 40, True), ("AMBER", 80, True), ("AMBER_RED", 80, False), ("RED", 0, False), ("", 80, False)],
)
def test_reported_and_calculated_differ_by_a_whole_colour(reported, slip, differs):
    assert standing(made(slip, rating=reported), DAY).differs is differs
