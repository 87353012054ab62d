"""Today: every headline equals the rows under it, whatever the day holds; what waits for a decision stands beside it."""

import re
from datetime import date, timedelta

import pytest
from django.core import mail

from goldenthread.accounts import actions as accounts
from goldenthread.kit.money import Money
from goldenthread.kit.permissions import Role
from goldenthread.plan import actions as plan
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.thread import actions, queries
from goldenthread.ui import writing
from goldenthread.workspace.actions import ask_question
from tests.cast import add_player
from tests.thread.conftest import TODAY, goal, text


def minutes(words: str) -> int:
    """5 h, 1.5 h, 1 h 40 min, 30 min as minutes."""
    whole = re.search(r"([\d.,]+)\s*h", words)
    rest = re.search(r"(\d+)\s*min", words)
    return round(float(whole[1].replace(",", "")) * 60 if whole else 0) + int(rest[1] if rest else 0)


def parts(response) -> dict[str, tuple[str, list[str]]]:
    """Title of each part of the day -> its headline and the effort each row shows."""
    found = {}
    for html in re.findall(r'<section class="part".*?</section>', response.content.decode(), re.DOTALL):
        title, said = re.search(r'part-head">(.*?) <span>(.*?)</span>', html, re.DOTALL).groups()
        found[title] = (said.replace("\xa0", " "), [e.replace("\xa0", " ") for e in re.findall(r"<small>(.*?)</small>", html)])
    return found


def meant(effort: str) -> int:
    """What a row gives to its part: 5 h; of “3 h of 5 h today” the three hours."""
    return minutes(effort.split(" of ", maxsplit=1)[0].split(" · ", maxsplit=1)[0])


@pytest.mark.parametrize("blocked", [(), (0,), (1, 3)])
def test_each_part_adds_up_and_the_sentence_says_the_same(scene, blocked):
    for n in blocked:
        schedule.block(activity=scene.steps[n].activity, because="the sponsor", by=scene.cast.head)
    schedule.report_progress(activity=scene.steps[2].activity, effort=(240, 300, 360), by=scene.cast.member)
    response = scene.cast.client(scene.cast.member).get("/")
    day = parts(response)
    for said, efforts in day.values():
        assert said == f"{len(efforts)} thing{'s' * (len(efforts) != 1)}, " + said.split(", ")[1]
        assert minutes(said.split(", ")[1]) == sum(map(meant, efforts))
    assert sum(len(efforts) for _, efforts in day.values()) == 4
    lead = text(response).split("Add work")[0].replace("\xa0", " ")
    today = day["Today"]
    assert f"{today[0].replace(', ', ' today, ')} of your 8 h" in lead
    assert sum(map(meant, today[1])) == 8 * 60  # the day is full
    assert ("waiting for others" in lead) == bool(blocked)
    assert len(day.get("Waiting for others", ("", []))[1]) == len(blocked)


def test_without_working_hours_everything_comes_next(scene):
    accounts.edit_person(person=scene.cast.member, changes={"absent_from": TODAY, "absent_to": TODAY}, by=scene.cast.member)
    response = scene.cast.client(scene.cast.member).get("/")
    assert list(parts(response)) == ["Next"]
    assert "No working hours today; 4 next." in text(response)


def test_what_is_left_out_is_counted_in_its_part(scene):
    scene.add_steps(20)
    response = scene.cast.client(scene.cast.member).get("/")
    day = parts(response)
    assert sum(len(efforts) for _, efforts in day.values()) == 24
    assert "9 more things" in text(response)


def test_what_waits_for_a_decision_stands_beside_the_day_of_who_decides(scene):
    purpose.propose_objective(objective=scene.objective, by=scene.cast.head)
    secret, _ = goal(scene.cast, "Sell the northern office", confidential=True)
    purpose.propose_objective(objective=secret, by=scene.cast.head)
    purpose.set_value_rate(kpi=scene.kpi, worth=Money(100, "EUR"), valid_from=date(2026, 1, 1), by=scene.cast.head)
    titles = [decision.title for decision in queries.decisions(scene.cast.sponsor)]
    assert titles == ["Faster decisions", "Sell the northern office", scene.kpi.name]
    shown = text(scene.cast.client(scene.cast.sponsor).get("/"))
    assert "Waits for your decision" in shown
    assert "Sign what one unit is worth" in shown
    assert queries.decisions(scene.cast.pmo) == []
    assert "Waits for your decision" not in text(scene.cast.client(scene.cast.pmo).get("/"))


def asks(response) -> list[str]:
    """Where the day's questions are asked."""
    return re.findall(r'href="(/ask/[^?"]+)\?question_kind=FREE"', response.content.decode())


def test_whoever_does_the_work_may_ask_who_answers_for_it(scene, django_capture_on_commit_callbacks):
    member, client = scene.cast.member, scene.cast.client(scene.cast.member)
    plan.add_duty(plan=scene.plan, name="Attest", source="Water act", by=scene.cast.head, holder=member, next_due=TODAY)
    plan.make_occurrences(plan=scene.plan, today=TODAY)
    actions.add_own_work(person=member, name="Call the supplier", hours="1", step_id="")
    places = asks(client.get("/"))
    assert len(places) == 6
    for place in places:
        form = client.get(place).content.decode()
        assert scene.cast.head.name in form
        assert scene.cast.head.email not in form
        assert "Which goal does this work serve?" not in form
    about = f"/ask/activity/{scene.steps[1].activity_id}"
    assert about in places
    sent = {"asked": scene.cast.head.pk, "question_kind": "FREE", "text": "Who has the drawings?"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(about, sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Who has the drawings?" in mail.outbox[-1].body
    stranger = {**sent, "asked": scene.cast.people[Role.AUDITOR].pk}
    assert client.post(about, stranger).status_code == 422
    assert client.get(f"/ask/objective/{scene.objective.pk}").status_code == 403


def test_the_pmo_asks_about_the_step_itself_with_or_without_a_goal(scene):
    for step in scene.steps:
        schedule.assign(activity=step.activity, person=scene.cast.pmo, by=scene.cast.head)
    client = scene.cast.client(scene.cast.pmo)
    assert sorted(asks(client.get("/"))) == sorted(f"/ask/step/{step.pk}" for step in scene.steps)
    assert "Which goal does this work serve?" in client.get(f"/ask/step/{scene.steps[1].pk}").content.decode()


def test_who_sees_no_plan_adds_work_to_the_steps_that_he_works_on(scene):
    outsider = scene.cast.people[Role.CLIENT]
    client = scene.cast.client(outsider)
    assert "Add work" not in text(client.get("/"))
    step = scene.steps[0]
    part = schedule.add_activity(schedule=scene.plan.schedule, name="Choose", by=None, parent=step.activity, duration=60)
    schedule.assign(activity=part, person=outsider, by=None)
    page = client.get("/").content.decode()
    assert f'<option value="{step.pk}">' in page
    assert "none, say later" not in page
    assert client.post("/today/add", {"name": "Ring them", "hours": "1", "step": ""}).status_code == 422
    assert client.post("/today/add", {"name": "Ring them", "hours": "1", "step": str(scene.steps[1].pk)}).status_code == 422
    assert client.post("/today/add", {"name": "Ring them", "hours": "1", "step": str(step.pk)}).status_code == 303
    assert "Ring them" in text(client.get("/"))


def test_ones_thread_says_in_words_and_as_a_picture_how_far_each_kpi_has_come(scene):
    purpose.enter_measurement(kpi=scene.kpi, on=date(2026, 11, 2), value=12.5, by=scene.cast.head)
    kpi, target = scene.kpi, scene.objective.targets.get()
    page = text(scene.cast.client(scene.cast.member).get("/"))
    assert "12.5 → 8.0 days" in page
    assert "From 14.0; 12.5 on 2 Nov 2026; to be 8.0 days by 31 Dec 2027 2 things of yours move it" in page
    made = make_forecast(office=scene.cast.office, today=TODAY)
    low, high = (writing.number(made.results["targets"][str(target.pk)][end], kpi.decimals) for end in ("p10", "p90"))
    page = scene.cast.client(scene.cast.member).get("/").content.decode()
    assert f"expected then, in 8 of 10 cases, {low} to {high}<" in page
    assert page.count('class="may"') == 1


@pytest.mark.parametrize("state", ["DRAFT", "RETIRED"])
def test_a_confidential_figure_is_named_to_nobody_who_works_for_it(scene, state):
    hidden, kpi = goal(scene.cast, "Sell the depot", confidential=True)
    plan.contribute(kpi=kpi, step=scene.steps[1], size="L", by=scene.cast.head)
    if state == "RETIRED":
        purpose.retire_objective(objective=hidden, by=scene.cast.head, reason="Sold")
    shown = scene.cast.client(scene.cast.member).get("/").content.decode()
    assert kpi.name not in shown
    assert f"/kpis/{kpi.pk}" not in shown
    assert "A confidential KPI" in shown


def test_who_may_see_no_kpis_is_told_no_figures_of_them(scene):
    purpose.enter_measurement(kpi=scene.kpi, on=date(2026, 11, 2), value=12.5, by=scene.cast.head)
    outsider = scene.cast.people[Role.CLIENT]
    schedule.assign(activity=scene.steps[0].activity, person=outsider, by=scene.cast.head)
    page = scene.cast.client(outsider).get("/").content.decode()
    assert scene.kpi.name in page
    assert "12.5" not in page
    assert 'class="course"' not in page


def test_quick_work_is_offered_only_where_it_will_be_taken(scene):
    manager = add_player("Farah Lindgate", "farah@aldermere.example", Role.PROJECT_MANAGER, scene.cast.project_scope)
    client = scene.cast.client(manager)
    page = client.get("/").content.decode()
    assert "Add work" not in page
    assert 'href="/plan"' not in page.split('id="main"')[1]
    schedule.assign(activity=scene.steps[0].activity, person=manager, by=scene.cast.head)
    page = client.get("/").content.decode()
    assert f'<option value="{scene.steps[0].pk}">' in page
    assert "none, say later" not in page
    assert client.post("/today/add", {"name": "Ring them", "hours": "1", "step": str(scene.steps[0].pk)}).status_code == 303


def test_quick_work_without_a_step_goes_to_the_plan_of_the_own_office(scene):
    other = plan.found_plan(office=scene.cast.second_office, by=None)
    both = add_player("Gwen Ashdown", "gwen@aldermere.example", Role.TEAM_MEMBER, scene.cast.top)
    accounts.grant_role(person=both, role=Role.PMO, scope=other.scope, by=None)
    made = actions.add_own_work(person=both, name="Call the supplier", hours="1", step_id="")
    assert made.schedule_id == other.schedule_id


def test_a_question_says_how_long_it_has_been_waited_for(scene):
    member = scene.cast.member
    ask_question(
        asked=member, question_kind="FREE", ref_kind="step", ref_id=scene.steps[0].pk, by=scene.cast.head, text="Which meters?"
    )
    (row,) = [row for row in queries.today(member).rows if row.kind == "question"]
    assert row.ranked.sentence == "Asked today: an answer takes minutes"
    (row,) = [row for row in queries.today(member, TODAY + timedelta(days=2)).rows if row.kind == "question"]
    assert "not known yet" not in row.ranked.sentence
    assert "wait" in row.ranked.sentence


def test_who_sees_no_office_gets_no_way_that_leads_nowhere(scene):
    manager = add_player("Farah Lindgate", "farah@aldermere.example", Role.PROJECT_MANAGER, scene.cast.project_scope)
    schedule.assign(activity=scene.steps[0].activity, person=manager, by=scene.cast.head)
    client = scene.cast.client(manager)
    page = client.get("/").content.decode()
    assert scene.kpi.name in page
    assert scene.objective.title in page
    links = {link for link in re.findall(r'href="(/[^"#?]*)', page) if not link.startswith(("/static", "/sign-in"))}
    assert f"/plan/steps/{scene.steps[0].pk}" in links
    assert {link: client.get(link).status_code for link in links if client.get(link).status_code != 200} == {}
    assert "Does your work serve a goal?" not in page  # it would be answered for an office
    assert not links & {"/map", "/plan", "/objectives", "/mandate", "/services", "/offices", "/track-record"}
    step = text(client.get(f"/plan/steps/{scene.steps[0].pk}"))
    assert "It moves 1 number not shown to you." in step
    assert "No goal named" not in step
