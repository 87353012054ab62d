"""The first run, page by page: what each keeps, that leaving and coming back loses nothing, and what the result says."""

import re
from datetime import date

import pytest
from django.test import Client

from goldenthread.accounts import actions as accounts
from goldenthread.accounts import queries as people
from goldenthread.accounts.models import Changeset, User
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.actions.choices import answer_with_choice
from goldenthread.plan.models import BusinessPlan, Contribution, Step
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Mandate, Objective, Office, Target
from goldenthread.thread import queries
from goldenthread.thread.forms import FigureField
from tests.thread.test_pages import text

SLIDE = """Where we are going
• Cut complaint resolution from 14 to 8 days by end of 2027
• Raise direct debit share to 70 %
• Be a better place to work
"""


@pytest.fixture
def head(db):
    """The head of PMO of an organisation that has nothing yet."""
    organisation, person = accounts.found_organisation(
        name="Brindle", slug="brindle", administrator="Odile Hartnell", email="odile@brindle.example", currency="GBP"
    )
    with organisation_scope(organisation):
        accounts.open_account(person=person, password="a long enough password", by=None)
        accounts.grant_role(person=person, role="HEAD", scope=people.top_scope(), by=None)
        people.forget_rights(person)
        yield person


@pytest.fixture
def client(head):
    made = Client()
    made.force_login(User.objects.get(pk=head.user_id))
    return made


def begin(client) -> None:
    response = client.post(
        "/start/mandate", {"name": "Change office", "purpose": "Show what projects are worth.", "issuer": "Board"}
    )
    assert response.status_code == 303, text(response)


def keep(client, **typed: str):
    """Keep what the slide proposes, with what was typed in the fields named like p2-baseline."""
    shown = client.post("/start/proposals", {"text": SLIDE}).content.decode()
    data = dict(re.findall(r'<input[^>]*name="(p\d+-[a-z_]+)"[^>]*?value="([^"]*)"', shown))
    ticked = dict.fromkeys(re.findall(r'<input type="checkbox" name="(p\d+-keep)"', shown), "on")
    return client.post("/start/proposals", {"text": SLIDE, "keep": "1", **data, **ticked, **typed})


def test_today_leads_the_head_of_a_new_organisation_to_the_first_steps(client):
    assert client.get("/")["Location"] == "/start"
    begin(client)
    assert "First steps: 1 of 6 done" in text(client.get("/"))


def test_three_fields_make_office_mandate_in_force_and_plan_and_one_undo_takes_them_back(client, head):
    begin(client)
    office = Office.objects.get()
    assert (office.name, office.head) == ("Change office", head)
    mandate = Mandate.objects.get(office=office, state="IN_FORCE")
    assert [clause.text for clause in mandate.clauses.all()] == ["Show what projects are worth."]
    assert BusinessPlan.objects.filter(office=office).exists()
    undo(changeset=Changeset.objects.latest("id"), by=head)
    assert not Office.objects.exists()
    assert client.get("/")["Location"] == "/start"
    begin(client)
    assert Office.objects.count() == 1


def test_an_office_without_a_mandate_gets_only_what_it_lacks(client, head):
    from goldenthread.purpose import actions as purpose

    office = purpose.add_office(name="Change office", by=head)
    begin(client)
    assert list(Office.objects.all()) == [office]
    assert Mandate.objects.get().state == "IN_FORCE"


def test_a_field_left_empty_is_asked_for_and_nothing_is_made(client):
    response = client.post("/start/mandate", {"name": "Change office", "purpose": "", "issuer": "Board"})
    assert response.status_code == 422
    assert not Office.objects.exists()


class TestObjectives:
    @pytest.fixture(autouse=True)
    def _begun(self, client):
        begin(client)

    def test_proposing_adds_nothing(self, client):
        shown = text(client.post("/start/proposals", {"text": SLIDE}))
        assert "3 proposed objectives" in shown
        assert "Where does it stand today?" in shown
        assert not Objective.objects.exists()

    def test_what_is_ticked_becomes_a_draft_under_the_mandate_with_a_figure(self, client):
        assert keep(client).status_code == 303
        first = Objective.objects.get(title__startswith="Cut complaint")
        target = Target.objects.select_related("kpi").get(objective=first)
        assert (first.state, first.clause.text) == ("DRAFT", "Show what projects are worth.")
        assert (target.baseline, target.value, target.due_on) == (14.0, 8.0, date(2027, 12, 31))
        assert (target.kpi.unit, target.kpi.direction) == ("days", Kpi.Direction.FALL)
        assert Objective.objects.count() == 3

    def test_a_figure_typed_beside_its_question_is_kept(self, client):
        assert keep(client, **{"p3-baseline": "52", "p3-due_on": "2027-06-30"}).status_code == 303
        target = Target.objects.get(objective__title__startswith="Raise direct")
        assert (target.baseline, target.value, target.due_on) == (52.0, 70.0, date(2027, 6, 30))

    def test_what_is_not_a_figure_is_refused_at_its_field(self, client):
        response = keep(client, **{"p3-baseline": "about half"})
        assert response.status_code == 422
        assert "This is not a figure" in text(response)
        assert not Objective.objects.exists()

    def test_the_same_slide_again_adds_nothing_twice(self, client):
        keep(client)
        assert "is here already" in text(client.post("/start/proposals", {"text": SLIDE}))
        keep(client)
        assert Objective.objects.count() == 3

    def test_leaving_and_coming_back_loses_nothing(self, client, head):
        keep(client)
        run = queries.first_run(head)
        assert run.place == 3
        assert run.open_questions == 2
        assert "2 objectives with a question left" in text(client.get("/start/objectives"))

    def test_an_answered_question_sizes_the_work_that_named_the_goal_before(self, client, head):
        keep(client)
        project = projects.add_project(name="Direct debit campaign", by=head)
        target = Target.objects.select_related("kpi").get(objective__title__startswith="Raise direct")
        answer_with_choice(subject=project, choice=f"kpi:{target.kpi_id}", by=head)
        assert Contribution.objects.get().likely == 0.0
        prefix = f"t{target.pk}"
        data = {"version": target.version, "unit": "%", "baseline": "50", "value": "70 %", "due_on": "2027-06-30"}
        response = client.post(f"/start/targets/{target.pk}", {f"{prefix}-{name}": value for name, value in data.items()})
        assert response.status_code == 303, text(response)
        target.refresh_from_db()
        given = Contribution.objects.get()
        assert (target.baseline, target.value) == (50.0, 70.0)
        assert (given.size, given.likely) == ("M", pytest.approx(0.15 * 20))

    def test_text_that_proposes_nothing_says_what_to_write(self, client):
        response = client.post("/start/proposals", {"text": "Agenda"})
        assert response.status_code == 422
        assert "from which figure to which" in text(response)


class TestResult:
    @pytest.fixture(autouse=True)
    def _with_work(self, client, head):
        begin(client)
        keep(client)
        names = ("Complaint desk", "Boiler", "Intranet", "Induction")
        self.rows = projects.add_projects(
            rows=[{"name": name, "manager_name": "A. Winter", "budget_minor": 100 * n} for n, name in enumerate(names, 1)],
            by=head,
        )
        kpi = Target.objects.get(objective__title__startswith="Cut complaint").kpi_id
        for project, choice in zip(self.rows, (f"kpi:{kpi}", "duty", "none"), strict=False):
            answer_with_choice(subject=project, choice=choice, by=head)

    def test_every_headline_equals_the_rows_under_it(self, head):
        run = queries.first_run(head)
        made = queries.result(run, run.office, head)
        assert (len(made.with_goal), len(made.duties), len(made.loose)) == (1, 1, 2)
        assert len(made.with_goal) + len(made.duties) + len(made.without_goal) + len(made.not_asked) == len(run.projects)
        assert made.moved + len(made.goals) == len(run.aims) == 3
        assert [p.name for p in made.loose] == ["Induction", "Intranet"]

    def test_the_thread_runs_from_the_mandate_to_a_person(self, client, head):
        run = queries.first_run(head)
        made = queries.result(run, run.office, head)
        assert made.thread_is_whole
        said = [bead[0] for bead in made.thread]
        assert said == ["Show what projects are worth.", "Cut complaint resolution from 14 to 8 days by end of 2027",
                        "Complaint resolution", "Complaint desk", "A. Winter"]  # fmt: skip
        shown = text(client.get("/start/result"))
        assert "Your first thread" in shown
        assert "1 of 4 projects name a goal" in shown
        assert "The next three things" in shown

    def test_not_asked_comes_before_every_other_advice(self, head):
        run = queries.first_run(head)
        assert queries.result(run, run.office, head).advice[0][0] == "Answer for 1 project"

    def test_a_thread_without_anybody_at_its_end_says_so(self, client, head):
        with accounts.changeset(title="Nobody leads it", by=None):
            history.change(self.rows[0], {"manager_name": ""})
        shown = text(client.get("/start/result"))
        assert "A thread, as far as it reaches" in shown
        assert "nobody is named yet who leads the project" in shown


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("14", 14.0), ("1,200", 1200.0), ("1.2m", 1_200_000.0), ("£85k", 85_000.0), ("70 %", 70.0), ("−3.5", -3.5),
        ("£ 1.9bn", 1.9e9), ("", None),
    ],
)  # fmt: skip
def test_figures_are_read_as_people_type_them(typed, figure):
    assert FigureField("Today").clean(typed) == figure


def test_a_large_figure_fits_its_field_and_comes_back_as_it_was(client):
    begin(client)
    shown = client.post("/start/proposals", {"text": "• Save £120m a year by end of 2029"}).content.decode()
    assert 'value="120m"' in shown
    data = dict(re.findall(r'<input[^>]*name="(p\d+-[a-z_]+)"[^>]*?value="([^"]*)"', shown))
    key = next(name for name in data if name.endswith("-value")).removesuffix("-value")
    client.post("/start/proposals", {"text": "• Save £120m a year by end of 2029", "keep": "1", **data, f"{key}-keep": "on"})
    assert Target.objects.get().value == 120_000_000.0


def test_an_office_founded_beforehand_still_leads_to_the_first_steps_and_takes_the_name_typed(client, head):
    office = purpose.add_office(name="Brindle", by=head, head=head)
    assert client.get("/")["Location"] == "/start"
    begin(client)
    office.refresh_from_db()
    assert office.name == office.scope.name == "Change office"


def test_a_first_step_stands_in_the_plan_with_a_thread_from_the_mandate_to_its_owner(client, head):
    begin(client)
    assert "No goal to work for yet" in text(client.get("/start/step"))
    keep(client)
    kpi = Target.objects.get(objective__title__startswith="Cut complaint").kpi_id
    sent = {"name": "Agree decision days", "goal": f"kpi:{kpi}", "size": "L", "deadline": "2027-03-31"}
    assert client.post("/start/step", sent | {"goal": "kpi:0"}).status_code == 422
    assert client.post("/start/step", sent)["Location"] == "/start/step"

    step = Step.objects.get()
    assert (step.activity.name, step.activity.deadline) == ("Agree decision days", date(2027, 3, 31))
    assert (step.contributions.get().kpi_id, step.contributions.get().size) == (kpi, "L")
    shown = text(client.get("/start/step"))
    assert "Your first thread" in shown
    assert "step, large effect" in shown
    assert "Odile Hartnell answers for it" in shown
    assert "Agree decision days" in text(client.get("/")), "the owner finds it in the day"
    assert queries.first_run(head).place == 4, "the list of projects is next"


def test_the_first_step_is_not_waited_for_once_projects_are_there(client, head):
    begin(client)
    keep(client)
    assert queries.first_run(head).stages[queries.first_run(head).place - 1].label == "First step"
    projects.add_projects(rows=[{"name": "Boiler"}], by=head)
    assert queries.first_run(head).stages[queries.first_run(head).place - 1].label == "One key for each project"


def test_a_long_result_is_summarised_and_says_what_is_not_asked_apart(client, head):
    begin(client)
    keep(client)
    rows = [{"name": f"Project {n}", "budget_minor": 1_000_00 * n, "currency": "GBP"} for n in range(1, 61)]
    made = projects.add_projects(rows=rows, by=head)
    for project in made[30:]:
        answer_with_choice(subject=project, choice="none", by=head)
    page = text(client.get("/start/result"))
    assert "30 have no goal named · £1.4m, 75 % of the budget" in page, "31 to 60 are 1,365 of 1,830 parts"
    assert "30 are not asked about yet · £465k, 25 % of the budget" in page
    assert "The 25 largest of 30." in page
    assert "Project 36 " in page
    assert "Project 35 " not in page, "the 26th of those without a goal"
    assert "The 10 largest of 30." in page
    assert "Project 21 " in page
    assert "Project 20 " not in page, "the 11th of those not asked about"


def test_pages_of_an_organisation_without_anything_say_so_and_lead_on(client, head):
    purpose.add_office(name="Brindle", by=head, head=head)
    for path, said, onward in (
        ("/gaps", "Nothing to compare yet", "/start"),
        ("/map", "No thread yet", "/start"),
        ("/start/result", "Nothing to compare yet", "/start"),
        ("/projects", "No projects yet", "/import"),
        ("/projects/goals", "No open projects yet", "/import"),
        ("/objectives", "No objective yet", "/objectives/new"),
        ("/mandate", "No mandate yet", "/mandate/new"),
        ("/services", "No service yet", "/services/new"),
        ("/plan", "No steps yet", ""),
        ("/plan/duties", "No duties yet", ""),
    ):
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200, path
        assert said in page, path
        assert f'href="{onward}' in page.split("<main", 1)[1], path
    gaps = client.get("/gaps").content.decode()
    assert "Every target has work" not in gaps, "nothing is not a success"
    assert "0 of 0" not in client.get("/projects/goals").content.decode()
