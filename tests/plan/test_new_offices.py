"""A new office: its plan is there from the first moment, and goes with it when the office is taken back."""

from goldenthread.accounts.actions import grant_role
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.permissions import Role
from goldenthread.plan.actions import found_plan
from goldenthread.plan.models import BusinessPlan
from goldenthread.purpose.actions import add_office
from goldenthread.purpose.models import Office


def test_an_office_added_by_page_has_an_empty_plan_that_opens(cast):
    grant_role(person=cast.head, role=Role.HEAD, scope=cast.top, by=None)
    assert cast.client(cast.admin).post("/offices/new", {"name": "Change office"}).status_code == 303
    assert BusinessPlan.objects.get(office__code="change-office").schedule.activities.count() == 0
    assert cast.client(cast.head).get("/plan?office=change-office").status_code == 200


def test_taking_an_office_back_takes_its_plan_back(cast):
    add_office(name="Change office", by=cast.admin)
    undo(changeset=Changeset.objects.get(title="Add the office Change office"), by=None)
    assert not Office.objects.filter(name="Change office").exists()
    assert not BusinessPlan.objects.filter(name__contains="Change office").exists()


def test_what_is_empty_offers_its_one_action_to_who_may_do_it(cast):
    client = cast.client(cast.fresh(cast.head))
    found_plan(office=cast.office, by=cast.head)
    shown = lambda address, who: who.get(address).content.decode().split('<section class="empty">', 1)[1]
    empty = lambda address, who: shown(address, who).split("</section>", 1)[0]
    assert 'commandfor="add-step"' in empty("/plan", client)
    assert "/plan/duties/add?office=" in empty("/plan/duties", client)
    assert 'href="/plan?office=' in empty("/plan?mine=1", client)
    assert "No steps yet." in empty("/plan?view=raci", client)
    watcher = cast.client(cast.fresh(cast.people[Role.AUDITOR]))
    assert "<button" not in empty("/plan", watcher)
    assert "href" not in empty("/plan/duties", watcher)
