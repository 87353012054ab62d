"""One key per project: what is offered, what each key records, progress, undo, and that it works without a script."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.permissions import Role
from goldenthread.plan.actions.choices import answer_alike
from goldenthread.plan.models import Contribution
from goldenthread.plan.queries import goals
from goldenthread.projects import actions
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose

PAGE = "/projects/goals"


@pytest.fixture
def offered(cast):
    """Six objectives with a target each, one of them confidential; and three projects."""
    kpis = []
    for n in range(7):
        objective = purpose.add_objective(office=cast.office, title=f"Goal number {n}", by=cast.head, is_confidential=n == 0)
        kpi = purpose.add_kpi(office=cast.office, name=f"Figure {n}", unit="days", by=cast.head)
        purpose.set_target(objective=objective, kpi=kpi, by=cast.head, baseline=0.0, value=20.0, due_on=date(2027, 1, 1))
        kpis.append(kpi)
    rows = [{"name": "Cheap", "budget_minor": 1}, {"name": "Dear", "budget_minor": 900}, {"name": "Unpriced"}]
    actions.add_projects(rows=rows, by=cast.head)
    return kpis


def test_five_goals_are_offered_none_of_them_confidential(cast, offered):
    page = cast.client(cast.head).get(PAGE).content.decode()
    assert [f"Goal number {n}" in page for n in range(7)] == [False, True, True, True, True, True, False]
    assert 'data-shortcut="5"' in page
    assert 'data-shortcut="u"' in page


def test_the_dearest_project_comes_first_and_each_answer_brings_the_next(cast, offered):
    client = cast.client(cast.head)
    names = []
    for answer in (f"kpi:{offered[2].pk}", "none", "dont_know"):
        project = goals.unasked(cast.head)
        names.append(project.name)
        sent = client.post(PAGE, {"project": project.pk, "answer": answer})
        assert (sent.status_code, sent["Location"]) == (303, PAGE)
    assert names == ["Dear", "Cheap", "Unpriced"]
    assert dict(Project.objects.values_list("name", "goal_answer")) == {
        "Dear": "LINKED",
        "Cheap": "NONE",
        "Unpriced": "DONT_KNOW",
    }
    made = Contribution.objects.get()
    assert (made.kpi, made.size, made.likely) == (offered[2], "M", 3.0)
    assert "Every project has an answer" in client.get(PAGE).content.decode()


def test_htmx_gets_the_next_card_alone(cast, offered):
    project = goals.unasked(cast.head)
    answer = cast.client(cast.head).post(PAGE, {"project": project.pk, "answer": "duty"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "1 of 3 projects answered" in page
    assert "Dear: a duty" in page


def test_each_answer_is_undone_by_itself(cast, offered):
    client = cast.client(cast.head)
    client.post(PAGE, {"project": goals.unasked(cast.head).pk, "answer": f"kpi:{offered[1].pk}"})
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert not Contribution.objects.exists()
    assert goals.unasked(cast.head).name == "Dear"


def test_a_skipped_project_comes_back_last(cast, offered):
    first = goals.unasked(cast.head)
    second = goals.unasked(cast.head, after=first.pk)
    third = goals.unasked(cast.head, after=second.pk)
    assert goals.unasked(cast.head, after=third.pk) == first
    assert len({first.pk, second.pk, third.pk}) == 3


@pytest.mark.parametrize("answer", ["", "kpi:", "kpi:999999", "kpi:1;drop", "LINKED", "yes", "kpi:" + "9" * 40])
def test_what_is_no_answer_is_refused(cast, offered, answer):
    sent = cast.client(cast.head).post(PAGE, {"project": goals.unasked(cast.head).pk, "answer": answer})
    assert sent.status_code == 422
    assert not Contribution.objects.exists()
    assert not Project.objects.exclude(goal_answer="NOT_ASKED").exists()


def test_only_those_who_may_answer_do(cast, offered):
    key = goals.unasked(cast.head).pk
    assert cast.client(cast.people[Role.AUDITOR]).get(PAGE).status_code == 403
    assert cast.client(cast.people[Role.AUDITOR]).post(PAGE, {"project": key, "answer": "none"}).status_code == 403
    assert cast.client(cast.foreign_admin).post(PAGE, {"project": key, "answer": "none"}).status_code == 403
    actions.edit_project(project=Project.objects.get(pk=key), changes={"manager": cast.nobody}, by=cast.head)
    assert cast.client(cast.nobody).post(PAGE, {"project": key, "answer": "none"}).status_code == 303
    others = Project.objects.exclude(pk=key).first()
    assert cast.client(cast.nobody).post(PAGE, {"project": others.pk, "answer": "none"}).status_code == 404


def test_a_goal_whose_figure_is_still_a_question_can_be_named(cast):
    objective = purpose.add_objective(office=cast.office, title="Improve customer value", by=cast.head)
    kpi = purpose.add_kpi(office=cast.office, name="Customer value", by=cast.head)
    purpose.set_target(objective=objective, kpi=kpi, by=cast.head)
    made = actions.add_project(name="App", by=cast.head)
    sent = cast.client(cast.head).post(PAGE, {"project": made.pk, "answer": f"kpi:{kpi.pk}"})
    assert sent.status_code == 303
    made.refresh_from_db()
    linked = Contribution.objects.get()
    assert (made.goal_answer, linked.low, linked.high, linked.size) == ("LINKED", 0.0, 0.0, "")


def test_without_projects_the_page_teaches(cast):
    assert "Import your project list first" in cast.client(cast.head).get(PAGE).content.decode()


def test_one_answer_for_all_of_a_department_is_one_action(cast, offered):
    rows = [{"name": f"Depot {n}", "department": "Estates", "category": "Buildings"} for n in range(3)]
    rows += [{"name": "Network", "department": "IT", "budget_minor": 5000, "currency": "EUR"}]
    made = actions.add_projects(rows=rows, by=cast.head)
    assert goals.alike(made[0], cast.head) == [("department", "Estates", 3), ("category", "Buildings", 3)]
    assert goals.alike(made[3], cast.head) == []

    client = cast.client(cast.head)
    sent = {"project": made[0].pk, "answer": f"kpi:{offered[2].pk}", "for": "department"}
    said = client.post(PAGE, sent, headers={"hx-request": "true"}).content.decode()
    assert "Depot 0 and 2 more" in said
    assert Project.objects.filter(department="Estates", goal_answer="LINKED").count() == 3
    assert Project.objects.exclude(department="Estates").exclude(goal_answer="NOT_ASKED").count() == 0
    effects = Contribution.objects.all()
    assert [(c.kpi, c.size, c.likely) for c in effects] == [(offered[2], "M", 3.0)] * 3

    undo(changeset=Changeset.objects.filter(title__startswith="Answer for Depot 0 and 2").get(), by=cast.head)
    assert Project.objects.exclude(goal_answer="NOT_ASKED").count() == 0
    assert client.post(PAGE, {"project": made[0].pk, "answer": "none", "for": "state"}).status_code == 303
    assert Project.objects.filter(goal_answer="NONE").count() == 1, "only a department or a category is shared"


def test_progress_says_how_much_of_the_budget_is_answered(cast, offered):
    client = cast.client(cast.head)
    client.post(PAGE, {"project": Project.objects.get(name="Dear").pk, "answer": "duty"})
    assert goals.progress(cast.head).budget_percent == 100, "900 of 901"
    actions.edit_project(project=Project.objects.get(name="Cheap"), changes={"currency": "USD"}, by=cast.head)
    assert goals.progress(cast.head).budget_percent is None, "two currencies are not added"


def test_a_large_department_is_answered_in_a_few_statements(cast, offered):
    def statements(department: str, count: int) -> int:
        rows = [{"name": f"{department} {n}", "department": department} for n in range(count)]
        first = actions.add_projects(rows=rows, by=cast.head)[0]
        with CaptureQueriesContext(connection) as seen:
            answer_alike(subject=first, field="department", choice=f"kpi:{offered[2].pk}", by=cast.head)
        assert Project.objects.filter(department=department, goal_answer="LINKED").count() == count
        return len(seen)

    assert statements("Roads", 120) <= statements("Estates", 3) + 12, "the rows go in batches, not one by one"
