"""How fresh a plan is: formula B8 by hand with the clock advanced, what refreshes what, who may read which names."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.plan import actions
from goldenthread.plan.actions import versions
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.models import BusinessPlan, Contribution, Step
from goldenthread.plan.queries.freshness import KeptFreshness, freshness_in_short, plan_freshness
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.resources import actions as resources
from goldenthread.thread.queries import today
from tests.thread.conftest import text


@pytest.fixture
def later():
    """Goes so many days on from the morning on which everything was made."""
    began = timezone.now()
    travels = []

    def go(days: float) -> None:
        while travels:
            travels.pop().stop()
        travels.append(time_machine.travel(began + timedelta(days=days), tick=False))
        travels[-1].start()

    yield go
    while travels:
        travels.pop().stop()


@pytest.fixture
def in_force(scene, monkeypatch, later):
    """Two top steps of the same size, an effect on each, one of them confirmed; the version is put in force on day 0."""
    head = scene.cast.head
    other = actions.add_step(
        plan=scene.plan, name="Archive", by=head, accountable=scene.cast.pmo, responsible=(scene.cast.member,),
        duration=4800, effort_low=900, effort_likely=1200, effort_high=2400,
    )  # fmt: skip
    first = actions.contribute(kpi=scene.kpi, step=scene.step, by=head, size="M", mechanism="faster")
    actions.contribute(kpi=scene.kpi, step=other, by=head, size="S", mechanism="found sooner")
    actions.confirm_contribution(contribution=first, by=head)
    with accounts.changeset(title="Set up", by=None):
        history.change(scene.objective, {"state": "APPROVED"})
    later(0.01)
    put_in_force(scene, monkeypatch)
    return replace_plan(scene)


def put_in_force(scene, monkeypatch):
    monkeypatch.setattr("goldenthread.plan.actions.versions.in_the_way", lambda *_: [])
    version = versions.propose_version(plan=scene.plan, because="As agreed", by=scene.cast.head)
    versions.approve_version(version=version, by=scene.cast.head)


def replace_plan(scene):
    return replace(scene, plan=BusinessPlan.objects.select_related("office__organisation", "office__head").get())


def found(scene, person=None):
    return plan_freshness(scene.plan, timezone.localdate(), person or scene.cast.head)


def shares(fresh):
    return {part.code: part.share for part in fresh.parts}


def log(scene, minutes, step):
    resources.log_time(person=scene.cast.member, work=step.activity, minutes=minutes, by=scene.cast.member)


def archive():
    return Step.objects.select_related("activity", "plan").get(activity__name="Archive")


def test_the_formula_by_hand_as_the_clock_runs(in_force, later):
    later(10)
    log(in_force, 90, in_force.step)
    log(in_force, 30, archive())
    later(20)  # planned half and half, worked 3 to 1: drift 0.25; one effect of two confirmed
    fresh = found(in_force)
    assert shares(fresh) == pytest.approx({"steps": 1, "hours": 0.75, "age": 1 - 20 / 180, "assumptions": 0.5})
    assert fresh.score == pytest.approx(35 + 18.75 + 20 * (1 - 20 / 180) + 10)
    assert fresh.state == "fresh"
    assert {part.code: part.n for part in fresh.parts} == {"steps": 2, "hours": 2, "age": 20, "assumptions": 2}
    later(31)  # nobody has looked at a step for 31 days
    fresh = found(in_force)
    assert shares(fresh) == pytest.approx({"steps": 0, "hours": 0.75, "age": 1 - 31 / 180, "assumptions": 0.5})
    assert (fresh.score, fresh.state) == (pytest.approx(18.75 + 20 * (1 - 31 / 180) + 10), "stale")
    later(91)  # no hours for four weeks: unknown, and its weight goes to the others
    fresh = found(in_force)
    assert shares(fresh) == {"steps": 0, "hours": None, "age": pytest.approx(1 - 91 / 180), "assumptions": 0}
    assert (fresh.score, fresh.state) == (pytest.approx(20 * (1 - 91 / 180) / 0.75), "not_usable")
    assert fresh.review.days_late == 1


def test_touching_one_step_changes_only_its_part(in_force, later):
    later(31)
    before = found(in_force)
    assert {(row.kind, row.subject, row.days) for row in before.stale if row.kind == "step"} == {
        ("step", "Clients decide", 31), ("step", "Archive", 31)
    }  # fmt: skip
    actions.confirm_step(step=archive(), by=in_force.cast.head)
    after = found(in_force)
    assert {code for code, share in shares(after).items() if share != shares(before)[code]} == {"steps"}
    assert shares(after)["steps"] == 0.5
    assert [row.subject for row in after.stale if row.kind == "step"] == ["Clients decide"]
    assert [row for row in after.stale if row.kind != "step"] == [row for row in before.stale if row.kind != "step"]


def test_each_stale_part_has_its_owner_and_the_action_that_refreshes_it(in_force, later):
    later(31)
    client = in_force.cast.client(in_force.cast.head)
    rows = [row for row in found(in_force).stale if row.fields is not None]
    assert {(row.kind, row.owner, row.action) for row in rows} == {
        ("step", in_force.cast.head.name, "Still right"),
        ("step", in_force.cast.pmo.name, "Still right"),
        ("assumption", in_force.cast.pmo.name, "Still plausible"),
    }
    for row in rows:
        answer = client.post(row.address, row.fields)
        assert (answer.status_code, answer["Location"]) == (303, f"/plan/freshness?office={in_force.plan.office.code}")
    assert shares(found(in_force)) == {"steps": 1, "hours": None, "age": pytest.approx(1 - 31 / 180), "assumptions": 1}
    assert not [row for row in found(in_force).stale if row.kind in ("step", "assumption")]


def test_an_objective_changed_since_the_version_makes_the_plan_stale_at_once(in_force, later, monkeypatch):
    later(1)
    assert (found(in_force).state, found(in_force).changed) == ("fresh", 0)
    purpose.edit_target(target=in_force.target, changes={"value": 2.5}, by=in_force.cast.head, reason="The board asks more")
    fresh = found(in_force)
    assert (fresh.state, fresh.changed) == ("stale", 1)
    (row,) = [row for row in fresh.stale if row.kind == "objective"]
    assert (row.subject, row.owner, row.url) == (
        "Faster decisions",
        in_force.cast.pmo.name,
        f"/objectives/{in_force.objective.pk}",
    )
    assert (row.action, row.address) == ("Propose a version", f"/plan/versions?office={in_force.plan.office.code}")
    assert in_force.cast.client(in_force.cast.head).get(row.address).status_code == 200
    later(2)
    put_in_force(in_force, monkeypatch)
    assert found(replace_plan(in_force)).state == "fresh"


def test_what_changed_between_proposal_and_approval_is_not_in_the_version(in_force, later):
    later(3)
    version = versions.propose_version(plan=in_force.plan, because="Again", by=in_force.cast.head)
    later(4)
    purpose.edit_target(target=in_force.target, changes={"value": 2.5}, by=in_force.cast.head, reason="The board asks more")
    versions.approve_version(version=version, by=in_force.cast.head)
    assert found(replace_plan(in_force)).changed == 1


def test_a_draft_is_no_objective_of_the_plan_yet(in_force, later):
    later(1)
    purpose.add_objective(office=in_force.cast.office, title="Perhaps", by=in_force.cast.head)
    assert found(in_force).changed == 0


def test_a_plan_without_a_version_says_what_is_unknown(scene):
    fresh = found(scene)
    assert shares(fresh) == {"steps": 1, "hours": None, "age": 0, "assumptions": None}
    assert fresh.state == "stale"
    told = {part.code: part.words for part in fresh.parts}
    assert told["hours"] == "Unknown: no version is in force to compare with."
    assert told["assumptions"] == "No effects are named yet."
    assert fresh.review.words.startswith("No version of the plan is in force")
    assert fresh.stale[0].kind == "plan"


def test_finished_and_stopped_steps_are_not_counted(in_force, later):
    later(31)
    actions.stop_step(step=archive(), by=in_force.cast.head)
    fresh = found(in_force)
    assert [part.n for part in fresh.parts if part.code in ("steps", "assumptions")] == [1, 1]
    assert "Archive" not in {row.subject for row in fresh.stale}


def test_judged_effects_are_no_assumptions(in_force):
    effect = Contribution.objects.get(step__activity__name="Archive")
    actions.judge_contribution(contribution=effect, shown="SHOWN", by=in_force.cast.head, because="Minutes of May")
    assert shares(found(in_force))["assumptions"] == 1


def test_confidential_objectives_count_without_their_name(in_force, later):
    cast = in_force.cast
    later(1)
    secret = purpose.add_objective(
        office=cast.office, title="Sell the depot", by=cast.head, owner=cast.head, is_confidential=True
    )
    with accounts.changeset(title="Approve", by=None):
        history.change(secret, {"state": "APPROVED"})
    for person, name in ((cast.head, "Sell the depot"), (cast.pmo, "A confidential objective")):
        fresh = found(in_force, cast.fresh(person))
        assert (fresh.changed, [row.subject for row in fresh.stale if row.kind == "objective"]) == (1, [name])
    page = cast.client(cast.pmo).get("/plan/freshness").content.decode()
    assert "depot" not in page


def test_effects_of_hidden_projects_and_on_hidden_figures_count_without_their_names(in_force, later):
    cast = in_force.cast
    secret = purpose.add_objective(office=cast.office, title="Sell the depot", by=cast.head, is_confidential=True)
    kpi = purpose.add_kpi(office=cast.office, name="Depot price", unit="EUR", direction="RISE", by=cast.head, ceiling=10.0)
    purpose.set_target(
        objective=secret, kpi=kpi, by=cast.head, baseline=1.0, value=9.0, due_on=timezone.localdate() + timedelta(days=90)
    )
    project = projects.add_project(name="Depot closure", by=None, under=cast.office.scope, is_confidential=True)
    with accounts.changeset(title="Run", by=None):
        history.change(project, {"state": "RUNNING"})
    actions.supervise(step=in_force.step, project=project, by=cast.head)
    actions.contribute(kpi=in_force.kpi, project=project, by=cast.head, size="M")
    actions.contribute(kpi=kpi, step=in_force.step, by=cast.head, size="M")

    def told(person):
        fresh = found(in_force, cast.fresh(person))
        count = next(part.n for part in fresh.parts if part.code == "assumptions")
        return count, {(row.subject, bool(row.action)) for row in fresh.stale if row.kind == "assumption"}

    own = ("Archive → Decision latency", True)
    assert told(cast.head) == (
        4, {own, ("Depot closure → Decision latency", True), ("Clients decide → Depot price", True)},
    )  # fmt: skip
    hidden = {("A project not shown to you → a confidential KPI", False), ("Clients decide → a confidential KPI", False)}
    assert told(cast.pmo) == (4, {own, *hidden})


class TestConfusion:
    def test_people_steps_and_doubles_by_hand(self, in_force):
        cast, plan = in_force.cast, in_force.plan
        actions.add_step(plan=plan, name="Nobody's", by=cast.head)
        mine = actions.add_step(plan=plan, name="Train clients", by=cast.head, accountable=cast.head)
        again = actions.add_step(plan=plan, name="Teach clients", by=cast.head, accountable=cast.pmo)
        actions.mark_duplicate(step=again, doubles=mine, by=cast.head)
        actions.add_step(plan=plan, name="archive ", by=cast.head, accountable=cast.head)
        told = found(in_force).confusion
        assert [row.title for row in told.steps] == ["Nobody's"]
        assert [(row.why, [name for _, name, _ in row.steps]) for row in told.twice] == [
            ("marked", ["Teach clients", "Train clients"]), ("same_name", ["Archive", "archive"]),
        ]  # fmt: skip
        assert told.people == ()
        for step in Step.objects.filter(raci__person=cast.member):
            actions.clear_raci(step=step, person=cast.member, letter="R", by=cast.head)
        assert [name for _, name in found(in_force).confusion.people] == [cast.member.name]

    def test_the_pulse_is_told_of_groups_alone_and_by_the_newest_answer(self, in_force, later):
        cast = in_force.cast
        people = [cast.head, cast.pmo, cast.member, cast.sponsor, cast.people["AUDITOR"]]
        for person in people[:4]:
            actions.answer_pulse(office=cast.office, person=person, share=50, knows_goal=False)
        few = found(in_force).confusion
        assert (few.pulse.share, few.pulse.n, few.pulse_words) == (None, 4, "Not enough answers: 4 of at least 5.")
        later(2)
        actions.answer_pulse(office=cast.office, person=people[0], share=100, knows_goal=True)
        actions.answer_pulse(office=cast.office, person=people[4], share=50, knows_goal=False)
        told = found(in_force).confusion
        assert (told.pulse.share, told.pulse.knows_goal, told.pulse.n) == (0.6, 0.2, 5)
        later(95)
        assert found(in_force).confusion.pulse.n == 0

    def test_who_may_not_see_the_gaps_reads_neither_people_nor_pulse(self, in_force):
        shown = text(in_force.cast.client(in_force.cast.member).get("/plan/freshness"))
        assert "Steps with no person" in shown
        assert "People with no step" not in shown
        assert "What people say" not in shown
        assert "Still" not in shown


class TestPage:
    def test_it_takes_ten_statements_however_much_is_stale(self, in_force, later):
        later(31)
        client = in_force.cast.client(in_force.cast.head)

        def statements() -> int:
            client.get("/plan/freshness")
            with CaptureQueriesContext(connection) as seen:
                assert client.get("/plan/freshness").status_code == 200
            return len(seen)

        few = statements()
        for n in range(8):
            actions.add_step(plan=in_force.plan, name=f"Step {n}", by=in_force.cast.head)
        Step.objects.update(updated_on=None)
        assert statements() == few <= 10

    def test_it_says_the_score_the_review_and_what_is_unknown(self, in_force, later):
        later(91)
        shown = text(in_force.cast.client(in_force.cast.head).get("/plan/freshness"))
        fresh = found(in_force)
        assert f"{fresh.score:.0f} of 100" in shown
        assert "Not to be relied on" in shown
        assert "unknown" in shown
        assert ", 1 day ago." in shown

    def test_an_empty_plan_teaches(self, scene):
        actions.stop_step(step=scene.step, by=scene.cast.head)
        shown = text(scene.cast.client(scene.cast.head).get("/plan/freshness"))
        assert "Nothing to keep fresh yet" in shown
        assert "Add the first step" in shown

    def test_the_plan_leads_to_it(self, in_force):
        assert "/plan/freshness?office=" in in_force.cast.client(in_force.cast.head).get("/plan").content.decode()


class TestToday:
    def line(self, scene, person):
        return [plan.words for plan in today(scene.cast.fresh(person)).plans]

    def test_the_head_reads_that_the_plan_is_stale_and_when_its_review_is_due(self, in_force, later):
        cast = in_force.cast
        make_forecast(office=cast.office, runs=200)
        assert self.line(in_force, cast.head) == []
        later(80)
        due = in_force.plan.approved_on + timedelta(days=90)
        make_forecast(office=cast.office, runs=200)
        (line,) = self.line(in_force, cast.head)
        assert line.endswith(f"Next review due {due.day} {due:%b %Y}.")
        assert "of 100" in text(cast.client(cast.head).get("/"))
        assert [self.line(in_force, person) for person in (cast.pmo, cast.sponsor, cast.member)] == [[], [], []]

    def test_a_review_that_comes_near_is_announced_though_the_plan_is_fresh(self, in_force):
        kept = freshness_in_short(in_force.plan, timezone.localdate())
        day = in_force.plan.approved_on
        near = [KeptFreshness.of(kept, day + timedelta(days=n)).is_told for n in (0, 75, 76, 91)]
        assert (kept["state"], near) == ("fresh", [False, False, True, True])
        late = KeptFreshness.of(kept, day + timedelta(days=97))
        assert late.words.endswith("7 days ago.")
        assert late.tone == "warn"

    def test_what_is_kept_with_the_forecast_is_what_the_page_says(self, in_force, later):
        later(40)
        kept, fresh = freshness_in_short(in_force.plan, timezone.localdate()), found(in_force)
        assert (kept["score"], kept["state"], kept["changed"]) == (fresh.score, fresh.state, fresh.changed)


def test_how_often_a_plan_is_reviewed_is_said_on_its_page_and_undone_like_anything_else(scene):
    head, member = scene.cast.client(scene.cast.head), scene.cast.client(scene.cast.member)
    assert "Reviewed every 90 days" in head.get("/plan/freshness").content.decode()
    assert "Reviewed every" not in member.get("/plan/freshness").content.decode()
    seen = scene.fresh(scene.plan).version
    for days, status in (("", 422), ("6", 422), ("731", 422), ("60", 303)):
        assert head.post("/plan/review", {"days": days, "version": seen}).status_code == status
    assert scene.fresh(scene.plan).review_days == 60
    assert head.post("/plan/review", {"days": "30", "version": seen}).status_code == 409
    assert member.post("/plan/review", {"days": "30", "version": seen + 1}).status_code == 403
    undo(changeset=Changeset.objects.order_by("-pk").first(), by=scene.cast.head)
    assert scene.fresh(scene.plan).review_days == 90
