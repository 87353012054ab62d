"""Objectives that pull apart, from the rows of an office: what is found, to whom it is shown, and what it costs."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.queries import forget_rights
from goldenthread.config import plan_conflicts
from goldenthread.config.session import Session
from goldenthread.kit import history
from goldenthread.plan import actions as plan
from goldenthread.plan.queries.conflict_page import conflict_page
from goldenthread.plan.queries.conflicts import conflict_rows
from goldenthread.purpose import actions as purpose

pytestmark = pytest.mark.django_db


def objective(scene, title, kpi=None, *, baseline=5.0, value=7.0, clause=None, **more):
    """A proposed objective with one target."""
    head = scene.cast.head
    made = purpose.add_objective(office=scene.cast.office, title=title, short_name=title, by=head, owner=scene.cast.pmo, **more)
    if kpi is not None:
        due = scene.today + timedelta(days=200)
        purpose.set_target(
            objective=made, kpi=kpi, by=head, baseline=baseline, baseline_on=scene.today, value=value, due_on=due, tolerance=0.0
        )
    purpose.propose_objective(objective=made, by=head)
    return made


def kpi(scene, name, direction="FALL"):
    return purpose.add_kpi(office=scene.cast.office, name=name, by=scene.cast.head, unit="points", direction=direction)


def page(scene, person=None):
    viewer = scene.cast.fresh(person or scene.cast.head)
    return conflict_page(conflict_rows(scene.plan, scene.today, viewer))


def pairs(found):
    return {(pair.first.label, pair.second.label): [told.check for told in pair.against] for pair in found.pairs if pair.against}


@pytest.fixture
def live(scene):
    purpose.propose_objective(objective=scene.objective, by=scene.cast.head)
    return scene


def test_a_seeded_conflict_is_found_with_its_rows_and_an_independent_pair_is_not(live):
    objective(live, "Careful decisions", live.kpi)
    objective(live, "Fewer complaints", kpi(live, "Complaints"))
    found = page(live)
    assert pairs(found) == {("Faster decisions", "Careful decisions"): ["OC01"]}
    (pair,) = found.pairs
    assert len(pair.against[0].rows) == 2
    assert "Settle with both owners" in pair.against[0].advice
    assert found.sentence == "1 pair of 3 objectives pulls apart."


def test_a_step_that_helps_one_and_harms_the_other_is_found(live):
    errors = kpi(live, "Errors")
    objective(live, "Fewer errors", errors, baseline=9.0, value=5.0)
    for figure, effect in ((live.kpi, (-1.0, -0.8, -0.5)), (errors, (1.0, 2.0, 3.0))):
        plan.contribute(step=live.step, kpi=figure, effect=effect, by=live.cast.head)
    found = page(live)
    assert pairs(found) == {("Faster decisions", "Fewer errors"): ["OC02"]}
    assert "Clients decide" in found.pairs[0].against[0].words


def test_a_step_has_the_effects_of_the_initiative_above_it(live):
    errors = kpi(live, "Errors")
    objective(live, "Fewer errors", errors, baseline=9.0, value=5.0)
    below = plan.add_step(plan=live.plan, name="Skip the check", by=live.cast.head, accountable=live.cast.pmo, parent=live.step)
    plan.contribute(step=live.step, kpi=live.kpi, effect=(-1.0, -0.8, -0.5), by=live.cast.head)
    plan.contribute(step=below, kpi=errors, effect=(1.0, 2.0, 3.0), by=live.cast.head)
    found = page(live)
    assert pairs(found) == {("Faster decisions", "Fewer errors"): ["OC02"]}
    assert "Skip the check" in found.pairs[0].against[0].words


class TestHours:
    @pytest.fixture
    def crowded(self, live):
        """The same person on two steps, 60 hours each, in the same week and a half."""
        head, member = live.cast.head, live.cast.member
        effort = kpi(live, "Customer effort")
        objective(live, "Less effort", effort, baseline=9.0, value=5.0)
        second = plan.add_step(
            plan=live.plan, name="Mend the letters", by=head, accountable=head, responsible=(member,), duration=4800,
            effort_low=3000, effort_likely=3600, effort_high=4000,
        )  # fmt: skip
        step = live.fresh(live.step)
        plan.edit_step(step=step, changes={"effort_low": 3000, "effort_likely": 3600, "effort_high": 4000}, by=head)
        plan.contribute(step=step, kpi=live.kpi, effect=(-1.0, -0.8, -0.5), by=head)
        plan.contribute(step=second, kpi=effort, effect=(-1.0, -0.8, -0.5), by=head)
        return live

    def test_one_person_with_too_few_hours_for_two_objectives_is_found(self, crowded):
        found = page(crowded)
        assert pairs(found) == {("Faster decisions", "Less effort"): ["OC03"]}
        assert crowded.cast.member.name in found.pairs[0].against[0].words

    def test_half_the_work_fits(self, crowded):
        step = crowded.fresh(crowded.step)
        plan.edit_step(step=step, changes={"effort_low": 60, "effort_likely": 60, "effort_high": 60}, by=crowded.cast.head)
        assert pairs(page(crowded)) == {}

    def test_who_may_not_see_the_gaps_reads_no_name(self, crowded):
        found = page(crowded, crowded.cast.people["PROJECT_MANAGER"])
        assert pairs(found) == {("Faster decisions", "Less effort"): ["OC03"]}
        assert crowded.cast.member.name not in str(found.pairs[0].against)
        assert "One person" in found.pairs[0].against[0].words

    def test_without_weekly_hours_it_says_that_it_does_not_know(self, crowded):
        with accounts.changeset(title="Hours not known", by=None):
            history.change(crowded.fresh(crowded.cast.member), {"minutes_per_week": 0})
        found = page(crowded)
        assert (pairs(found), found.unknown) == ({}, (crowded.cast.member.name,))


def test_a_confidential_objective_is_neither_named_nor_counted(live):
    objective(live, "Hidden plan", live.kpi, is_confidential=True)
    for number in range(4):
        objective(live, f"More {number}", kpi(live, f"K{number}"))
    assert ("Faster decisions", "Hidden plan") in pairs(page(live))
    assert len(page(live).alone) == 1
    other = page(live, live.cast.people["PORTFOLIO_MANAGER"])
    assert (pairs(other), other.alone, len(other.objectives)) == ({}, (), 5)


def test_the_page_the_command_and_the_api_tell_the_same(live, capsys):
    objective(live, "Careful decisions", live.kpi)
    client = live.cast.client(live.cast.head)
    forget_rights(live.cast.head)
    answer = client.get("/plan/conflicts")
    assert "they pull opposite ways; up to 3.1 days both would be met" in answer.content.decode()
    assert "Careful decisions" in answer.content.decode()
    plan_conflicts.conflicts(Session(live.cast.organisation, live.cast.fresh(live.cast.head), ""), json=True)
    told = json.loads(capsys.readouterr().out)
    assert [one["check"] for one in told["findings"]] == ["OC01"]
    plan_conflicts.conflicts(Session(live.cast.organisation, live.cast.fresh(live.cast.head), ""), json=False)
    assert "1 pair of 2 objectives pulls apart" in capsys.readouterr().out


def test_it_asks_ten_statements_however_much_there_is(live):
    client, counts = live.cast.client(live.cast.head), []
    for number in range(2):
        for each in range(1 + 6 * number):
            objective(live, f"Objective {number} {each}", kpi(live, f"K {number} {each}"))
        client.get("/plan/conflicts")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/plan/conflicts").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10
