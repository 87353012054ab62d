import pytest

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.kit.permissions import Role


def test_there_is_somebody_in_each_role(cast):
    assert {role: queries.rights(person).roles for role, person in cast.people.items()} == {r.value: {r.value} for r in Role}


def test_the_other_organisation_is_out_of_sight(cast):
    assert not Person.objects.filter(pk=cast.foreign_admin.pk).exists()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_finds_the_cast_as_it_was_built(cast, turn):
    with actions.changeset(title=f"The {turn} turn", by=cast.admin):
        for row, name in ((cast.office, "IT PMO"), (cast.head, "Head of PMO Aldermere")):
            assert row.name == name
            assert history.change(row, {"name": "Another"})
