"""Nobody climbs: by a link kept for later, by an absent person who is gone, or by undoing what others did about oneself."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind, Role
from tests.cast import add_player


def test_a_link_kept_by_who_made_it_opens_no_higher_role(cast):
    person = add_player("Rising Star", "rising@aldermere.example", Role.TEAM_MEMBER, cast.office.scope)
    secret = actions.invite(person=person, by=cast.head)
    actions.grant_role(person=person, role=Role.ADMINISTRATOR, scope=cast.top, by=cast.admin)
    with pytest.raises(Refused, match="no longer holds"):
        actions.accept_invitation(invitation=queries.invitation_of(secret), password="quite another password")
    assert person.user.check_password("a long enough password")
    secret = actions.invite(person=person, by=cast.admin)
    actions.accept_invitation(invitation=queries.invitation_of(secret), password="quite another password")


def test_nobody_takes_an_address_for_the_own_sign_in(cast):
    """It would keep the person whose address it is from ever being invited, in whichever organisation."""
    client = cast.client(cast.member)
    for action in ("action_add", "action_primary"):
        client.post("/sign-in/email/", {action: "", "email": "newcomer@other.example"})
    cast.member.user.refresh_from_db()
    assert cast.member.user.email == cast.member.email
    assert not EmailAddress.objects.filter(email="newcomer@other.example").exists()


def test_the_deputy_of_who_has_left_has_no_rights_of_that_person(cast):
    today = timezone.localdate()
    away = {"absent_from": today, "absent_to": today + timedelta(days=4000), "deputy": cast.member}
    actions.edit_person(person=cast.head, changes=away, by=cast.head)
    assert queries.may_in(cast.fresh(cast.member), Act.EDIT, Kind.PLAN, cast.office.scope_id)
    actions.edit_person(person=cast.fresh(cast.head), changes={"leaves_on": today - timedelta(days=1)}, by=cast.admin)
    assert not queries.may_in(cast.fresh(cast.member), Act.EDIT, Kind.PLAN, cast.office.scope_id)


def test_what_others_changed_about_oneself_is_not_undone_by_oneself(cast):
    """A head who also audits may not change the own address; undo is no other way to it."""
    actions.grant_role(person=cast.head, role=Role.AUDITOR, scope=cast.top, by=cast.admin)
    head = cast.fresh(cast.head)
    actions.edit_person(person=head, changes={"job_title": "Former head"}, by=cast.admin)
    with pytest.raises(Forbidden):
        undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    head = cast.fresh(cast.head)
    actions.edit_person(person=head, changes={"absent_from": timezone.localdate(), "absent_to": timezone.localdate()}, by=head)
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    assert cast.fresh(cast.head).absent_from is None


def test_a_role_in_a_hidden_place_is_not_found_by_asking_for_the_role(cast):
    from goldenthread.projects import actions as projects

    secret = projects.add_project(name="Sell the lake", is_confidential=True, by=cast.head, under=cast.office.scope)
    insider = add_player("Ines Inside", "inside@aldermere.example", Role.PROGRAMME_MANAGER, secret.scope)
    found = {"viewer": cast.fresh(cast.pmo), "role": Role.PROGRAMME_MANAGER, "today": timezone.localdate(), "now": timezone.now()}
    assert insider not in queries.people_rows(**found)
    assert insider in queries.people_rows(**{**found, "viewer": cast.fresh(cast.head)})


def test_a_refused_undo_names_no_later_action_that_is_hidden(cast):
    from goldenthread.plan import actions as plan
    from goldenthread.projects import actions as projects

    secret = projects.add_project(name="Sell the lake", is_confidential=True, by=cast.head, under=cast.office.scope)
    made = plan.found_plan(office=cast.office, by=cast.head)
    step = plan.add_step(plan=made, name="Watch", by=cast.pmo)
    plan.edit_step(step=step, changes={"deliverable": "Seats"}, by=cast.pmo)
    mine = Changeset.objects.latest("id")
    plan.supervise(step=step, project=secret, by=cast.head)
    with pytest.raises(Refused, match="not shown to you") as refusal:
        undo(changeset=mine, by=cast.fresh(cast.pmo))
    assert "lake" not in str(refusal.value)
    page = cast.client(cast.pmo).get(f"/plan/steps/{step.pk}").content.decode()
    assert "lake" not in page
    assert "1 project not shown to you" in page
    assert "Sell the lake" in cast.client(cast.head).get(f"/plan/steps/{step.pk}").content.decode()
