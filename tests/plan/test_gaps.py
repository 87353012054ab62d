"""Gaps of an office: totals equal their rows, offered services are no gap, hidden names stay hidden."""

import math
import re
from datetime import timedelta

import pytest

from goldenthread.accounts import actions as accounts
from goldenthread.plan import actions, queries
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.resources import actions as resources
from goldenthread.schedule import actions as schedule
from goldenthread.thread.queries.thread_map import thread_map


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
    assert gaps.hours.unsupported_hours == math.fsum(f.hours for f in gaps.unsupported.findings)
    assert gaps.hours.hours == pytest.approx(math.fsum(item.hours for item in gaps.unsupported.ends))


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


def test_what_an_ended_duty_says_names_its_last_day(scene):
    ended = scene.today - timedelta(days=15)
    actions.add_duty(plan=scene.plan, name="Register", source="Law", by=scene.cast.head, step=scene.step, valid_to=ended)
    sentences = {f.title: f.sentence for f in found(scene).unsupported.findings}
    assert sentences["Clients decide"] == f"The duty it met ended on {ended.day} {ended:%b %Y}."


def test_a_duty_that_has_not_begun_is_not_called_ended(scene):
    begins = scene.today + timedelta(days=15)
    actions.add_duty(plan=scene.plan, name="Register", source="Law", by=scene.cast.head, step=scene.step, valid_from=begins)
    sentences = {f.title: f.sentence for f in found(scene).unsupported.findings}
    assert sentences["Clients decide"] == "The duty it meets is not in force yet."


def test_what_is_left_of_a_delivered_step_keeps_its_line(scene):
    actions.contribute(
        kpi=scene.kpi, step=scene.step, by=scene.cast.head, effect=(-0.1, -0.2, -0.3), mechanism="faster", lag_days=10, grade=1
    )
    rest = schedule.add_activity(
        schedule=scene.plan.schedule, name="Refresher", by=scene.cast.head, parent=scene.step.activity, effort_low=60,
        effort_likely=60, effort_high=60,
    )  # fmt: skip
    day = scene.today - timedelta(days=90)
    actions.edit_step(step=scene.fresh(scene.step), changes={"actual_start": day, "actual_finish": day}, by=scene.cast.head)
    assert reasons(found(scene))[rest.name] == "U5"


class TestTwoOffices:
    """Works of a second office, one of which moves the first office's figure."""

    @pytest.fixture
    def works(self, scene):
        cast = scene.cast
        return purpose.add_office(name="Works", code="works", by=cast.admin, head=cast.pmo)

    @pytest.fixture
    def mains(self, scene, works):
        project = projects.add_project(name="Mains", by=None, under=works.scope)
        actions.contribute(kpi=scene.kpi, project=project, by=None, size="M", mechanism="fewer bursts")
        return project

    def test_a_project_that_moves_another_offices_figure_has_its_line(self, scene, works, mains):
        told = reasons(queries.gaps(works, scene.today, scene.cast.head))
        assert "Mains" not in told

    def test_a_goal_moved_by_another_offices_project_is_not_without_work(self, scene, mains):
        assert found(scene).goals == []

    def test_people_of_another_office_are_not_missed_in_this_one(self, scene, works):
        business_plan = actions.found_plan(office=works, by=None)
        other = accounts.add_person(name="Tilda Brock", by=None)
        actions.add_step(plan=business_plan, name="Archive", by=None, responsible=(other,))
        assert [p.person for p in found(scene).people if p.person == other.pk] == []
        assert other.pk in {p.person for p in queries.gaps(works, scene.today, scene.cast.head).people}


def test_the_map_counts_hours_on_the_thread_by_the_work_below_not_by_the_initiative(scene):
    head, plan = scene.cast.head, scene.plan
    top = actions.add_step(plan=plan, name="Office", by=head, step_kind="INITIATIVE")
    for name, effect in (("With", True), ("Without", False)):
        step = actions.add_step(plan=plan, name=name, by=head, parent=top, effort_low=600, effort_likely=600, effort_high=600)
        if effect:
            actions.contribute(kpi=scene.kpi, step=step, by=head, size="S", mechanism="faster")
    drawn = thread_map(head)
    assert drawn.hours.unsupported_hours == pytest.approx(10 + 20), "the step without, and the scene's own"
    assert "10 of 20 h on the thread" in {note for _, note, *_ in drawn.nodes.values()}


def test_a_person_comes_to_the_office_of_his_or_her_own_first_and_may_name_another(scene):
    cast = scene.cast
    works = purpose.add_office(name="Works", code="works", by=cast.admin)
    person = accounts.add_person(name="Gwen Ashdown", by=None)
    accounts.grant_role(person=person, role="TEAM_MEMBER", scope=cast.top, by=None)
    accounts.grant_role(person=person, role="HEAD", scope=works.scope, by=None)
    actions.found_plan(office=works, by=None)
    assert queries.office_of(person) == works
    assert queries.plan_of(person).office == works
    assert queries.office_of(person, cast.office.code) == cast.office
    assert queries.office_of(cast.head) == cast.office


def test_who_sees_several_offices_changes_between_them_on_every_page_of_an_office(scene):
    works = purpose.add_office(name="Works", code="works", by=scene.cast.admin)
    actions.found_plan(office=works, by=None)
    accounts.grant_role(person=scene.cast.sponsor, role="SPONSOR", scope=scene.cast.top, by=None)
    client = scene.cast.client(scene.cast.sponsor)
    for page in ("/gaps", "/plan", "/map"):
        shown = client.get(f"{page}?office=works").content.decode()
        assert f'href="{page}?office={scene.cast.office.code}"' in shown, page
        assert re.search(rf'href="{page}\?office=works"\s+aria-current="page"', shown), page
