"""Clearing the demo from its page: for who may change the settings of the whole organisation, and for nobody else."""

import pytest
from django.test import Client

from goldenthread.accounts.models import Organisation
from tests.cast import cast

__all__ = ["cast"]


def test_the_head_of_one_office_does_not_clear_the_demo_and_who_administers_it_does(cast):
    Organisation.objects.filter(pk=cast.organisation.pk).update(is_demo=True)
    page = cast.client(cast.head).get("/settings/organisation").content.decode()
    assert "This is the demo" in page
    assert "/settings/demo/clear" not in page
    assert cast.client(cast.head).post("/settings/demo/clear").status_code == 403
    assert Organisation.objects.filter(pk=cast.organisation.pk).exists()

    assert "/settings/demo/clear" in cast.client(cast.admin).get("/settings/organisation").content.decode()
    gone = cast.client(cast.admin).post("/settings/demo/clear")
    assert gone.status_code == 303
    assert "The demo is cleared" in Client().get(gone["Location"]).content.decode()
    assert not Organisation.objects.filter(pk=cast.organisation.pk).exists()
    assert Organisation.objects.filter(pk=cast.foreign.pk).exists()


@pytest.mark.django_db
def test_an_installation_without_anybody_says_at_its_door_how_to_begin():
    door = Client().get("/sign-in/login/").content.decode()
    assert "Nobody can sign in here yet" in door
    assert "./gt found" in door
