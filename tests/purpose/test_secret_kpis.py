"""A figure that serves confidential objectives alone is named only to who may see them; figures are entered by who may."""

from datetime import date

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.queries import visible, visible_records
from goldenthread.kit import history
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Contribution
from goldenthread.purpose import actions
from goldenthread.purpose.models import Kpi, Measurement, ValueRate

NAME = "Cost of the southern depot"


@pytest.fixture
def secret(cast):
    """An objective that few may see, with the KPI that it stands on, a figure, a worth, and work that moves it."""
    head = cast.head
    given = {"office": cast.office, "title": "Close the depot", "owner": cast.sponsor, "is_confidential": True}
    objective = actions.add_objective(**given, by=head)
    kpi = actions.add_kpi(office=cast.office, name=NAME, unit="£k", direction="FALL", by=head)
    actions.set_target(
        objective=objective, kpi=kpi, by=head, baseline=9.0, baseline_on=date(2026, 1, 1), value=3.0, due_on=date(2027, 1, 1)
    )
    actions.enter_measurement(kpi=kpi, on=date(2026, 2, 1), value=8.0, by=head)
    business_plan = plan.found_plan(office=cast.office, by=head)
    step = plan.add_step(plan=business_plan, name="Talk to the council", by=head, accountable=head)
    plan.contribute(kpi=kpi, step=step, size="M", by=head)
    return kpi


def test_who_may_not_see_the_objective_finds_its_figure_nowhere(cast, secret):
    client = cast.client(cast.pmo)
    step = Contribution.objects.get().step
    pages = ("/kpis", "/palette?q=southern", "/objectives", "/plan", f"/plan/steps/{step.pk}", "/map", "/activity", "/api/kpis")
    pages += (f"/plan/contributions/add?step={step.pk}", f"/plan/contributions/say?step=1&kpi={secret.pk}&size=M&chance=80")
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert NAME not in answer.content.decode(), page
    assert client.get(f"/kpis/{secret.pk}").status_code == 404
    assert "It moves 1 number not shown to you." in client.get(f"/plan/steps/{step.pk}").content.decode()
    for model in (Kpi, Measurement, ValueRate, Contribution):
        assert not visible(model.objects.all(), cast.pmo).exists()
        assert not visible_records(model, cast.pmo).exists()
    made = Changeset.objects.get(title=f"Add the KPI {NAME}")
    assert NAME not in client.get("/activity").content.decode()
    assert client.get(f"/activity/{made.pk}").status_code in {200, 404}
    assert NAME not in client.get(f"/activity/{made.pk}").content.decode()


def test_who_may_and_who_enters_it_see_it(cast, secret):
    assert NAME in cast.client(cast.head).get("/kpis").content.decode()
    actions.edit_kpi(kpi=secret, changes={"owner": cast.pmo}, by=cast.head)
    assert NAME in cast.client(cast.pmo).get(f"/kpis/{secret.pk}").content.decode()


def test_a_figure_that_an_open_objective_needs_too_is_open(cast, secret):
    other = actions.add_objective(office=cast.office, title="Cheaper running", by=cast.head, owner=cast.head)
    assert not visible(Kpi.objects.all(), cast.pmo).exists()
    actions.set_target(objective=other, kpi=secret, by=cast.head, baseline=9.0, value=5.0, due_on=date(2028, 1, 1))
    assert visible(Kpi.objects.all(), cast.pmo).get() == secret
    assert history.records(Kpi).exists()


def test_a_figure_without_a_target_is_open(cast):
    actions.add_kpi(office=cast.office, name="Something", unit="x", direction="RISE", by=cast.head)
    assert visible(Kpi.objects.all(), cast.pmo).count() == 1


def test_entering_a_figure_is_offered_to_who_may(cast):
    head = cast.head
    objective = actions.add_objective(office=cast.office, title="Cheaper running", by=head, owner=head)
    kpi = actions.add_kpi(office=cast.office, name="Running cost", unit="£k", direction="FALL", by=head)
    actions.set_target(objective=objective, kpi=kpi, by=head, baseline=9.0, value=3.0, due_on=date(2027, 1, 1))
    page = lambda person: cast.client(person).get(f"/objectives/{objective.pk}").content.decode()
    assert "Enter a figure" in page(head)
    assert "Enter a figure" not in page(cast.sponsor)
    actions.edit_kpi(kpi=kpi, changes={"owner": cast.sponsor}, by=head)
    assert "Enter a figure" in page(cast.sponsor)
