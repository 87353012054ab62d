"""Scopes, roles, deputies: the one predicate against a plain reading of the rules, and nobody climbs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Invitation, Person, RoleGrant, Scope, ScopeEdge, ScopePath, User
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind, Role, allows
from goldenthread.kit.scoping import organisation_scope
from goldenthread.purpose.models import Objective, Office
from tests.cast import add_player

KEPT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def scope(name: str, under: Scope, kind: str = "PORTFOLIO") -> Scope:
    return actions.add_scope(kind=kind, name=name, under=under)


def reachable(edges: set[tuple[int, int]], start: int) -> set[int]:
    """What lies at or below a scope, by walking the edges."""
    seen, layer = {start}, {start}
    while layer:
        layer = {child for parent, child in edges if parent in layer} - seen
        seen |= layer
    return seen


def closure() -> set[tuple[int, int]]:
    return set(ScopePath.objects.values_list("ancestor_id", "descendant_id"))


def walked() -> set[tuple[int, int]]:
    edges = set(ScopeEdge.objects.values_list("parent_id", "child_id"))
    return {(s, below) for s in Scope.objects.values_list("id", flat=True) for below in reachable(edges, s)}


class TestClosure:
    def test_a_project_lies_in_two_portfolios(self, cast):
        one, two = scope("One", cast.top), scope("Two", cast.top)
        project = scope("Project", one, "PROJECT")
        actions.place_scope(scope=project, under=two)
        assert closure() == walked()
        actions.lift_scope(scope=project, out_of=one)
        assert closure() == walked()
        with pytest.raises(Refused, match="nowhere else"):
            actions.lift_scope(scope=project, out_of=two)

    def test_a_circle_is_refused(self, cast):
        upper = scope("Upper", cast.top)
        lower = scope("Lower", upper)
        for above, below in ((upper, lower), (upper, upper)):
            with pytest.raises(Refused, match="circle"):
                actions.place_scope(scope=above, under=below)
        assert closure() == walked()

    def test_many_at_once_are_like_one_by_one(self, cast):
        inner = scope("Inner", scope("Outer", cast.top))
        made = actions.add_scopes(kind="PROJECT", names=["a", "b", "c"], under=inner)
        assert len(made) == 3
        assert closure() == walked()

    @KEPT
    @given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)), max_size=14))
    def test_the_closure_is_what_the_edges_say_after_any_moves(self, cast, steps):
        scopes = [cast.top, *(scope(f"S{n}", cast.top) for n in range(6))]
        for places, child, parent in steps:
            try:
                if places:
                    actions.place_scope(scope=scopes[child], under=scopes[parent])
                else:
                    actions.lift_scope(scope=scopes[child], out_of=scopes[parent])
            except Refused:
                continue
            assert closure() == walked()
        assert closure() == walked()


class TestVisible:
    """`visible` in one statement beside the rules read row by row."""

    def oracle(self, person: Person, row: Any, act: str) -> bool:
        edges = set(ScopeEdge.objects.values_list("parent_id", "child_id"))
        today = timezone.localdate()
        holders = {person.pk} | {
            p.pk
            for p in Person.objects.filter(deputy=person)
            if p.absent_from and p.absent_to and p.absent_from <= today <= p.absent_to
        }
        grants = [(g.role, g.scope_id) for g in RoleGrant.objects.filter(person_id__in=holders)]
        place = row.office.scope_id

        def holds(kind: str, wanted: str) -> bool:
            return any(allows(role, kind, wanted) and place in reachable(edges, held) for role, held in grants)

        by_role = holds(Kind.OBJECTIVE, act) and (not row.is_confidential or holds(Kind.CONFIDENTIAL, Act.VIEW))
        return by_role or (act == Act.VIEW and row.owner_id == person.pk)

    @KEPT
    @given(data=st.data())
    def test_the_predicate_is_the_rule(self, cast, data):
        places = [cast.top, cast.office.scope, cast.second_office.scope, cast.project_scope]
        people = [cast.nobody, cast.member, cast.pmo]
        RoleGrant.objects.filter(person__in=people)._raw_delete("default")
        with actions.changeset(title="Set up", by=None):
            for person in people:
                for role, where in data.draw(
                    st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(0, 3)), max_size=3, unique=True)
                ):
                    RoleGrant(person=person, role=role, scope=places[where]).save()
            away = data.draw(st.sampled_from([None, -1, 0, 1]))
            today = timezone.localdate()
            absent = (
                {"absent_from": None, "absent_to": None}
                if away is None
                else {"absent_from": today + timedelta(days=away), "absent_to": today + timedelta(days=away)}
            )
            Person.objects.filter(pk=people[1].pk).update(deputy=people[0], **absent)
            rows = [
                Objective(office=office, title="o", is_confidential=secret, owner=owner)
                for office in (cast.office, cast.second_office)
                for secret in (False, True)
                for owner in (None, people[0])
            ]
            for row in rows:
                row.save()
        for person in people:
            asked = cast.fresh(person)
            for act in Act:
                seen = set(queries.visible(Objective.objects.all(), asked, act).values_list("pk", flat=True))
                assert seen == {row.pk for row in rows if self.oracle(asked, row, act)}
                assert [queries.may(asked, act, row) for row in rows] == [row.pk in seen for row in rows]
        Objective.objects.all()._raw_delete("default")

    @KEPT
    @given(
        role=st.sampled_from(list(Role)),
        kind=st.sampled_from(list(Kind)),
        act=st.sampled_from(list(Act)),
        held=st.integers(0, 3),
        at=st.integers(0, 3),
    )
    def test_a_right_counts_on_its_scope_and_below(self, cast, role, kind, act, held, at):
        places = [cast.top, cast.office.scope, cast.second_office.scope, cast.project_scope]
        RoleGrant.objects.filter(person=cast.nobody)._raw_delete("default")
        with actions.changeset(title="Set up", by=None):
            RoleGrant(person=cast.nobody, role=role, scope=places[held]).save()
        asked = cast.fresh(cast.nobody)
        edges = set(ScopeEdge.objects.values_list("parent_id", "child_id"))
        wanted = allows(role, kind, act) and places[at].pk in reachable(edges, places[held].pk)
        assert queries.may_in(asked, act, kind, places[at].pk) == wanted
        assert queries.may_in(asked, act, kind, None) == allows(role, kind, act)

    def test_a_client_sees_only_the_projects_he_is_named_for(self, cast):
        client = cast.people[Role.CLIENT]
        assert not queries.people(client).exclude(pk=client.pk).exists()
        assert not queries.visible(Objective.objects.all(), client).exists()
        assert queries.may_in(client, Act.VIEW, Kind.PROJECT, cast.project_scope.pk)
        assert not queries.may_in(client, Act.VIEW, Kind.PROJECT, cast.office.scope_id)


class TestDeputies:
    def away(self, cast, person: Person, deputy: Person, days: int = 0) -> None:
        day = timezone.localdate() + timedelta(days=days)
        actions.edit_person(person=person, changes={"deputy": deputy, "absent_from": day, "absent_to": day}, by=person)

    def test_a_deputy_has_the_rights_while_the_absence_lasts(self, cast):
        assert not queries.may_in(cast.nobody, Act.APPROVE, Kind.PLAN, cast.office.scope_id)
        self.away(cast, cast.head, cast.nobody)
        assert queries.may_in(cast.fresh(cast.nobody), Act.APPROVE, Kind.PLAN, cast.office.scope_id)
        self.away(cast, cast.head, cast.nobody, days=1)
        assert not queries.may_in(cast.fresh(cast.nobody), Act.APPROVE, Kind.PLAN, cast.office.scope_id)

    def test_rights_do_not_pass_on_from_deputy_to_deputy(self, cast):
        self.away(cast, cast.head, cast.member)
        self.away(cast, cast.member, cast.nobody)
        assert not queries.may_in(cast.fresh(cast.nobody), Act.APPROVE, Kind.PLAN, cast.office.scope_id)

    def test_a_deputy_keeps_nothing_by_giving_roles(self, cast):
        self.away(cast, cast.admin, cast.pmo)
        deputy = cast.fresh(cast.pmo)
        assert Role.ADMINISTRATOR in queries.rights(deputy).roles
        with pytest.raises(Forbidden):
            actions.grant_role(person=deputy, role=Role.ADMINISTRATOR, scope=cast.top, by=deputy)
        with pytest.raises(Forbidden):
            actions.edit_person(person=cast.head, changes={"deputy": deputy}, by=deputy)

    def test_neither_oneself_nor_an_external_stands_in(self, cast):
        client = cast.people[Role.CLIENT]
        actions.edit_person(person=client, changes={"is_external": True}, by=cast.admin)
        for deputy in (cast.head, client):
            with pytest.raises(Refused):
                self.away(cast, cast.head, deputy)


class TestNobodyClimbs:
    def test_a_head_may_not_make_himself_administrator(self, cast):
        for role in queries.ONLY_BY_ADMINISTRATORS:
            with pytest.raises(Forbidden):
                actions.grant_role(person=cast.head, role=role, scope=cast.office.scope, by=cast.head)

    def test_a_head_gives_roles_in_his_office_only(self, cast):
        actions.grant_role(person=cast.nobody, role=Role.PROJECT_MANAGER, scope=cast.project_scope, by=cast.head)
        for where in (cast.second_office.scope, cast.top):
            with pytest.raises(Forbidden):
                actions.grant_role(person=cast.nobody, role=Role.PMO, scope=where, by=cast.head)

    @pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HEAD, Role.ADMINISTRATOR}])
    def test_no_other_role_gives_roles(self, cast, role):
        with pytest.raises(Forbidden):
            actions.grant_role(person=cast.nobody, role=Role.TEAM_MEMBER, scope=cast.project_scope, by=cast.people[role])

    def test_a_head_may_not_take_over_an_administrator(self, cast):
        """A new address, an invitation, a deputy, a token, a closed sign-in: each would be a way to become or to remove him."""
        for changes in (
            {"email": "mine@aldermere.example"},
            {"deputy": cast.head},
            {"leaves_on": timezone.localdate()},
            {"name": "x"},
        ):
            with pytest.raises(Forbidden):
                actions.edit_person(person=cast.admin, changes=changes, by=cast.head)
        with pytest.raises(Forbidden):
            actions.invite(person=cast.admin, by=cast.head)
        with pytest.raises(Forbidden):
            actions.open_account(person=cast.admin, password="another long password", by=cast.head)
        with pytest.raises(Forbidden):
            actions.issue_token(person=cast.admin, name="t", days=1, may_write=True, by=cast.head)

    def test_nor_the_head_of_the_other_office(self, cast):
        other = add_player("Other Head", "other.head@aldermere.example", Role.HEAD, cast.second_office.scope)
        with pytest.raises(Forbidden):
            actions.invite(person=other, by=cast.head)
        actions.invite(person=other, by=cast.admin)

    def test_one_changes_of_oneself_only_absence_and_deputy(self, cast):
        for changes in ({"name": "Boss"}, {"leaves_on": None}, {"email": "new@aldermere.example"}, {"is_external": False}):
            with pytest.raises(Forbidden):
                actions.edit_person(person=cast.member, changes=changes, by=cast.member)
        with pytest.raises(Forbidden):
            actions.edit_person(person=cast.admin, changes={"user": cast.head.user}, by=cast.admin)

    def test_administrators_are_of_the_whole_organisation_and_clients_of_projects(self, cast):
        with pytest.raises(Refused, match="held on organisation only"):
            actions.grant_role(person=cast.head, role=Role.ADMINISTRATOR, scope=cast.office.scope, by=cast.admin)
        with pytest.raises(Refused, match="held on programme, project only"):
            actions.grant_role(person=cast.nobody, role=Role.CLIENT, scope=cast.office.scope, by=cast.admin)

    def test_the_last_administrator_stays(self, cast):
        grant = RoleGrant.objects.get(person=cast.admin)
        with pytest.raises(Refused, match="only administrator"):
            actions.withdraw_role(grant=grant, by=cast.admin)
        with pytest.raises(Refused, match="only administrator"):
            actions.edit_person(person=cast.admin, changes={"leaves_on": timezone.localdate()}, by=cast.admin)
        without_sign_in = actions.add_person(name="No Sign-in", email="none@aldermere.example", by=None)
        actions.grant_role(person=without_sign_in, role=Role.ADMINISTRATOR, scope=cast.top, by=cast.admin)
        with pytest.raises(Refused, match="only administrator"):
            actions.withdraw_role(grant=grant, by=cast.admin)
        actions.open_account(person=without_sign_in, password="a long enough password", by=cast.admin)
        actions.withdraw_role(grant=grant, by=cast.admin)
        assert not RoleGrant.objects.filter(person=cast.admin).exists()


class TestInvitations:
    def guest(self, **fields: Any) -> Person:
        return actions.add_person(name="Gail Guest", email="gail@aldermere.example", by=None, **fields)

    def accept(self, secret: str) -> User:
        return actions.accept_invitation(invitation=queries.invitation_of(secret), password="a long enough password")

    def test_a_link_works_once(self, cast):
        secret = actions.invite(person=self.guest(), by=cast.admin)
        assert self.accept(secret).check_password("a long enough password")
        with pytest.raises(Refused, match="used or has expired"):
            self.accept(secret)

    def test_a_link_ends_after_its_time(self, cast, time_machine_now):
        secret = actions.invite(person=self.guest(), by=cast.admin)
        with time_machine_now(days=actions.INVITATION_DAYS, seconds=1), pytest.raises(Refused, match="expired"):
            self.accept(secret)

    def test_only_a_digest_is_stored(self, cast):
        secret = actions.invite(person=self.guest(), by=cast.admin)
        stored = Invitation.objects.get()
        assert secret not in str(vars(stored))
        assert len(secret) >= 43  # 256 bits

    def test_an_invitation_never_takes_over_the_sign_in_of_another_organisation(self, cast):
        victim = cast.foreign_admin.user
        intruder = actions.add_person(name="Same Address", email=victim.email, by=None)
        with pytest.raises(Refused, match="cannot be invited"):
            actions.invite(person=intruder, by=cast.admin)
        Person.objects.filter(pk=intruder.pk).update(email="")
        late = self.guest()
        secret = actions.invite(person=late, by=cast.admin)
        Person.objects.filter(pk=late.pk).update(email=victim.email)
        with pytest.raises(Refused, match="has a sign-in already"):
            self.accept(secret)
        with organisation_scope(cast.foreign):
            assert User.objects.get(pk=victim.pk).check_password("a long enough password")

    def test_who_has_left_cannot_come_back_by_an_old_link(self, cast):
        secret = actions.invite(person=self.guest(leaves_on=timezone.localdate() - timedelta(days=1)), by=cast.admin)
        with pytest.raises(Refused):
            self.accept(secret)

    def test_a_new_address_is_the_new_name_to_sign_in(self, cast):
        actions.edit_person(person=cast.pmo, changes={"email": "New@Aldermere.example"}, by=cast.admin)
        assert User.objects.get(pk=cast.pmo.user_id).email == "new@aldermere.example"
        with pytest.raises(Refused, match="cannot be used"):
            actions.edit_person(person=cast.pmo, changes={"email": cast.foreign_admin.email}, by=cast.admin)


def test_an_office_is_a_scope_of_its_own(cast):
    assert Office.objects.count() == 2
    assert not queries.visible(Office.objects.all(), cast.pmo).filter(pk=cast.second_office.pk).exists()
