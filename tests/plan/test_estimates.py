"""Estimates given blindly: who sees what before and after they are shown, how they are pooled, and what is taken over."""

import re
from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.utils import timezone

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.plan import actions
from goldenthread.plan.actions import estimates, sessions
from goldenthread.plan.models import AgendaItem, Estimate, EstimateRound, Step
from goldenthread.plan.queries import estimates as reads
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule

RARE = (16137, 17281, 18393)
GUEST, OTHER = "nobody", "pmo"


@pytest.fixture
def item(scene):
    today, cast = timezone.localdate(), scene.cast
    session = sessions.open_session(
        plan=scene.plan, name="Autumn", purpose="Agree", days=(today, today + timedelta(days=7)), steps=[(scene.step, "")],
        people=[cast.pmo, cast.nobody, cast.head], by=cast.head,
    )  # fmt: skip
    return AgendaItem.objects.select_related("session__plan", "step__activity").get(session=session)


def give(asked, by, low, likely, high):
    estimates.estimate(asked=asked, by=by, low=low, likely=likely, high=high)


def seen_by(person, asked):
    return next(one for one in reads.rounds_of(asked.session, Person.objects.get(pk=person.pk)) if one.row.pk == asked.pk)


def step(scene):
    return Step.objects.select_related("activity").get(pk=scene.step.pk)


def holding(rows):
    """The tables in which a rare number stands, but the one that nobody but its author reads."""
    wanted = re.compile(rf"(?<!\d)({'|'.join(map(str, rows))})(?!\d)")
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(wanted.search(str(value)) for row in cursor.fetchall() for value in row):
                found.add(table)
    return found - {"plan_estimate"}


def test_nobody_sees_another_s_figures_before_all_have_answered(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    assert asked.asked == 3
    give(asked, cast.nobody, *RARE)
    assert holding([*RARE, *(60 * x for x in RARE)]) == set(), "neither history, nor actions, nor jobs, nor the round hold it"
    for person in (cast.head, cast.pmo):
        view = seen_by(person, asked)
        assert (view.figures, view.pooled, view.picture, view.own.likely) == ((), None, None, None)
    assert seen_by(cast.nobody, asked).own.likely == RARE[1]
    give(asked, cast.pmo, 10, 12, 14)
    give(asked, cast.head, 8, 10, 30)
    view = seen_by(cast.head, asked)
    assert view.figures == ((8, 10, 30), (10, 12, 14), RARE)
    assert (view.pooled.low, view.pooled.likely, view.pooled.high, view.pooled.is_wide) == (10, 12, 30, True)
    assert view.names == ()
    assert not view.row.was_early


def test_who_answered_stands_in_no_list_of_actions(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    give(asked, cast.nobody, *RARE)
    made = Changeset.objects.latest("pk")
    assert (made.by, made.title) == (None, "An estimate is given in Autumn")
    with pytest.raises((Forbidden, Refused)):
        undo(changeset=made, by=cast.head)
    told = [accounts.changes_of(made, person)[0] for person in (cast.head, cast.pmo)]
    assert not [field for changes in told for change in changes for field in change.fields if cast.nobody.name in str(field)]


def test_the_planner_may_show_them_early_which_stays_on_record(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    with pytest.raises(Refused, match="Nobody has answered"):
        estimates.show_estimates(asked=asked, by=cast.head)
    give(asked, cast.pmo, 10, 12, 14)
    with pytest.raises(Forbidden):
        estimates.show_estimates(asked=asked, by=cast.nobody)
    estimates.show_estimates(asked=asked, by=cast.head)
    view = seen_by(cast.nobody, asked)
    assert (view.row.was_early, view.row.shown_by, view.row.answered, view.row.asked) == (True, cast.head, 1, 3)
    with pytest.raises(Refused, match="shown already"):
        give(asked, cast.nobody, 1, 2, 3)
    with pytest.raises((Forbidden, Refused)):
        undo(changeset=Changeset.objects.latest("pk"), by=cast.head)


def test_an_answer_may_be_changed_until_they_are_shown_and_not_knowing_is_one(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="DAYS", by=cast.head, people=[cast.pmo, cast.nobody])
    give(asked, cast.pmo, 1, 2, 3)
    give(asked, cast.pmo, 2, 3, 4)
    with pytest.raises(Forbidden, match="not asked"):
        give(asked, cast.head, 1, 2, 3)
    for wrong in ((3, 2, 1), (1, None, 3), (-1, 2, 3), (1, 2, float("inf")), (1, 2, 1e9)):
        with pytest.raises(Refused):
            give(asked, cast.nobody, *wrong)
    give(asked, cast.nobody, None, None, None)
    view = seen_by(cast.head, asked)
    assert view.figures == ((2, 3, 4),)
    assert (view.row.answered, view.pooled.answers, view.is_guessable) == (2, 1, True)


def test_names_stand_beside_the_figures_only_where_the_session_said_so_when_it_was_opened(scene):
    cast, today = scene.cast, timezone.localdate()
    session = sessions.open_session(
        plan=scene.plan, name="Open", purpose="Agree", days=(today, today), steps=[(scene.step, "")],
        people=[cast.pmo, cast.nobody], by=cast.head, shows_names=True,
    )  # fmt: skip
    asked = estimates.ask_for_estimates(item=session.items.get(), what="HOURS", by=cast.head)
    give(asked, cast.pmo, 20, 22, 24)
    assert seen_by(cast.head, asked).names == ()
    give(asked, cast.nobody, 1, 2, 3)
    assert seen_by(cast.head, asked).names == (cast.nobody.name, cast.pmo.name)


def test_a_second_round_begins_after_the_first_was_shown(scene, item):
    cast = scene.cast
    first = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head, people=[cast.pmo])
    with pytest.raises(Refused, match="asked already"):
        estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    give(first, cast.pmo, 10, 12, 14)
    second = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    assert second.number == 2
    assert seen_by(cast.pmo, second).own.likely is None


def test_what_was_agreed_is_taken_over_as_one_action_that_can_be_undone(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head, people=[cast.pmo])
    with pytest.raises(Refused, match="not shown yet"):
        estimates.take_over(asked=asked, low=1, likely=2, high=3, by=cast.head)
    give(asked, cast.pmo, 30, 32, 40)
    saw = seen_by(cast.head, asked)
    assert (saw.now, saw.is_taken_over) == ((15, 20, 40), False)
    with pytest.raises(Conflict):
        estimates.take_over(asked=saw.row, low=30, likely=32, high=40, by=cast.head, seen=saw.seen - 1)
    estimates.take_over(asked=saw.row, low=30, likely=32, high=40, by=cast.head, seen=saw.seen)
    work = step(scene).activity
    assert (work.effort_low, work.effort_likely, work.effort_high) == (1800, 1920, 2400)
    assert seen_by(cast.head, asked).is_taken_over
    undo(changeset=Changeset.objects.latest("pk"), by=cast.head)
    assert step(scene).activity.effort_likely == 1200
    days = estimates.ask_for_estimates(item=item, what="DAYS", by=cast.head, people=[cast.pmo])
    give(days, cast.pmo, 3, 4.5, 9)
    estimates.take_over(asked=scene.fresh(days), low=3, likely=4.5, high=9, by=cast.head)
    assert step(scene).activity.duration == 2160


def test_the_effect_on_a_figure_that_falls_is_asked_pooled_and_taken_over_the_right_way_round(scene, item):
    cast = scene.cast
    effect = actions.contribute(kpi=scene.kpi, step=scene.step, effect=(-0.1, -0.2, -0.4), by=cast.head)
    asked = estimates.ask_for_estimates(item=item, what="EFFECT", contribution=effect, by=cast.head, people=[cast.pmo, cast.head])
    give(asked, cast.pmo, -0.2, -0.3, -0.5)
    give(asked, cast.head, -0.7, -0.5, -0.2)
    view = seen_by(cast.head, asked)
    assert (view.pooled.low, view.pooled.likely, view.pooled.high) == pytest.approx((-0.6, -0.4, -0.2))
    estimates.take_over(asked=view.row, low=-0.6, likely=-0.4, high=-0.2, by=cast.head, seen=effect.version)
    effect.refresh_from_db()
    assert (effect.low, effect.likely, effect.high) == (-0.2, -0.4, -0.6)


def test_an_effect_on_a_confidential_figure_is_neither_asked_nor_shown_any_more(scene, item):
    cast = scene.cast
    effect = actions.contribute(kpi=scene.kpi, step=scene.step, effect=(-0.1, -0.2, -0.4), by=cast.head)
    asked = estimates.ask_for_estimates(item=item, what="EFFECT", contribution=effect, by=cast.head)
    assert [one.title for one in reads.rounds_of(item.session, cast.nobody)] == ["Decision latency: effect of Clients decide"]
    purpose.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=cast.head)
    assert reads.rounds_of(item.session, Person.objects.get(pk=cast.nobody.pk)) == []
    assert reads.rounds_of(item.session, Person.objects.get(pk=cast.head.pk)), "who may see it still does"
    assert list(chain.from_iterable(reads.effects_to_ask(item.session, cast.head).values())) == []
    assert EstimateRound.objects.get(pk=asked.pk).contribution_id == effect.pk


def test_an_answer_is_in_the_person_s_own_file_and_not_in_the_one_that_an_administrator_takes_out(scene, item):
    cast = scene.cast
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head)
    give(asked, cast.nobody, *RARE)
    own = accounts.everything_about(cast.nobody, cast.nobody, timezone.now())
    by_other = accounts.everything_about(cast.nobody, cast.people["ADMINISTRATOR"], timezone.now())
    assert str(RARE[1]) in str(own["rows"]["plan.Estimate"])
    assert str(RARE[1]) not in str(by_other)
    assert Estimate.objects.filter(answered_at__isnull=False).count() == 1


def test_the_hours_of_a_step_with_parts_are_divided_among_those_still_open_and_undo_gives_them_back(scene, item):
    cast, sizes = scene.cast, {"effort_low": 60, "effort_likely": 120, "effort_high": 240}
    parts = [
        schedule.add_activity(schedule=scene.plan.schedule, name=f"Part {n}", by=None, parent=scene.step.activity, **more)
        for n, more in enumerate((sizes, {k: 3 * v for k, v in sizes.items()}, {**sizes, "progress": 100}), start=1)
    ]
    asked = estimates.ask_for_estimates(item=item, what="HOURS", by=cast.head, people=[cast.pmo])
    with pytest.raises(Refused, match="follows from its parts"):
        estimates.ask_for_estimates(item=item, what="DAYS", by=cast.head)
    give(asked, cast.pmo, 6, 10, 22)
    saw = seen_by(cast.head, asked)
    assert saw.now == (5, 10, 20), "the sum of its parts"
    with pytest.raises(Conflict):
        estimates.take_over(asked=saw.row, low=6, likely=10, high=22, by=cast.head, seen=saw.seen + 1)
    with pytest.raises(Refused, match="finished parts"):
        estimates.take_over(asked=saw.row, low=1, likely=1, high=1, by=cast.head)
    estimates.take_over(asked=saw.row, low=6, likely=18, high=22, by=cast.head, seen=saw.seen)
    assert [(row.effort_low, row.effort_likely, row.effort_high) for row in map(scene.fresh, parts)] == [
        (60, 240, 300), (180, 720, 900), (60, 120, 240),
    ]  # fmt: skip
    assert seen_by(cast.head, asked).now[1] == 18
    undo(changeset=Changeset.objects.latest("pk"), by=cast.head)
    assert seen_by(cast.head, asked).now == (5, 10, 20)
