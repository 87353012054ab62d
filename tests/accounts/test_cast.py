from goldenthread.accounts import queries
from goldenthread.accounts.models import Person
from goldenthread.kit.permissions import Role


def test_there_is_somebody_in_each_role(cast):
    assert {role: queries.rights(person).roles for role, person in cast.people.items()} == {r.value: {r.value} for r in Role}


def test_the_other_organisation_is_out_of_sight(cast):
    assert not Person.objects.filter(pk=cast.foreign_admin.pk).exists()
