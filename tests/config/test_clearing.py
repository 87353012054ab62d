"""Clearing the demo from its page: for who may change the settings of the whole organisation, and for nobody else."""

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
    assert cast.client(cast.admin).post("/settings/demo/clear").status_code == 303
    assert not Organisation.objects.filter(pk=cast.organisation.pk).exists()
    assert Organisation.objects.filter(pk=cast.foreign.pk).exists()
