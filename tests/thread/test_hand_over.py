"""What somebody who leaves is responsible for: found whole, chosen row by row, moved as one action and back."""

import re
from datetime import timedelta

import pytest
from django.apps import apps

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.evidence.models import ExpectedResult
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Role
from goldenthread.plan import actions as plan
from goldenthread.plan import queries as plans
from goldenthread.plan.models import Raci
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Assignment
from goldenthread.thread import actions
from tests.thread.conftest import TODAY, goal, text

# Columns that name a person who is not responsible for what the row stands for: who did something once, or is meant by it.
FACTS = {
    "evidence.ExpectedResult.registered_by", "evidence.OwnEstimate.person", "accounts.Erasure.person", "accounts.Erasure.by",
    "accounts.Changeset.by", "accounts.RoleGrant.person", "accounts.Invitation.person", "accounts.ApiToken.person",
    "plan.Contribution.confirmed_by", "plan.PulseAnswer.person", "plan.PlanVersion.proposed_by", "plan.SignOff.person",
    "plan.SignOff.answered_by", "plan.PlanEvent.person", "plan.PlanLink.made_by", "plan.PlanLink.client",
    "plan.PlanningSession.opened_by", "plan.Invitee.person", "plan.StepProposal.who",
    "plan.StepProposal.by", "plan.StepProposal.decided_by", "plan.SessionWord.person", "plan.SessionWord.answered_by",
    "plan.EstimateRound.opened_by", "plan.EstimateRound.shown_by", "plan.Estimate.person",
    "plan.StepException.given_by", "projects.StatusReport.by",
    "purpose.Objective.agreed_by", "purpose.ValueRate.signed_by", "purpose.Measurement.entered_by",
    "plan.Scenario.made_by", "plan.VersionReminder.person", "plan.VersionMail.person", "plan.VersionQuestion.asked_by",
    "plan.VersionQuestion.answered_by",
    "purpose.Cascade.sponsor", "purpose.CascadeWord.person", "purpose.CascadeSignature.person",
    "resources.TimeEntry.person", "workspace.Comment.by", "workspace.InboxItem.person", "workspace.Question.asked",
    "workspace.Question.asked_by", "workspace.ImportedFile.by", "workspace.Job.by", "workspace.SavedView.by",
}  # fmt: skip
KINDS = ["office", "objective", "kpi", "step", "work", "duty", "lead", "sponsor", "programme", "look", "deputy"]


@pytest.fixture
def leaver(scene) -> Person:
    """The member of the scene, responsible for something of every kind: four pieces of work, two steps to answer for."""
    cast, head, leaver = scene.cast, scene.cast.head, scene.cast.member
    accounts.edit_person(person=leaver, changes={"leaves_on": TODAY + timedelta(days=20)}, by=cast.admin)
    purpose.edit_office(office=cast.office, changes={"head": leaver}, by=head)
    purpose.edit_objective(objective=scene.objective, changes={"owner": leaver}, by=head, reason="Named")
    purpose.edit_kpi(kpi=scene.kpi, changes={"owner": leaver}, by=head)
    for step in scene.steps[:2]:
        plan.set_raci(step=step, person=leaver, letter="A", by=head)
    plan.set_raci(step=scene.steps[2], person=leaver, letter="C", by=head)  # who is asked is not responsible
    plan.add_duty(plan=scene.plan, name="Yearly return", source="Water act", by=head, holder=leaver)
    projects.edit_project(project=scene.projects[0], changes={"manager": leaver, "sponsor": leaver}, by=head)
    projects.edit_project(project=scene.projects[1], changes={"sponsor": leaver}, by=head)
    projects.add_programme(name="Networks", under=cast.office.scope, by=head, owner=leaver)
    accounts.edit_person(person=cast.nobody, changes={"deputy": leaver}, by=cast.admin)
    with accounts.changeset(title="Expect a result", by=head):
        ExpectedResult(
            step=scene.steps[0], kpi=scene.kpi, low=1, likely=1, high=1, said_on=TODAY, registered_on=TODAY, looker=leaver,
            begins_on=TODAY, look_on=TODAY + timedelta(days=90),
        ).save()  # fmt: skip
    return leaver


def counts(person: Person, viewer: Person, act: str = Act.VIEW) -> dict[str, int]:
    return {group.responsibility.code: len(group.rows) for group in plans.held_by(person, viewer, TODAY, act).groups}


def test_every_column_that_names_a_person_is_a_responsibility_or_a_fact():
    named = {
        f"{model._meta.app_label}.{model.__name__}.{f.name}"
        for model in apps.get_models()
        for f in model._meta.local_fields
        if f.is_relation and f.related_model is Person and "historical" not in model.__name__.lower()
    }
    held = set()
    for each in plans.responsibilities(TODAY):
        for path, _ in each.paths:
            model = each.model
            for name in path.split("__"):
                field = model._meta.get_field(name)
                column = field if not field.auto_created else field.field
                if field.related_model is Person:
                    held.add(f"{column.model._meta.app_label}.{column.model.__name__}.{column.name}")
                model = field.related_model
    assert named - held == FACTS | {"schedule.Resource.person"} - held
    assert held <= named


def test_everything_of_every_kind_is_found_once(scene, leaver):
    admin = scene.cast.fresh(scene.cast.admin)
    accounts.grant_role(person=admin, role=Role.HEAD, scope=scene.cast.office.scope, by=admin)
    expected = dict.fromkeys(KINDS, 1) | {"step": 2, "work": 4, "sponsor": 2}
    assert counts(leaver, scene.cast.fresh(admin), Act.EDIT) == expected


def test_what_is_over_is_not_handed_on(scene, leaver):
    head, before = scene.cast.head, plans.held_by(leaver, scene.cast.head, TODAY).count
    schedule.report_progress(activity=scene.steps[3].activity, by=head, finished_on=TODAY)  # work
    plan.stop_step(step=scene.steps[0], by=head, because="no goal")  # work, and a step answered for
    projects.close_project(project=scene.projects[0], by=head)  # led and sponsored
    purpose.retire_objective(objective=scene.objective, reason="reached", by=head)
    assert plans.held_by(leaver, head, TODAY).count == before - 6


def test_the_gaps_lead_to_it_and_count_what_the_page_lists(scene, leaver):
    client = scene.cast.client(scene.cast.head)
    gaps = client.get("/gaps")
    assert "16 things to hand over" in text(gaps)
    assert f'href="/people/{leaver.pk}/hand-over"' in gaps.content.decode()
    page = client.get(f"/people/{leaver.pk}/hand-over")
    boxes = re.findall(r'name="rows" value="(\w+:\d+)"', page.content.decode())
    hidden = re.search(r"and (\d+) more thing", text(page))
    assert len(set(boxes)) + int(hidden[1] if hidden else 0) == 16
    for heading in ("Heads the office 1", "Answers for steps 2", "Does the work 4", "Sponsors projects 2", "Holds duties 1"):
        assert heading in text(page)


def test_all_of_it_moves_and_comes_back(scene, leaver):
    taker, head, client = scene.cast.pmo, scene.cast.head, scene.cast.client(scene.cast.head)
    before = counts(leaver, head, Act.EDIT)
    rows = [row.key for row in plans.held_by(leaver, head, TODAY, Act.EDIT).rows]
    assert client.post(f"/people/{leaver.pk}/hand-over", {"taker": taker.pk, "rows": rows}).status_code == 303
    assert counts(leaver, head, Act.EDIT) == {}
    assert {code: n for code, n in counts(taker, head).items() if code in before} == before
    assert Raci.objects.get(step=scene.steps[0], letter="A").person == taker
    assert set(Raci.objects.filter(person=leaver).values_list("letter", flat=True)) == {"C"}
    undo = re.search(r"/activity/\d+/undo", client.get("/activity").content.decode())
    assert undo is not None
    assert client.post(undo[0]).status_code in {302, 303}
    assert counts(leaver, head, Act.EDIT) == before
    assert Raci.objects.filter(person=leaver).count() == 7


def test_only_what_was_chosen_moves(scene, leaver):
    taker, client = scene.cast.pmo, scene.cast.client(scene.cast.head)
    chosen = [f"kpi:{scene.kpi.pk}", f"step:{scene.steps[1].pk}"]
    response = client.post(f"/people/{leaver.pk}/hand-over", {"taker": taker.pk, "rows": chosen})
    assert response["Location"] == f"/people/{leaver.pk}/hand-over"  # the rest waits for somebody else
    assert {row.key for row in plans.held_by(taker, scene.cast.head, TODAY).rows} >= set(chosen)
    assert counts(leaver, scene.cast.head)["step"] == 1
    assert "kpi" not in counts(leaver, scene.cast.head)
    scene.objective.refresh_from_db()
    assert scene.objective.owner == leaver


def test_the_share_of_the_time_moves_along(scene, leaver):
    activity = scene.steps[0].activity
    Assignment.objects.filter(activity=activity).update(units=40)
    actions.hand_over(giver=leaver, taker=scene.cast.pmo, by=scene.cast.head, rows=[f"work:{activity.pk}"])
    assert list(Assignment.objects.filter(activity=activity).values_list("resource__person", "units")) == [
        (scene.cast.pmo.pk, 40)
    ]


def test_an_approved_goal_moves_only_by_who_approves_and_the_rest_is_counted(scene, leaver):
    pmo, head = scene.cast.pmo, scene.cast.head
    purpose.edit_objective(objective=scene.objective, changes={"owner": leaver}, by=head)
    type(scene.objective).objects.filter(pk=scene.objective.pk).update(state="APPROVED")
    assert "objective" in counts(leaver, head, Act.EDIT)
    held = plans.held_by(leaver, pmo, TODAY, Act.EDIT)
    # not by a PMO member: the head of the office, the approved objective, the one stood in for
    assert {code for code in KINDS if code not in counts(leaver, pmo, Act.EDIT)} == {"office", "objective", "deputy"}
    assert held.hidden == 3
    page = scene.cast.client(pmo).get(f"/people/{leaver.pk}/hand-over")
    assert "and 3 more things that you may not change" in text(page)
    taker = {"taker": scene.cast.nobody.pk, "rows": [f"objective:{scene.objective.pk}"]}
    assert scene.cast.client(pmo).post(f"/people/{leaver.pk}/hand-over", taker).status_code == 422
    assert scene.cast.client(head).post(f"/people/{leaver.pk}/hand-over", taker).status_code == 303


def test_a_confidential_goal_is_counted_and_not_named(scene, leaver):
    secret, _ = goal(scene.cast, "Sell the northern office", confidential=True)
    purpose.edit_objective(objective=secret, changes={"owner": leaver}, by=scene.cast.head)
    page = scene.cast.client(scene.cast.pmo).get(f"/people/{leaver.pk}/hand-over")
    assert "northern" not in text(page)
    assert f"and {plans.held_by(leaver, scene.cast.pmo, TODAY, Act.EDIT).hidden} more things" in text(page)
    assert "northern" in text(scene.cast.client(scene.cast.head).get(f"/people/{leaver.pk}/hand-over"))


def test_one_row_that_is_not_his_stops_all(scene, leaver):
    kpi, other = scene.kpi, goal(scene.cast, "Another")[1]
    with pytest.raises(Refused, match="no longer with"):
        actions.hand_over(giver=leaver, taker=scene.cast.pmo, by=scene.cast.head, rows=[f"kpi:{kpi.pk}", f"kpi:{other.pk}"])
    kpi.refresh_from_db()
    assert kpi.owner == leaver


def test_the_one_stood_in_for_is_nobodys_own_deputy(scene, leaver):
    nobody, row = scene.cast.nobody, f"deputy:{scene.cast.nobody.pk}"
    actions.hand_over(giver=leaver, taker=nobody, by=scene.cast.admin, rows=[row])
    nobody.refresh_from_db()
    assert nobody.deputy is None


def test_needs_somebody_else_and_something_chosen(scene, leaver):
    client = scene.cast.client(scene.cast.head)
    rows = [f"kpi:{scene.kpi.pk}"]
    assert client.post(f"/people/{leaver.pk}/hand-over", {"taker": leaver.pk, "rows": rows}).status_code == 422
    nothing = client.post(f"/people/{leaver.pk}/hand-over", {"taker": scene.cast.pmo.pk})
    assert nothing.status_code == 422
    assert "Choose what moves" in text(nothing)
    assert "Nothing to hand over" in text(client.get(f"/people/{scene.cast.nobody.pk}/hand-over"))


def test_who_does_not_plan_moves_nothing(scene, leaver):
    for role in ("AUDITOR", "PROJECT_MANAGER", "SPONSOR"):
        client = scene.cast.client(scene.cast.people[role])
        assert client.post(f"/people/{leaver.pk}/hand-over", {"taker": scene.cast.pmo.pk}).status_code == 403


def test_a_hand_over_is_undone_by_who_did_it_within_his_own_rights(scene, leaver):
    pmo, taker, activity = scene.cast.pmo, scene.cast.nobody, scene.steps[0].activity
    actions.hand_over(giver=leaver, taker=taker, by=pmo, rows=[f"work:{activity.pk}"])
    undo(changeset=Changeset.objects.latest("pk"), by=pmo)
    assert set(Assignment.objects.filter(activity=activity).values_list("resource__person", flat=True)) == {leaver.pk}


def test_what_came_along_stays_where_other_work_stands_on_it(scene, leaver):
    pmo, taker = scene.cast.pmo, scene.cast.nobody
    actions.hand_over(giver=leaver, taker=taker, by=pmo, rows=[f"work:{scene.steps[0].activity_id}"])
    first = Changeset.objects.latest("pk")
    schedule.assign(activity=scene.steps[2].activity, person=taker, by=pmo)
    undo(changeset=first, by=pmo)
    kept = Assignment.objects.filter(resource__person=taker).values_list("activity", flat=True)
    assert list(kept) == [scene.steps[2].activity_id]


def test_another_one_without_the_right_does_not_undo_it(scene, leaver):
    actions.hand_over(giver=leaver, taker=scene.cast.nobody, by=scene.cast.pmo, rows=[f"work:{scene.steps[0].activity_id}"])
    for role in (Role.TEAM_MEMBER, Role.PORTFOLIO_MANAGER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            undo(changeset=Changeset.objects.latest("pk"), by=scene.cast.people[role])


def test_work_for_a_duty_names_the_duty(scene):
    plan.add_duty(
        plan=scene.plan, name="Register", source="Data law", by=scene.cast.head, holder=scene.cast.pmo, cadence="MONTHLY",
        next_due=TODAY + timedelta(days=3), minutes=20,
    )  # fmt: skip
    plan.make_occurrences(plan=scene.plan, today=TODAY)
    assert "Register Duty: Data law" in text(scene.cast.client(scene.cast.head).get(f"/people/{scene.cast.pmo.pk}"))
