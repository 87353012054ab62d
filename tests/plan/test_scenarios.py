"""Scenarios: the plan is tried out on a copy, and what was tried becomes the plan only when it is adopted."""

import json
import re

import pytest

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.config.worlds import FIRST_ID, is_tried
from goldenthread.kit import worlds
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.actions import adopting, rows, scenarios
from goldenthread.plan.mapping import scenario_text
from goldenthread.plan.models import Contribution, Raci, Scenario, ScenarioContent, ScenarioResult, Step
from goldenthread.plan.queries import scenarios as reads
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Clause, Mandate, Measurement, Objective, Target
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, ActivityDates, Relationship
from tests.plan.test_versions import text
from tests.rows import tracked


def everything(*leave):
    """The stored rows, byte for byte, without the columns left; scenarios themselves left out."""
    models = [m for m in tracked() if m is not Scenario]
    columns = {m: [f.attname for f in m._meta.concrete_fields if f.attname not in leave] for m in models}
    return {m._meta.label: repr(list(m.objects.order_by("pk").values_list(*columns[m]))) for m in models}


def inside(scene, scenario, edit, by=None):
    """Do something inside the scenario, as a request does."""
    world, edition = scenarios.world_of(scenario)
    assert not worlds.is_inside()
    with worlds.inside(world) as content_of:
        assert worlds.is_inside()
        answer = edit()
        content = content_of()
    scenarios.keep(scenario=scenario, edition=edition, content=content, by=by or scene.cast.head)
    return answer


@pytest.fixture
def scenario(scene):
    return scenarios.add_scenario(plan=scene.plan, name="Two more analysts", by=scene.cast.head)


def change_much(scene):
    """A row added with what hangs on it, one changed, one taken away, a target moved."""
    head = scene.cast.head
    purpose.edit_target(target=Target.objects.get(pk=scene.target.pk), changes={"value": 4.5}, by=head)
    top = rows.add_row(plan=scene.plan, name="A new initiative", by=head)
    piece = rows.add_row(plan=scene.plan, name="Its first step", by=head, inside=top)
    step = Step.objects.get(activity=piece)
    plan.contribute(kpi=scene.kpi, step=step, effect=(-1.0, -0.8, -0.2), by=head)
    schedule.assign(activity=piece, person=scene.cast.member, by=head)
    schedule.edit_activity(activity=Activity.objects.get(pk=scene.step.activity_id), changes={"duration": 960}, by=head)
    return piece


class TestInside:
    def test_whatever_is_changed_inside_the_plan_stays_as_it_is(self, scene, scenario):
        before = everything()
        inside(scene, scenario, lambda: change_much(scene))
        assert everything() == before
        with worlds.inside(scenarios.world_of(scenario)[0]):
            assert Target.objects.get(pk=scene.target.pk).value == 4.5
            assert Activity.objects.filter(name="Its first step", pk__gte=scenario_text.FIRST_ID).exists()

    def test_it_comes_back_from_its_text_as_it_was_left(self, scene, scenario):
        inside(scene, scenario, lambda: change_much(scene))
        with worlds.inside(scenarios.world_of(scenario)[0]):
            left = everything(), repr(list(ActivityDates.objects.order_by("pk").values_list()))
        scenarios._worlds.__init__(8)  # as another process, or after a restart
        with worlds.inside(scenarios.world_of(scenario)[0]):
            assert (everything(), repr(list(ActivityDates.objects.order_by("pk").values_list()))) == left

    def test_what_is_done_inside_is_undone_inside(self, scene, scenario):
        inside(scene, scenario, lambda: change_much(scene))

        def take_back():
            undo(changeset=Changeset.objects.latest("id"), by=scene.cast.head)

        inside(scene, scenario, take_back)
        with worlds.inside(scenarios.world_of(scenario)[0]):
            assert Activity.objects.get(pk=scene.step.activity_id).duration == scene.step.activity.duration

    def test_of_two_who_change_it_at_once_one_is_told(self, scene, scenario):
        world, edition = scenarios.world_of(scenario)
        made = []
        for value in (4.5, 4.6):
            with worlds.inside(world) as content_of:
                purpose.edit_target(target=Target.objects.get(), changes={"value": value}, by=scene.cast.head)
                made.append(content_of())
        assert scenarios.keep(scenario=scenario, edition=edition, content=made[0], by=scene.cast.head)
        with pytest.raises(Conflict):
            scenarios.keep(scenario=scenario, edition=edition, content=made[1], by=scene.cast.head)
        with worlds.inside(scenarios.world_of(scenario)[0]):
            assert Target.objects.get().value == 4.5

    def test_a_page_inside_answers_from_it_and_what_is_sent_stays_there(self, scene, scenario):
        client, prefix = scene.cast.client(scene.cast.head), f"/scenario/{scenario.pk}"
        page = client.get(f"{prefix}/plan")
        assert "Scenario: Two more analysts" in text(page)
        assert f'action="{prefix}/plan/rows/add' in page.content.decode()
        answer = client.post(f"{prefix}/plan/rows/add?office=it", {"name": "Tried out"})
        assert answer["Location"].startswith(f"{prefix}/plan")
        assert "Tried out" in text(client.get(f"{prefix}/plan"))
        assert "Tried out" not in text(client.get("/plan"))
        assert not Activity.objects.filter(name="Tried out").exists()
        undoes = re.search(r'action="(/scenario/\d+/activity/\d+/undo)"', client.get(answer["Location"]).content.decode())
        if undoes:
            client.post(undoes[1])
            assert "Tried out" not in text(client.get(f"{prefix}/plan"))

    def test_nothing_on_a_page_inside_leads_to_the_plan_itself(self, scene, scenario):
        client, prefix = scene.cast.client(scene.cast.head), f"/scenario/{scenario.pk}"
        pages = ("/plan", "/plan?view=raci", "/map", f"/plan/steps/{scene.step.pk}", f"/objectives/{scene.objective.pk}")
        for path in pages:
            body = client.get(f"{prefix}{path}").content.decode()
            found = re.findall(r'\s(?!value=)([\w:-]+)="(/[^"]*)"(?! data-leaves)', body)
            assert not {one for one in found if is_tried(re.split(r"[?#]", one[1])[0])}, path
            if path.startswith("/plan?") or path == "/plan":
                assert f'data-rows-url="{prefix}/plan/rows/add"' in body

    def test_what_was_saved_inside_is_changed_inside(self):
        assert is_tried(f"/views/{FIRST_ID}")
        assert not is_tried("/views/3")

    def test_what_is_edited_in_place_is_undone_inside(self, scene, scenario):
        client, prefix = scene.cast.client(scene.cast.head), f"/scenario/{scenario.pk}"
        activity = scene.step.activity
        told = {"field": "name", "value": "Another name", "version": Activity.objects.get(pk=activity.pk).version}
        answer = client.post(f"{prefix}/plan/rows/{activity.pk}/cell", told, headers={"HX-Request": "true"})
        (toast,) = json.loads(answer["HX-Trigger"])["toasts"]["toasts"]
        assert toast["undo"].startswith(f"{prefix}/activity/")
        assert "Another name" in text(client.get(f"{prefix}/plan"))
        client.post(toast["undo"])
        assert "Another name" not in text(client.get(f"{prefix}/plan"))

    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
    def test_who_was_slower_is_told_so_and_not_that_it_was_done(self, scene, scenario, monkeypatch, headers):
        def too_late(**_):
            raise Conflict(scenario, expected=1, current=2)

        client, activity = scene.cast.client(scene.cast.head), Activity.objects.get(pk=scene.step.activity_id)
        told = {"field": "name", "value": "Another name", "version": activity.version}
        monkeypatch.setattr(scenarios, "keep", too_late)
        answer = client.post(f"/scenario/{scenario.pk}/plan/rows/{activity.pk}/cell", told, headers=headers)
        assert answer.status_code == 409
        shown = answer.headers.get("HX-Trigger", "") if headers else text(answer)
        assert "Somebody else changed the scenario" in shown
        assert "Changed: " not in shown + text(client.get("/plan"))

    def test_one_that_came_back_by_an_undo_is_empty_and_can_be_changed(self, scene):
        head, client = scene.cast.head, scene.cast.client(scene.cast.head)
        scenario = scenarios.add_scenario(plan=scene.plan, name="Gone and back", by=head)
        undo(changeset=undo(changeset=Changeset.objects.latest("id"), by=head), by=head)
        for path in ("/plan/scenarios", f"/plan/scenarios/{scenario.pk}", f"/scenario/{scenario.pk}/plan"):
            assert client.get(path).status_code == 200
        client.post(f"/scenario/{scenario.pk}/plan/rows/add?office=it", {"name": "Tried out"})
        assert "Tried out" in text(client.get(f"/scenario/{scenario.pk}/plan"))

    def test_no_address_inside_leads_to_another_site(self, scene, scenario):
        client = scene.cast.client(scene.cast.head)
        for path in ("//evil.example", "//evil.example/plan", "/%2Fevil.example"):
            assert client.get(f"/scenario/{scenario.pk}{path}").status_code == 404
            assert client.get(f"/as-of/2001-01-01{path}").status_code == 404

    def test_decisions_are_taken_outside(self, scene, scenario):
        client, prefix = scene.cast.client(scene.cast.head), f"/scenario/{scenario.pk}"
        assert client.get(f"{prefix}/plan/versions")["Location"] == "/plan/versions"
        assert client.post(f"{prefix}/plan/versions/propose", {"because": "x"}).status_code == 404
        assert client.post(f"{prefix}/people/add", {"name": "x"}).status_code == 404
        assert client.get(f"{prefix}/settings")["Location"] == "/settings"

    def test_only_who_may_look_at_scenarios_comes_in_and_only_who_may_change_them_changes(self, scene, scenario):
        cast, prefix = scene.cast, f"/scenario/{scenario.pk}"
        assert cast.client(cast.member).get(f"{prefix}/plan").status_code == 404
        assert cast.client(cast.member).get("/plan/scenarios").status_code in {403, 404}
        assert cast.client(cast.foreign_admin).get(f"{prefix}/plan").status_code == 404
        assert cast.client(cast.sponsor).get(f"{prefix}/plan").status_code == 200
        assert cast.client(cast.sponsor).post(f"{prefix}/plan/rows/add", {"name": "x"}).status_code == 405
        assert "Add a step" not in text(cast.client(cast.sponsor).get(f"{prefix}/plan"))

    def test_what_is_confidential_is_so_inside(self, scene):
        purpose.edit_objective(objective=scene.objective, changes={"owner": scene.cast.head}, by=scene.cast.head)
        scenario = scenarios.add_scenario(plan=scene.plan, name="Hidden later", by=scene.cast.head)
        inside(scene, scenario, lambda: purpose.edit_objective(
            objective=Objective.objects.get(), changes={"short_name": "Planted words"}, by=scene.cast.head))  # fmt: skip
        client, address = scene.cast.client(scene.cast.pmo), f"/scenario/{scenario.pk}/objectives"
        assert "Planted words" in text(client.get(address))
        with changeset(title="Hide it", by=None):
            objective = Objective.objects.get()
            objective.is_confidential = True
            objective.save()
        assert "Planted words" not in text(client.get(address))
        assert "Planted words" not in text(client.get(f"/plan/scenarios/{scenario.pk}"))

    def test_what_is_confidential_stays_so_whatever_is_said_inside(self, scene):
        head, change = scene.cast.head, purpose.edit_objective
        change(objective=scene.objective, changes={"is_confidential": True, "owner": head}, by=head)
        scenario = scenarios.add_scenario(plan=scene.plan, name="Open", by=head)
        inside(scene, scenario, lambda: change(objective=Objective.objects.get(), changes={"is_confidential": False}, by=head))
        client, address = scene.cast.client(scene.cast.pmo), f"/scenario/{scenario.pk}/objectives"
        assert client.get(address).status_code == 200
        assert "Faster decisions" not in text(client.get(address))

    def test_one_that_is_set_aside_is_only_looked_at(self, scene, scenario):
        scenarios.set_aside(scenario=scenario, by=scene.cast.head)
        client, prefix = scene.cast.client(scene.cast.head), f"/scenario/{scenario.pk}"
        assert client.get(f"{prefix}/plan").status_code == 200
        assert client.post(f"{prefix}/plan/rows/add", {"name": "x"}).status_code == 405


class TestResults:
    def test_each_is_computed_beside_the_plan_and_only_what_differs_makes_a_difference(self, scene, scenario):
        other = scenarios.add_scenario(plan=scene.plan, name="Nothing", by=scene.cast.head)
        inside(scene, scenario, lambda: change_much(scene))
        before = everything()
        assert scenarios.compute_results(scene.plan, lambda *_: None) == 3
        assert scenarios.compute_results(scene.plan, lambda *_: None) == 0, "nothing changed since"
        assert everything() == before
        found = {row.scenario_id: row.measures for row in ScenarioResult.objects.all()}
        assert found[other.pk] == found[None]
        pk = str(scene.objective.pk)
        assert found[scenario.pk]["objectives"][pk]["chance"] > found[None]["objectives"][pk]["chance"]
        assert found[scenario.pk]["work"] == found[None]["work"] + 1

    def test_hours_and_cost_are_those_of_the_rows(self, scene):
        told = scenarios.measures(scene.plan, scene.today)
        leaves = Activity.objects.filter(schedule=scene.plan.schedule, children__isnull=True)
        left = sum((p.effort_likely or p.duration) * (100 - p.progress) / 100 for p in leaves)
        assert sum(told["minutes"].values()) + told["unassigned"] == pytest.approx(left, abs=2)

    def test_the_page_shows_them_and_says_when_they_are_old(self, scene, scenario):
        client = scene.cast.client(scene.cast.head)
        assert "not computed yet" in text(client.get("/plan/scenarios"))
        scenarios.compute_results(scene.plan, lambda *_: None)
        shown = text(client.get("/plan/scenarios"))
        assert "Faster decisions" in shown
        assert "Something was changed since" not in shown
        inside(scene, scenario, lambda: change_much(scene))
        assert "Something was changed since" in text(client.get("/plan/scenarios"))

    def test_a_confidential_objective_is_no_line_to_who_may_not_see_it(self, scene, scenario):
        purpose.edit_objective(objective=scene.objective, changes={"is_confidential": True}, by=scene.cast.head)
        scenarios.compute_results(scene.plan, lambda *_: None)
        table = reads.columns(scene.plan, reads.scenarios(scene.plan, scene.cast.pmo))
        scene.objective.refresh_from_db()
        lines = reads.objective_lines(scene.plan, table, scene.cast.fresh(scene.cast.sponsor), {})
        assert [line.name for line in lines] == [scene.objective.label]
        other = scene.cast.fresh(scene.cast.pmo)
        if scene.objective.owner_id != other.pk:
            assert not reads.objective_lines(scene.plan, table, other, {})


class TestAdopting:
    def test_what_was_changed_inside_becomes_the_plan_in_one_action_that_can_be_undone(self, scene, scenario):
        before = everything("version")
        inside(scene, scenario, lambda: change_much(scene))
        made = adopting.adopt(scenario=scenario, by=scene.cast.head)
        assert Target.objects.get().value == 4.5
        piece = Activity.objects.get(name="Its first step")
        assert piece.pk < scenario_text.FIRST_ID
        assert (piece.parent.name, piece.step.plan) == ("A new initiative", scene.plan)
        assert Contribution.objects.get(step=piece.step).likely == -0.8
        assert piece.assignments.get().resource.person == scene.cast.member
        assert Activity.objects.get(pk=scene.step.activity_id).duration == 960
        assert ActivityDates.objects.filter(activity=piece).exists()
        assert Scenario.objects.get().state == Scenario.State.ADOPTED
        undo(changeset=made, by=scene.cast.head)
        after = everything("version")
        after.pop("schedule.Resource"), before.pop("schedule.Resource")  # comes along with work, and stays
        assert after == before
        assert Scenario.objects.get().state == Scenario.State.OPEN

    def test_the_adopted_plan_is_what_was_inside(self, scene, scenario):
        inside(scene, scenario, lambda: change_much(scene))
        names = lambda: sorted(Activity.objects.values_list("name", "duration", "parent__name"))
        with worlds.inside(scenarios.world_of(scenario)[0]):
            there = names(), sorted(Contribution.objects.values_list("low", "likely", "high", "chance"))
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        assert (names(), sorted(Contribution.objects.values_list("low", "likely", "high", "chance"))) == there

    def test_a_change_that_somebody_made_meanwhile_is_never_written_over(self, scene, scenario):
        inside(scene, scenario, lambda: change_much(scene))
        purpose.edit_target(target=Target.objects.get(), changes={"value": 2.0}, by=scene.cast.head)
        before = everything()
        with pytest.raises(Refused, match="changed meanwhile"):
            adopting.adopt(scenario=scenario, by=scene.cast.head)
        assert everything() == before

    def test_rows_taken_away_inside_are_taken_away_and_figures_stay_behind(self, scene, scenario):
        def edit():
            rows.add_row(plan=scene.plan, name="Made and gone", by=scene.cast.head)
            undo(changeset=Changeset.objects.latest("id"), by=scene.cast.head)
            purpose.enter_measurement(kpi=scene.kpi, on=scene.today, value=1.0, by=scene.cast.head)
            purpose.remove_target(target=Target.objects.get(), by=scene.cast.head)

        figures = Measurement.objects.count()
        inside(scene, scenario, edit)
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        assert not Target.objects.exists()
        assert not Activity.objects.filter(name="Made and gone").exists()
        assert Measurement.objects.count() == figures

    def test_approvals_given_inside_are_for_trying(self, scene, scenario):
        def edit():
            purpose.propose_objective(objective=Objective.objects.get(), by=scene.cast.head)
            Objective.objects.filter(pk=scene.objective.pk).update(state="APPROVED")
            purpose.edit_objective(objective=Objective.objects.get(), changes={"detail": "New words"}, by=scene.cast.head)

        state = scene.objective.state
        inside(scene, scenario, edit)
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        objective = Objective.objects.get()
        assert (objective.detail, objective.state) == ("New words", state)

    def test_only_who_may_approve_adopts_and_nothing_is_adopted_twice(self, scene, scenario):
        inside(scene, scenario, lambda: change_much(scene))
        with pytest.raises(Forbidden):
            adopting.adopt(scenario=scenario, by=scene.cast.pmo)
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        with pytest.raises(Refused, match="adopted already"):
            adopting.adopt(scenario=Scenario.objects.get(), by=scene.cast.head)

    def test_one_without_a_change_is_refused(self, scene, scenario):
        with pytest.raises(Refused, match="Nothing was changed"):
            adopting.adopt(scenario=scenario, by=scene.cast.head)

    def test_another_who_answers_is_adopted(self, scene, scenario):
        inside(scene, scenario, lambda: plan.set_raci(
            step=Step.objects.get(), person=scene.cast.pmo, letter="A", by=scene.cast.head))  # fmt: skip
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        assert Raci.objects.get(step=scene.step, letter="A").person == scene.cast.pmo

    def test_what_was_put_on_a_row_meanwhile_is_not_lost_with_it(self, scene, scenario):
        with changeset(title="Make it removable", by=None):
            Contribution.objects.all().delete()
        other = scenarios.add_scenario(plan=scene.plan, name="Without the step", by=scene.cast.head)
        inside(scene, other, lambda: plan.remove_step(step=Step.objects.get(), by=scene.cast.head))
        plan.set_raci(step=scene.fresh(scene.step), person=scene.cast.pmo, letter="I", by=scene.cast.head)
        before = everything()
        with pytest.raises(Refused, match="hangs on a step"):
            adopting.adopt(scenario=other, by=scene.cast.head)
        assert everything() == before

    def test_what_together_with_the_plan_goes_in_a_circle_is_refused(self, scene, scenario):
        one, two = (rows.add_row(plan=scene.plan, name=name, by=scene.cast.head) for name in ("One", "Two"))
        other = scenarios.add_scenario(plan=scene.plan, name="Two first", by=scene.cast.head)
        again = lambda row: Activity.objects.get(pk=row.pk)
        inside(scene, other, lambda: schedule.relate(predecessor=again(two), successor=again(one), by=scene.cast.head))
        schedule.relate(predecessor=one, successor=two, by=scene.cast.head)
        with pytest.raises(Refused, match="in a circle"):
            adopting.adopt(scenario=other, by=scene.cast.head)
        assert Relationship.objects.count() == 1

    def test_what_it_names_and_is_gone_is_a_refusal(self, scene):
        def cite():
            purpose.edit_objective(
                objective=Objective.objects.get(), changes={"clause": Clause.objects.get(pk=clause.pk)}, by=head
            )

        head = scene.cast.head
        draft = purpose.draft_successor(mandate=Mandate.objects.get(), by=head)
        clause = purpose.add_clause(mandate=draft, text="Another", by=head)
        scenario = scenarios.add_scenario(plan=scene.plan, name="Cites it", by=head)
        inside(scene, scenario, cite)
        purpose.remove_clause(clause=clause, by=head)
        with pytest.raises(Refused, match="was removed"):
            adopting.adopt(scenario=scenario, by=head)

    def test_a_mandate_put_in_force_inside_leaves_the_one_in_force(self, scene, scenario):
        def edit():
            draft = purpose.draft_successor(mandate=Mandate.objects.get(), by=scene.cast.head)
            purpose.put_mandate_in_force(mandate=draft, by=scene.cast.head)

        before = Mandate.objects.values_list("state", "valid_from", "valid_to", "successor", "issued_on").get()
        inside(scene, scenario, edit)
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        stands = Mandate.objects.order_by("pk").values_list("state", "valid_from", "valid_to", "successor", "issued_on")
        assert list(stands) == [before, ("DRAFT", None, None, None, None)]

    def test_who_agreed_to_one_goal_has_not_agreed_to_another(self, scene):
        head, sponsor = scene.cast.head, scene.cast.sponsor
        purpose.agree_objective(objective=scene.objective, leadership_goal="Grow", agreed_by=sponsor, by=head)
        scenario = scenarios.add_scenario(plan=scene.plan, name="Another goal", by=head)
        inside(scene, scenario, lambda: purpose.agree_objective(
            objective=Objective.objects.get(), leadership_goal="Save", agreed_by=head, by=head))  # fmt: skip
        adopting.adopt(scenario=scenario, by=head)
        stands = Objective.objects.get()
        assert (stands.leadership_goal, stands.agreed_by, stands.agreed_on) == ("Save", None, None)

    def test_a_project_made_inside_brings_its_place_for_roles(self, scene, scenario):

        inside(
            scene, scenario, lambda: projects.add_project(name="Tried project", under=scene.cast.office.scope, by=scene.cast.head)
        )
        adopting.adopt(scenario=scenario, by=scene.cast.head)
        made = Project.objects.get(name="Tried project")
        assert made.scope_id < scenario_text.FIRST_ID
        assert "Tried project" in text(scene.cast.client(scene.cast.head).get("/projects"))


def test_the_text_says_everything_in_json(scene, scenario):
    inside(scene, scenario, lambda: change_much(scene))
    told = json.loads(ScenarioContent.objects.get().text)
    assert {label for label, _ in told["records"]} >= {"purpose.Target", "schedule.Activity", "plan.Step", "plan.Contribution"}
    assert "accounts.Changeset" in {label for label, _ in told["rows"]}


def test_names_are_told_apart(scene, scenario):
    with pytest.raises(Refused, match="already"):
        scenarios.add_scenario(plan=scene.plan, name="two more ANALYSTS", by=scene.cast.head)
    with pytest.raises(Forbidden):
        scenarios.add_scenario(plan=scene.plan, name="Other", by=scene.cast.member)


def test_tables_that_are_gone_since_are_left_out():
    text = scenario_text.as_text({"rows": [("plan.Gone", {"id": 1})], "records": [("plan.Step", {"id": 2})]})
    assert scenario_text.from_text(text) == {"rows": [], "records": [("plan.Step", {"id": 2})]}
