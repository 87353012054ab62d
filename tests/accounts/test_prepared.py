"""Queries composed once: they answer as if they were composed each time, and never out of another's rights."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Person, RoleGrant, Scope
from goldenthread.kit.permissions import Act, Role
from goldenthread.kit.prepared import Blank, Prepared
from goldenthread.kit.scoping import current_organisation, organisation_scope
from tests.accounts.test_rights import KEPT


def people() -> Prepared:
    return Prepared(lambda: Person.objects.filter(pk__in=Blank("ids")).order_by("name"))


class TestPrepared:
    def test_the_second_answer_is_not_composed_and_takes_other_values(self, cast):
        asked = Prepared(lambda: Person.objects.filter(pk=Blank("pk")))
        with CaptureQueriesContext(connection) as said:
            assert asked.rows(pk=cast.head.pk) == [cast.head]
            assert asked.rows(pk=cast.member.pk) == [cast.member]
            assert asked.rows(pk=0) == []
        assert len(said) == 3
        assert len(asked._composed) == 1

    @KEPT
    @given(data=st.data())
    def test_a_list_of_any_length_finds_the_same(self, cast, data):
        known = list(Person.objects.values_list("pk", flat=True))
        ids = data.draw(st.lists(st.sampled_from([*known, 0]), max_size=8))
        assert people().rows(ids=ids) == list(Person.objects.filter(pk__in=ids).order_by("name"))

    def test_annotations_subqueries_related_rows_and_slices_are_as_ever(self, cast):
        newest = RoleGrant.objects.filter(person=OuterRef("pk")).order_by("-pk").values("role")[:1]

        def build(least, most):
            rows = Person.objects.select_related("organisation", "deputy").annotate(n=Count("grants"), newest=Subquery(newest))
            return rows.filter(Q(n__gte=least), Q(leaves_on__isnull=True) | Q(leaves_on__gt=most)).order_by("pk")[:3]

        day = date(2026, 3, 1)
        found = Prepared(lambda: build(Blank("least"), Blank("day"))).rows(least=1, day=day)
        wanted = list(build(1, day))
        assert found == wanted
        assert [(p.n, p.newest, p.organisation.name) for p in found] == [(p.n, p.newest, p.organisation.name) for p in wanted]
        with CaptureQueriesContext(connection) as said:
            assert found[0].organisation.name == cast.organisation.name
        assert not said.captured_queries

    def test_values_and_prefetched_rows_are_as_ever(self, cast):
        values = Prepared(lambda: Person.objects.filter(pk=Blank("pk")).values_list("pk", "name"))
        assert values.rows(pk=cast.head.pk) == [(cast.head.pk, cast.head.name)]
        flat = Prepared(lambda: Person.objects.filter(pk=Blank("pk")).values_list("name", flat=True))
        assert flat.rows(pk=cast.head.pk) == [cast.head.name]
        scopes = Prepared(lambda: Scope.objects.filter(pk=Blank("pk")).prefetch_related("grants"))
        (top,) = scopes.rows(pk=cast.top.pk)
        with CaptureQueriesContext(connection) as said:
            assert {grant.person_id for grant in top.grants.all()} >= {cast.admin.pk}
        assert not said.captured_queries

    def test_a_number_that_no_column_holds_finds_nothing(self, cast):
        asked = Prepared(lambda: Person.objects.filter(Q(pk=Blank("pk")) | Q(deputy__in=Blank("ids"))))
        assert asked.rows(pk=10**30, ids=[-(10**30)]) == []

    def test_what_can_answer_nothing_answers_nothing(self, cast):
        assert Prepared(Person.objects.none).rows() == []
        assert Prepared(lambda: Person.objects.filter(pk__in=[])).rows() == []

    def test_a_value_that_is_not_told_is_missed(self, cast):
        with pytest.raises(KeyError, match="ids"):
            people().rows()

    def test_the_watch_of_the_tests_sees_a_key_that_lacks_what_is_looked_at(self, cast):
        by_value = Prepared(lambda name: Person.objects.filter(name=name))
        by_value.rows("Ada Quill")
        with pytest.raises(AssertionError, match="its key does not hold all"):
            by_value.rows("Nia Nobody")
        by_field = Prepared(lambda person: Person.objects.filter(department=person.department))
        by_field.rows(cast.head, key=cast.head.pk)
        cast.head.department = "Another one"
        with pytest.raises(AssertionError, match="its key does not hold all"):
            by_field.rows(cast.head, key=cast.head.pk)

    def test_the_watch_of_the_tests_looks_again_for_what_nobody_was_told(self, cast):
        names = iter(["Ada Quill", *["Nia Nobody"] * 30])
        unsteady = Prepared(lambda: Person.objects.filter(name=next(names)))
        with pytest.raises(AssertionError, match="its key does not hold all"):
            for _ in range(12):
                unsteady.rows()

    def test_each_organisation_has_its_own(self, cast):
        everybody = Prepared(lambda: Person.objects.order_by("pk"))
        with organisation_scope(cast.organisation):
            ours = everybody.rows()
        with organisation_scope(cast.foreign):
            theirs = everybody.rows()
        assert {p.organisation_id for p in ours} == {cast.organisation.pk}
        assert {p.organisation_id for p in theirs} == {cast.foreign.pk}

    def test_what_was_asked_without_limits_is_never_answered_within_them(self, cast):
        everybody = Prepared(lambda: Person.objects.order_by("pk"))
        with scopes_disabled():
            assert {p.organisation_id for p in everybody.rows()} == {cast.organisation.pk, cast.foreign.pk}
        assert {p.organisation_id for p in everybody.rows()} == {cast.organisation.pk}

    def test_the_oldest_goes_where_there_are_too_many(self, cast):
        asked = Prepared(lambda who: Person.objects.filter(name=who), kept=2)
        for who in ("a", "b", "c", "a"):
            assert asked.rows(who, key=who) == []
        assert [key for _, key in asked._composed] == ["c", "a"]

    def test_several_answer_together_in_one_statement(self, cast):
        asked = Prepared(lambda model: model.objects.filter(pk__in=Blank("ids")).values_list("pk", "organisation_id"))
        ids = [cast.head.pk, cast.member.pk]
        wanted = list(asked.rows(Person, key=Person, ids=ids)) + list(asked.rows(Scope, key=Scope, ids=ids))
        with CaptureQueriesContext(connection) as said:
            found = asked.together([((Person,), Person), ((Scope,), Scope)], ids=ids)
        assert (sorted(map(tuple, found)), len(said)) == (sorted(wanted), 1)
        assert asked.together([((Person,), Person)], ids=[]) == []
        assert asked.together([], ids=ids) == []


class TestForPerson:
    def test_a_role_given_or_taken_counts_at_once(self, cast):
        def sees():
            return queries.may(cast.fresh(cast.nobody), Act.VIEW, cast.office)

        assert not sees()
        grant = actions.grant_role(person=cast.nobody, role=Role.PMO, scope=cast.top, by=cast.admin)
        assert sees()
        actions.withdraw_role(grant=grant, by=cast.admin)
        assert not sees()

    def test_people_of_other_rights_never_share_an_answer(self, cast):
        everybody = [*cast.people.values(), cast.nobody]
        assert len({queries.standing(cast.fresh(person)) for person in everybody}) == len(everybody)

    def test_the_switch_about_the_time_of_others_is_part_of_it(self, cast):
        person = cast.fresh(cast.head)
        before = queries.standing(person)
        current_organisation().shows_time_of_others ^= True
        assert queries.standing(person) != before
        current_organisation().shows_time_of_others ^= True
        assert queries.standing(person) == before
