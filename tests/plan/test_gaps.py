"""Gaps of an office: totals equal their rows, offered services are no gap, hidden names stay hidden."""

import math

import pytest

from goldenthread.plan import actions, queries
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.resources import actions as resources


def found(scene, person=None):
    return queries.gaps(scene.cast.office, scene.today, person or scene.cast.head)


def reasons(gaps) -> dict[str, str]:
    return {f.title: f.reason for f in gaps.unsupported.findings}


def test_work_without_a_goal_is_found_and_not_accused(scene):
    rows = {f.title: f for f in found(scene).unsupported.findings}
    assert rows["Clients decide"].reason == "U1"
    assert rows["Clients decide"].state == "not_asked"
    assert not rows["Clients decide"].is_alarm


def test_naming_a_goal_closes_both_gaps(scene):
    assert [g.reason for g in found(scene).goals] == ["no_work"]
    actions.contribute(kpi=scene.kpi, step=scene.step, by=scene.cast.head, size="M", mechanism="faster")
    after = found(scene)
    assert "Clients decide" not in reasons(after)
    assert not after.goals


def test_totals_are_sums_of_the_rows(scene):
    for name in ("One", "Two"):
        actions.add_step(plan=scene.plan, name=name, by=scene.cast.head, effort_low=60, effort_likely=120, effort_high=240)
    gaps = found(scene)
    assert gaps.unsupported.unsupported_hours == math.fsum(f.hours for f in gaps.unsupported.findings)
    assert gaps.hours_on_thread == pytest.approx(
        gaps.unsupported.hours - gaps.unsupported.unsupported_hours - gaps.unsupported.duty_hours
    )


def test_hours_for_a_stopped_service_are_a_gap_and_for_an_offered_one_are_not(scene):
    offered = purpose.add_service(office=scene.cast.office, name="Reviews", by=scene.cast.head)
    stopped = purpose.add_service(office=scene.cast.office, name="Slide packs", by=scene.cast.head)
    for service in (offered, stopped):
        resources.log_time(person=scene.cast.member, work=service, minutes=60, by=scene.cast.member)
    purpose.stop_service(service=stopped, by=scene.cast.head, goes_to="nobody")
    told = reasons(found(scene))
    assert told["Slide packs"] == "U3"
    assert "Reviews" not in told


def test_a_duty_in_force_is_no_gap_and_an_ended_one_is(scene):
    duty = actions.add_duty(plan=scene.plan, name="Register", source="Law", by=scene.cast.head, step=scene.step)
    assert "Clients decide" not in reasons(found(scene))
    from datetime import timedelta

    actions.edit_duty(duty=duty, changes={"valid_to": scene.today - timedelta(days=1)}, by=scene.cast.head)
    assert reasons(found(scene))["Clients decide"] == "U8"


def test_a_summary_whose_parts_are_done_is_done(scene):
    from goldenthread.schedule import actions as schedule

    part = actions.add_step(plan=scene.plan, name="Part", by=scene.cast.head, parent=scene.step)
    schedule.report_progress(activity=part.activity, by=scene.cast.head, finished_on=scene.today)
    assert "Clients decide" not in reasons(found(scene))


def test_confidential_names_are_hidden_from_who_may_not_see_them(scene):
    secret = projects.add_project(name="Depot closure", by=None, under=scene.cast.office.scope, is_confidential=True)
    assert Project.objects.get(pk=secret.pk).is_confidential
    told = reasons(found(scene, scene.cast.pmo))
    assert "Depot closure" not in told
    assert "A project not shown to you" in told


def test_too_few_answers_say_nothing(scene):
    from goldenthread.plan.queries.gaps import belief

    actions.answer_pulse(office=scene.cast.office, person=scene.cast.member, share=90, knows_goal=True)
    told = belief(scene.cast.office, scene.today)
    assert (told.gap, told.n <= 1) == (None, True)
