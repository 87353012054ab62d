"""What an owner thinks of his or her own targets: told to nobody else, in no export, and judged once the day has passed."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import edit_organisation
from goldenthread.accounts.models import Changeset, Organisation
from goldenthread.accounts.queries import everything_about
from goldenthread.evidence import actions
from goldenthread.evidence.models import OwnEstimate, Prediction
from goldenthread.evidence.queries.calibration import calibration
from goldenthread.evidence.queries.own_estimates import own_record, shared_estimates
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.purpose import actions as purpose
from goldenthread.workspace.queries import exports

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(scene):
    return scene.cast.pmo  # owns the scene's objective


def state(scene, owner, percent=73, *, shared=False, ago=0):
    day = scene.today - timedelta(days=ago)
    return actions.state_own_chances(
        objective=scene.objective, percents={scene.target.pk: percent}, is_shared=shared, by=owner, today=day
    )


def switch_off(scene):
    own = Organisation.objects.get(pk=scene.cast.organisation.pk)
    edit_organisation(organisation=own, changes={"shows_own_estimates": False}, by=scene.cast.admin)


def page(scene, person, address):
    answer = scene.cast.client(person).get(address)
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", answer.content.decode().split("<main", 1)[1])).split())


def test_only_the_owner_may_say_it_and_only_where_the_organisation_asks(scene, owner):
    with pytest.raises(Forbidden):
        state(scene, scene.cast.head)
    with pytest.raises(Refused):
        state(scene, owner, 101)
    assert state(scene, owner) == 1
    switch_off(scene)
    with pytest.raises(Forbidden):
        state(scene, scene.cast.fresh(owner))


def test_it_leaves_no_trace_for_others(scene, owner):
    """Not in the activity, the track record, exports, or the file that an administrator takes out about the person."""
    before, written = Changeset.objects.count(), dict(exports(scene.cast.head, "csv"))
    state(scene, owner, 73)
    assert Changeset.objects.count() == before
    assert dict(exports(scene.cast.head, "csv")) == written
    assert not Prediction.objects.exists()
    assert calibration(scene.cast.head).waiting == ()
    assert shared_estimates(scene.cast.head) == []
    now = scene.objective.history.latest().history_date
    told = lambda viewer: json.dumps(everything_about(owner, viewer, now), default=str)
    assert "OwnEstimate" not in told(scene.cast.admin)
    assert "OwnEstimate" in told(owner)
    address = f"/objectives/{scene.objective.pk}"
    assert scene.cast.client(scene.cast.head).get(f"{address}/own-chance").status_code == 404
    assert scene.cast.client(scene.cast.head).post(f"{address}/own-chance", {}).status_code == 403
    for person in (scene.cast.head, scene.cast.sponsor):
        assert "in your eyes" not in page(scene, person, address)
        assert "73 %" not in page(scene, person, "/track-record")


def test_what_is_shared_is_shown_with_the_name_to_who_may_see_the_target(scene, owner):
    state(scene, owner, 73, shared=True)
    assert f"{owner.name}: 73 %" in page(scene, scene.cast.head, "/track-record")
    purpose.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=scene.cast.head)
    assert shared_estimates(scene.cast.fresh(scene.cast.people["PROJECT_MANAGER"])) == []
    state(scene, owner, 60, shared=False)
    assert shared_estimates(scene.cast.fresh(scene.cast.head)) == []


def test_it_is_judged_by_the_aim_it_spoke_of_when_the_day_has_passed(scene, owner):
    state(scene, owner, 80, ago=100)
    row = OwnEstimate.objects.get()
    due = scene.today - timedelta(days=3)
    OwnEstimate.objects.update(due_on=due)
    assert actions.close_predictions(today=scene.today) == 1
    row.refresh_from_db()
    assert (row.outcome, row.was_reached) == (5.0, False)  # 5 days, at most 3 were asked
    record = own_record(owner)
    assert [one.pk for one in record.closed] == [row.pk]
    assert record.brier == pytest.approx(0.64)
    assert "1 target judged" in page(scene, owner, f"/objectives/{scene.objective.pk}/own-chance")


def test_the_owner_says_it_on_a_form_that_his_page_fetches(scene, owner):
    client, address = scene.cast.client(owner), f"/objectives/{scene.objective.pk}"
    assert "Say it, and see later how right you were" in page(scene, owner, address)
    name = f"chance_{scene.target.pk}"
    assert f'name="{name}"' in client.get(f"{address}/own-chance").content.decode()
    assert client.post(f"{address}/own-chance", {name: "140"}).status_code == 422
    assert client.post(f"{address}/own-chance", {name: "65"}).status_code == 303
    assert client.post(f"{address}/own-chance", {name: "70"}).status_code == 303  # the same day: said anew
    row = OwnEstimate.objects.get()
    assert (row.chance, row.is_shared, row.value, row.due_on) == (0.7, False, 3.0, scene.target.due_on)
    assert client.post(f"{address}/own-chance", {"forget": "1"}).status_code == 303
    assert not OwnEstimate.objects.exists()


def test_what_was_said_can_be_removed_when_nobody_is_asked_any_more(scene, owner):
    state(scene, owner)
    switch_off(scene)
    client, address = scene.cast.client(owner), f"/objectives/{scene.objective.pk}/own-chance"
    shown = client.get(address).content.decode()
    assert "Remove what I said" in shown
    assert 'name="chance_' not in shown
    assert client.post(address, {f"chance_{scene.target.pk}": "50"}).status_code == 403
    assert client.post(address, {"forget": "1"}).status_code == 303
    assert not OwnEstimate.objects.exists()
    assert client.get(address).status_code == 404


def test_what_was_said_can_be_removed_by_who_owns_the_objective_no_more(scene, owner):
    state(scene, owner)
    purpose.edit_objective(objective=scene.objective, changes={"owner": scene.cast.head}, by=scene.cast.head)
    address = f"/objectives/{scene.objective.pk}/own-chance"
    assert scene.cast.client(scene.cast.sponsor).post(address, {"forget": "1"}).status_code == 403
    assert OwnEstimate.objects.count() == 1
    assert scene.cast.client(owner).post(address, {"forget": "1"}).status_code == 303
    assert not OwnEstimate.objects.exists()


def test_of_several_chances_all_are_kept_or_none(scene, owner):
    second = purpose.add_kpi(office=scene.cast.office, name="Cost of a decision", by=scene.cast.head)
    other = purpose.set_target(
        objective=scene.objective, kpi=second, by=scene.cast.head, baseline=1.0, value=2.0, due_on=scene.target.due_on
    )
    with pytest.raises(Refused):
        actions.state_own_chances(
            objective=scene.objective,
            percents={scene.target.pk: 50, other.pk: 101},
            is_shared=False,
            by=owner,
            today=scene.today,
        )
    assert not OwnEstimate.objects.exists()


def test_the_page_of_an_objective_asks_the_database_no_more_for_it(scene, owner):
    client, address = scene.cast.client(owner), f"/objectives/{scene.objective.pk}"

    def asked():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    with_link = asked()
    switch_off(scene)
    assert with_link == asked()
