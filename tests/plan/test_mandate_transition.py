"""What a change of mandate touches, against a plain walk over the rows; before it is in force, and long after."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts import actions as accounts
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Contribution, Raci, Step, Supervision
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose import queries
from goldenthread.purpose.models import Mandate, MandateService, Objective, Service
from goldenthread.schedule.models import Assignment

pytestmark = pytest.mark.django_db


def keys(found):
    return {row.key for row in found.touched}


def by_hand(before, after):
    """The same set, one row after the other, without the product's own queries: for mandates that have not ended."""
    old, new = ({c.text: c.pk for c in m.clauses.all()} for m in (before, after))
    changed = {pk for text, pk in old.items() if text not in new} | {pk for text, pk in new.items() if text not in old}
    named = [set(MandateService.objects.filter(mandate=m).values_list("service_id", flat=True)) for m in (before, after)]
    hung = set(MandateService.objects.filter(clause__in=changed).values_list("service_id", flat=True))
    services = (named[0] ^ named[1]) | (hung & named[0] & named[1])
    objectives = [o for o in Objective.objects.all() if o.clause_id in changed and o.state in ("DRAFT", "PROPOSED", "APPROVED")]
    found = {f"service:{pk}" for pk in services} | {f"objective:{o.pk}" for o in objectives}
    found |= {f"person:{o.owner_id}" for o in objectives if o.owner_id}
    kpis = {target.kpi_id for o in objectives for target in o.targets.all()}
    steps, over = set(), set()
    for effect in Contribution.objects.filter(kpi__in=kpis):
        (steps if effect.step_id else over).add(effect.step_id or effect.project_id)
    steps |= set(Step.objects.filter(service__in=services).values_list("pk", flat=True))
    steps |= set(Supervision.objects.filter(project__in=over).values_list("step_id", flat=True))
    for step in Step.objects.select_related("activity"):
        here = step.activity
        while here is not None:
            if Step.objects.filter(activity=here, pk__in=steps).exists():
                steps.add(step.pk)
            here = here.parent
    found |= {f"step:{pk}" for pk in steps} | {f"project:{pk}" for pk in over}
    found |= {f"person:{r.person_id}" for r in Raci.objects.filter(step__in=steps, letter__in="RA")}
    for row in Assignment.objects.select_related("activity", "resource"):
        here = row.activity
        while here is not None and not Step.objects.filter(activity=here).exists():
            here = here.parent
        if here is not None and here.step.pk in steps and row.resource.person_id:
            found.add(f"person:{row.resource.person_id}")
    for project in Project.objects.filter(pk__in=over):
        found |= {f"person:{pk}" for pk in (project.manager_id, project.sponsor_id) if pk}
    return found


@pytest.mark.parametrize("seed", range(8))
def test_it_lists_what_a_plain_walk_finds_and_none_else(scene, seed):
    rng, head, office = random.Random(seed), scene.cast.head, scene.cast.office
    people = [
        scene.cast.people[role] for role in ("PMO", "TEAM_MEMBER", "PROJECT_MANAGER", "RESOURCE_MANAGER", "SPONSOR", "AUDITOR")
    ]
    before = Mandate.objects.get(state="IN_FORCE")
    with accounts.changeset(title="More clauses", by=None):
        for number in (2, 3, 4):
            before.clauses.create(number=number, text=("aqwz"[number - 1] + " ") * 9)
    after = purpose.draft_successor(mandate=before, by=head)
    texts = [c.text for c in after.clauses.order_by("number")]
    texts = [*rng.sample(texts, 2), "wholly new and unlike the others"]
    purpose.set_clauses(mandate=after, texts=texts, by=head)
    for mandate in (before, after):
        clauses = list(mandate.clauses.order_by("number"))
        with accounts.changeset(title="Services", by=None):
            for number in rng.sample(range(4), 3):
                service = Service.objects.filter(name=f"S{number}").first() or purpose.add_service(
                    office=office, name=f"S{number}", by=head
                )
                MandateService(mandate=mandate, service=service, clause=rng.choice(clauses)).save()
    cited = [*before.clauses.all(), *after.clauses.all(), None]
    kpis = [purpose.add_kpi(office=office, name=f"K{n}", by=head, unit="x") for n in range(4)]
    for n in range(5):
        made = purpose.add_objective(office=office, title=f"O{n}", by=head, clause=rng.choice(cited), owner=rng.choice(people))
        purpose.set_target(objective=made, kpi=rng.choice(kpis), by=head, value=1.0, due_on=scene.today + timedelta(days=90))
    steps, services = [scene.step], list(Service.objects.order_by("pk"))
    for n in range(6):
        under = rng.choice([None, *steps])
        steps.append(
            plan.add_step(
                plan=scene.plan, name=f"Step {n}", by=head, accountable=rng.choice(people), responsible=(rng.choice(people),),
                parent=under, service=rng.choice([None, None, *services]), duration=480,
            )
        )  # fmt: skip
        made = projects.add_project(name=f"P{n}", by=None, under=office.scope, manager=rng.choice(people))
        subject = {"project": made} if n % 3 == 0 else {"step": steps[-1]}
        if n % 2 == 0:
            with suppress(Refused):  # a step above has an effect on the same KPI
                plan.contribute(kpi=rng.choice(kpis), effect=(1.0, 2.0, 3.0), by=head, **subject)
        if n % 3 == 0:
            plan.supervise(step=rng.choice(steps), project=made, by=head)
    found = queries.comparison(before, after, scene.cast.fresh(head))
    assert keys(found) == by_hand(before, after)
    for row in found.touched:
        assert row.kind in ("service", "objective") or row.path, row


class TestByHand:
    @pytest.fixture
    def draft(self, scene):
        """The only clause goes; a step moves the objective that cites it."""
        plan.contribute(step=scene.step, kpi=scene.kpi, size="M", by=scene.cast.head)
        return purpose.draft_mandate(
            office=scene.cast.office, title="Value", purpose="Value", issuer="Board", by=scene.cast.head,
            clauses=["Benefits are shown to those who paid"],
        )  # fmt: skip

    def found(self, scene, draft, person=None):
        before = Mandate.objects.get(state="IN_FORCE")
        return queries.comparison(before, draft, scene.cast.fresh(person or scene.cast.head))

    def test_each_row_says_why(self, scene, draft):
        rows = {row.key: row for row in self.found(scene, draft).touched}
        member = rows[f"person:{scene.cast.member.pk}"]
        assert [label for label, _ in member.path] == ["Decide in time", "Faster decisions", "Clients decide"]
        assert set(rows) == {
            f"objective:{scene.objective.pk}", f"step:{scene.step.pk}",
            *(f"person:{p.pk}" for p in (scene.cast.member, scene.cast.head, scene.cast.pmo)),
        }  # fmt: skip

    def test_the_page_where_it_is_put_in_force_says_what_would_change(self, scene, draft):
        client = scene.cast.client(scene.cast.head)
        page = client.get(f"/mandate/{draft.pk}").content.decode()
        words = "1 clause added, 1 clause dropped. It would touch 1 objective, 1 piece of work and 3 people."
        assert words in page
        before = Mandate.objects.get(state="IN_FORCE")
        compared = client.get(f"/mandate/{before.pk}/compare/{draft.pk}?show=person").content.decode()
        assert words in compared
        assert "What would change" in compared
        assert scene.cast.member.name in compared

    def test_what_was_touched_stays_so_after_people_moved_on(self, scene, draft):
        before = Mandate.objects.get(state="IN_FORCE")
        told = keys(self.found(scene, draft))
        purpose.put_mandate_in_force(mandate=draft, by=scene.cast.head)
        objective = scene.fresh(scene.objective)
        purpose.edit_objective(objective=objective, changes={"clause": None}, by=scene.cast.head)
        before.refresh_from_db()
        draft.refresh_from_db()
        assert keys(queries.comparison(before, draft, scene.cast.fresh(scene.cast.head))) == told

    def test_a_confidential_objective_is_no_way_to_its_work(self, scene, draft):
        with accounts.changeset(title="Secret", by=None):
            history.change(scene.objective, {"is_confidential": True})
        found = self.found(scene, draft, scene.cast.people["PORTFOLIO_MANAGER"])
        assert found.touched == ()
        assert found.sentence == "1 clause added, 1 clause dropped; nothing hangs on that."
        assert len(self.found(scene, draft).of("work")) == 1

    def test_the_statements_do_not_grow_with_the_rows(self, scene, draft):
        client, counts = scene.cast.client(scene.cast.head), []
        address = f"/mandate/{Mandate.objects.get(state='IN_FORCE').pk}/compare/{draft.pk}"
        for _ in range(2):
            client.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
            for n in range(3):
                step = plan.add_step(plan=scene.plan, name=f"More {n}", by=scene.cast.head, accountable=scene.cast.pmo)
                plan.contribute(step=step, kpi=scene.kpi, size="S", by=scene.cast.head)
        assert counts[0] == counts[1] <= 24


class TestPicture:
    def test_many_pieces_of_work_are_drawn_as_nine_and_a_box_with_the_rest(self, scene):
        head = scene.cast.head
        for n in range(14):
            step = plan.add_step(plan=scene.plan, name=f"Step {n}", by=head, accountable=scene.cast.pmo)
            plan.contribute(step=step, kpi=scene.kpi, size="S", by=head)
        before = Mandate.objects.get(state="IN_FORCE")
        after = purpose.draft_mandate(
            office=scene.cast.office, title="V", purpose="V", issuer="B", by=head, clauses=["Quite another thing"]
        )
        drawn = queries.picture(queries.comparison(before, after, scene.cast.fresh(head)))
        work = [key for key in drawn.flow.order if key.startswith("step:")]
        assert (len(work), drawn.gathered) == (9, 5)
        assert drawn.nodes["more:2"][0] == "5 pieces of work more"
        assert set(drawn.flow.order) == set(drawn.nodes)
        assert {end for line in drawn.flow.lines for end in (line.source, line.target)} <= set(drawn.nodes)

    def test_nothing_touched_is_no_picture(self, scene):
        before = Mandate.objects.get(state="IN_FORCE")
        same = purpose.draft_successor(mandate=before, by=scene.cast.head)
        found = queries.comparison(before, same, scene.cast.fresh(scene.cast.head))
        assert queries.picture(found) is None
        assert found.sentence == "No clause changes; nothing hangs on that."


class TestNamedServices:
    def test_a_successor_names_the_same_services_by_the_same_clauses(self, scene):
        head, before = scene.cast.head, Mandate.objects.get(state="IN_FORCE")
        first = purpose.draft_successor(mandate=before, by=head, title="First")
        service = purpose.add_service(office=scene.cast.office, name="Reviews", by=head)
        purpose.name_service(mandate=first, service=service, clause=first.clauses.get(), by=head)
        purpose.put_mandate_in_force(mandate=first, by=head)
        second = purpose.draft_successor(mandate=first, by=head)
        assert queries.named_services(second) == [(service, 1)]
        purpose.name_service(mandate=second, service=service, clause=None, by=head)
        other = purpose.add_service(office=scene.cast.office, name="Checks", by=head)
        purpose.name_service(mandate=second, service=other, clause=second.clauses.get(), by=head)
        found = queries.comparison(first, second, scene.cast.fresh(head))
        assert (found.services_dropped, found.services_gained) == ((service,), (other,))
        assert [row.path for row in found.of("service")] == [(("Decide in time", f"/mandate/{second.pk}#clause-1"),)] * 1 + [
            (("Decide in time", f"/mandate/{first.pk}#clause-1"),)
        ]

    def test_a_form_names_them_and_a_clause_that_goes_takes_them_along(self, scene):
        head, before = scene.cast.head, Mandate.objects.get(state="IN_FORCE")
        draft = purpose.draft_successor(mandate=before, by=head)
        purpose.add_clause(mandate=draft, text="Show the benefits", by=head)
        service = purpose.add_service(office=scene.cast.office, name="Reviews", by=head)
        client, member = scene.cast.client(head), scene.cast.client(scene.cast.member)
        assert member.post(f"/mandate/{draft.pk}/services", {f"service-{service.pk}": "2"}).status_code == 403
        assert member.post(f"/mandate/{draft.pk}/services", {}).status_code == 403
        assert client.post(f"/mandate/{draft.pk}/services", {f"service-{service.pk}": "2"}).status_code == 303
        assert queries.named_services(draft) == [(service, 2)]
        purpose.remove_clause(clause=draft.clauses.get(number=2), by=head)
        assert queries.named_services(draft) == [(service, None)]
