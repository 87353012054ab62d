"""What usually happens to projects like one: from the organisation's own reports, known by that day, never from itself."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goldenthread.accounts.actions import changeset
from goldenthread.kit import history
from goldenthread.projects import actions
from goldenthread.projects.models import StatusReport
from goldenthread.projects.queries import usual_course


def portfolio(cast, count, *, slip=10, months=12, until=None, **more):
    """Projects with monthly reports whose told finish moves `slip` days a month, project i by as many days more."""
    day = until or timezone.localdate()
    rows = [
        actions.add_project(
            name=f"Sister {i}", by=cast.head, starts_on=day - timedelta(days=500), finishes_on=day + timedelta(days=400), **more
        )
        for i in range(count)
    ]
    with changeset(title="Reports", by=None):
        history.add_all(
            StatusReport,
            [
                StatusReport(
                    project=row, on=day - timedelta(days=30 * (months - m)), forecast_minor=100_00 * (100 + m),
                    finishes_on=day + timedelta(days=300 + slip * m + i * m),
                )
                for i, row in enumerate(rows)
                for m in range(months)
            ],
        )  # fmt: skip
    return rows


def open_project(cast, day=None, left=200):
    day = day or timezone.localdate()
    dates = {"starts_on": day - timedelta(days=100), "finishes_on": day + timedelta(days=left)}
    return actions.add_project(name="Ours", by=cast.head, **dates)


def test_the_range_is_that_of_what_others_did_half_a_year_on(cast):
    """Six projects whose finish moves 60 to 90 days in the 180 days of six monthly reports."""
    portfolio(cast, 6)
    found = usual_course(open_project(cast), timezone.localdate())
    assert found.days == 182
    assert found.slip.projects == 6
    assert found.slip.cases == 6 * 7  # the twelfth report is seven months after the fifth: too far; each of the first seven
    low, middle, high = found.slip.range
    assert 50 <= low <= 65
    assert 65 <= middle <= 85
    assert 85 <= high <= 110
    assert found.growth.range == pytest.approx((0.055, 0.058, 0.06), abs=0.01)


def test_a_report_that_came_later_changes_nothing_on_an_earlier_day(cast):
    then = timezone.localdate() - timedelta(days=400)
    rows = portfolio(cast, 6, until=then)
    ours = open_project(cast, then)
    before = usual_course(ours, then)
    with changeset(title="Later", by=None):
        told = {"on": then + timedelta(days=1), "finishes_on": then + timedelta(days=3000)}
        history.add_all(StatusReport, [StatusReport(project=row, **told) for row in rows])
    assert usual_course(ours, then) == before
    assert usual_course(ours, then + timedelta(days=2)) != before


def test_a_project_learns_nothing_from_itself_and_confidential_ones_teach_nobody(cast):
    rows = portfolio(cast, 5)
    found = usual_course(rows[0], timezone.localdate())
    assert (found.slip.projects, found.slip.range) == (4, None)
    portfolio(cast, 1, slip=400, is_confidential=True)
    assert usual_course(rows[0], timezone.localdate()) == found


def test_what_was_closed_stayed_where_it_ended(cast):
    """Told to finish in 400 days, closed after 90: it is known to have come 310 days early."""
    day = timezone.localdate()
    ours = open_project(cast)
    for i in range(6):
        row = actions.add_project(name=f"Short {i}", by=cast.head, starts_on=day - timedelta(days=900))
        for m in range(4):
            told = {"on": day - timedelta(days=600 - 20 * m), "finishes_on": day - timedelta(days=200), "rating": "GREEN"}
            actions.report_status(project=row, by=cast.head, **told)
        actions.close_project(project=row, by=cast.head, on=day - timedelta(days=510))
    found = usual_course(ours, day)
    assert found.days == 365
    assert found.slip.cases == 24
    assert found.slip.range[1] == pytest.approx(-200)  # -310, but ours cannot end before today


def test_an_ended_project_or_one_without_a_finish_is_told_nothing(cast):
    portfolio(cast, 6)
    ours = open_project(cast)
    actions.close_project(project=ours, by=cast.head)
    assert usual_course(ours, timezone.localdate()) is None
    assert usual_course(actions.add_project(name="Dateless", by=cast.head), timezone.localdate()) is None


def test_the_page_says_it_with_n_or_says_that_it_is_not_enough(cast):
    ours = open_project(cast)
    told = page(cast, ours)
    assert "Not enough data yet: 0 reports on 0 other projects" in told
    portfolio(cast, 6)
    told = page(cast, ours)
    assert "From 42 reports on 6 other projects here" in told
    assert re.search(r"in 8 of 10 cases between \d+ \w+ \d{4} and \d+ \w+ \d{4}", told)
    day = timezone.localdate()
    late = actions.add_project(
        name="Late", by=cast.head, starts_on=day - timedelta(days=4_000), finishes_on=day - timedelta(days=3_000)
    )
    told = page(cast, late)
    assert "has passed, by more than what others were late" in told
    assert "in 8 of 10 cases between" not in told


def page(cast, project):
    answer = cast.client(cast.head).get(f"/projects/{project.pk}")
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.content.decode())).split())


def test_it_takes_one_statement_whatever_the_size_of_the_portfolio(cast):
    portfolio(cast, 8)
    ours = open_project(cast)
    with CaptureQueriesContext(connection) as seen:
        usual_course(ours, timezone.localdate())
    assert len(seen) == 1
