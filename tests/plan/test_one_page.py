"""The plan on one page: what stands there for whom, cut honestly, in a fixed number of statements."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.accounts.queries import forget_rights
from goldenthread.config import planning
from goldenthread.config.session import Session
from goldenthread.formats.one_page import pages_of
from goldenthread.formats.workbook import read_workbook
from goldenthread.kit.errors import Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.actions import versions
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.plan.actions.rows import add_row
from goldenthread.plan.queries.one_page_person import is_stakeholder
from goldenthread.plan.queries.page_parts import first_sentence
from goldenthread.projects import actions as projects
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Objective, Service
from goldenthread.schedule.actions import assign, postponed_dates, relate
from goldenthread.ui import writing
from goldenthread.workspace.models import InboxItem
from tests.formats.test_one_page_slide import check as check_slide


def text(response) -> str:
    """What a reader reads of the page itself."""
    assert response.status_code == 200, response.status_code
    main = response.content.decode().split('id="main"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def goal(scene, title, *, short_name="", confidential=False, owner=None):
    head, n = scene.cast.head, Kpi.objects.count()
    objective = purpose.add_objective(
        office=scene.cast.office, title=title, short_name=short_name, by=head, owner=owner or scene.cast.pmo,
        is_confidential=confidential,
    )  # fmt: skip
    kpi = purpose.add_kpi(office=scene.cast.office, name=f"Figure {n} of {title[:60]}", unit="days", direction="FALL", by=head)
    purpose.set_target(
        objective=objective, kpi=kpi, by=head, baseline=14.0, baseline_on=scene.today - timedelta(days=30), value=8.0,
        due_on=scene.today + timedelta(days=400),
    )  # fmt: skip
    Objective.objects.filter(pk=objective.pk).update(state=Objective.State.PROPOSED)
    return objective, kpi


@pytest.fixture
def full(scene):
    """The scene's objective is proposed, its step moves it, a service is stopped, a duty is held."""
    head = scene.cast.head
    Objective.objects.filter(pk=scene.objective.pk).update(state=Objective.State.PROPOSED)
    actions.contribute(kpi=scene.kpi, step=scene.step, size="M", by=head)
    service = purpose.add_service(office=scene.cast.office, name="Minutes of meetings", by=head)
    purpose.stop_service(service=service, by=head, goes_to="Each project")
    actions.add_duty(
        plan=scene.plan, name="Report to the regulator", source="The Water Act", holder=scene.cast.member, by=head,
        cadence="YEARLY", next_due=scene.today + timedelta(days=9), minutes=60,
    )  # fmt: skip
    return scene


def office_page(scene, person):
    return queries.office_page(scene.plan, scene.cast.fresh(person), scene.today)


def own_page(scene, person, viewer=None):
    return queries.person_page(scene.cast.fresh(person), scene.cast.fresh(viewer or person), scene.today)


def rows(page, title):
    return next(section.lines.rows for section in page.sections if section.title == title)


def test_an_office_page_says_why_what_by_whom_and_what_not(full):
    make_forecast(office=full.cast.office)
    page = office_page(full, full.cast.head)
    assert page.mandate == "Value"
    (line,) = page.goals
    assert (line.title, line.owner, line.is_proposed) == ("Bring decisions from 5 to 3 days", full.cast.pmo.name, True)
    (figure,) = line.figures
    assert (figure.name, figure.course, figure.due) == ("Decision latency", "5.5 → 3.0 days", full.target.due_on)
    assert figure.now == "now 5.0"
    assert line.chance
    assert line.basis in {"thin", "fair", "good"}
    (work,) = line.works_shown
    assert (work.name, work.who) == ("Clients decide", full.cast.head.name)
    assert work.finish == full.step.activity.dates.early_finish
    assert [row.name for row in page.duties.rows] == ["Report to the regulator"]
    assert [(row.name, row.when, row.note) for row in page.not_done.rows] == [
        ("Minutes of meetings", "stopped", "goes to Each project")
    ]
    assert "no version in force yet" in page.standing.words
    assert f"chances of {full.today.day} " in page.standing.words


def test_the_version_in_force_stands_with_its_day(full):
    version = versions.propose_version(plan=full.plan, because="First", by=full.cast.head)
    assert f"version {version.number} is proposed" in office_page(full, full.cast.head).standing.words
    type(version).objects.filter(pk=version.pk).update(state="IN_FORCE", in_force_on=full.today)
    words = office_page(full, full.cast.head).standing.words
    assert f"version {version.number}, in force since {full.today.day} " in words


def test_changes_since_the_version_in_force_are_counted_by_what_started_them(full, undo_last):
    """One edit that moves other work is one change, and so is one that is taken back none."""
    head = full.cast.head
    part = actions.add_step(plan=full.plan, name="Part", by=head, accountable=head, duration=480)
    relate(predecessor=full.step.activity, successor=part.activity, by=head)
    version = versions.propose_version(plan=full.plan, because="First", by=head)
    type(version).objects.filter(pk=version.pk).update(state="IN_FORCE", in_force_on=full.today)

    def since():
        return office_page(full, head).standing.version.partition("; ")[2]

    assert since() == "no change since"
    actions.edit_step(step=full.fresh(full.step), changes={"duration": 9600}, by=head)
    assert since() == "1 change since, not approved", "what it moves is not counted again"
    Kpi.objects.filter(pk=full.kpi.pk).update(definition="Not what a version holds")
    purpose.edit_target(target=full.fresh(full.target), changes={"value": 2.5}, by=head, reason="The board asked")
    assert since() == "2 changes since, not approved"
    undo_last()
    assert since() == "1 change since, not approved"
    for words in (text(full.cast.client(head).get("/plan/one-page")), queries.office_paper(office_page(full, head)).lead):
        assert "version 1, in force since" in words
        assert "1 change since, not approved" in words


def test_how_many_have_read_the_version_stands_below_without_names(full):
    version = versions.propose_version(plan=full.plan, because="First", by=full.cast.head)
    type(version).objects.filter(pk=version.pk).update(state="IN_FORCE", in_force_on=full.today)
    for person in (full.cast.member, full.cast.pmo):
        InboxItem(person=person, title="Read", link=f"/plan/versions/{version.pk}/changes", at=timezone.now()).save()
    versions.see_version(version=full.fresh(version), by=full.cast.fresh(full.cast.member))
    assert office_page(full, full.cast.head).standing.read == (1, 2)
    assert "Version 1: read and understood by 1 of 2." in text(full.cast.client(full.cast.member).get("/plan/one-page"))


def test_with_a_version_in_force_it_takes_a_few_statements_more_while_nobody_writes(full):
    version = versions.propose_version(plan=full.plan, because="First", by=full.cast.head)
    type(version).objects.filter(pk=version.pk).update(state="IN_FORCE", in_force_on=full.today)
    client = full.cast.client(full.cast.head)
    client.get("/plan/one-page")
    with CaptureQueriesContext(connection) as seen:
        client.get("/plan/one-page")
    assert len(seen) <= 21


def test_a_work_that_moves_an_objective_ends_with_its_last_part_and_closed_work_is_left_out(full):
    head = full.cast.head
    top = actions.add_step(plan=full.plan, name="Initiative", by=head, accountable=full.cast.pmo)
    actions.contribute(kpi=full.kpi, project=full.project, size="S", by=head)
    actions.contribute(kpi=full.kpi, step=top, size="S", by=head)
    assert {work.name for work in office_page(full, head).goals[0].works} == {"Clients decide", "Billing renewal", "Initiative"}
    actions.stop_step(step=full.fresh(top), by=head, because="No longer needed")
    projects.cancel_project(project=full.fresh(full.project), by=head, because="No longer needed")
    assert {work.name for work in office_page(full, head).goals[0].works} == {"Clients decide"}


def test_what_is_left_out_is_counted(full):
    head = full.cast.head
    with accounts.changeset(title="Plan", by=head), postponed_dates():
        for n in range(12):
            step = actions.add_step(plan=full.plan, name=f"Step {n}", by=head, accountable=head, duration=480)
            actions.contribute(kpi=full.kpi, step=step, size="S", by=head)
    (line,) = office_page(full, head).goals
    assert len(line.works_shown) + int(line.left_out.split()[0]) == 13
    assert line.left_out == "5 more steps"
    assert "5 more steps" in text(full.cast.client(head).get("/plan/one-page"))


def test_a_confidential_objective_is_counted_and_never_named(full):
    secret, kpi = goal(full, "Close the canary site", confidential=True, owner=full.cast.head)
    actions.contribute(kpi=kpi, step=full.step, size="S", by=full.cast.head)
    seen = text(full.cast.client(full.cast.head).get("/plan/one-page"))
    assert secret.title in seen
    for role in ("PMO", "TEAM_MEMBER"):
        person = full.cast.people[role]
        for address in ("/plan/one-page", "/plan/one-page/me", f"/plan/one-page/me?person={full.cast.head.pk}"):
            response = full.cast.client(person).get(address)
            assert "canary" not in response.content.decode(), (role, address)
    assert "1 not shown to you" in text(full.cast.client(full.cast.pmo).get("/plan/one-page"))
    assert "not shown" not in seen


def test_my_page_has_my_objectives_figures_steps_with_why_and_duties_in_order(full):
    page = own_page(full, full.cast.member)
    assert not page.is_stakeholder
    assert [row.name for row in rows(page, "Figures I enter")] == ["Decision latency"]
    (step,) = rows(page, "My steps, in order")
    assert (step.name, step.note) == ("Clients decide", "for: Faster decisions")
    (duty,) = rows(page, "My duties")
    assert (duty.name, duty.note, duty.is_late) == ("Report to the regulator", "The Water Act", False)
    assert rows(page, "Objectives I answer for") == ()
    (objective,) = rows(own_page(full, full.cast.pmo), "Objectives I answer for")
    assert (objective.name, objective.note) == ("Faster decisions", "5.5 → 3.0 days, now 5.0 (Decision latency)")


def test_steps_without_a_goal_say_so_and_the_earlier_comes_first(full):
    head, member = full.cast.head, full.cast.member
    late = full.today + timedelta(days=200)
    actions.add_step(plan=full.plan, name="Later", by=head, responsible=(member,), duration=480, not_before=late)
    found = rows(own_page(full, member), "My steps, in order")
    assert [(row.name, row.note) for row in found] == [("Clients decide", "for: Faster decisions"), ("Later", "no goal named")]


def test_a_step_is_for_the_goal_of_what_it_supervises_or_of_what_lies_above_it(full):
    head, member = full.cast.head, full.cast.member
    watch = actions.add_step(plan=full.plan, name="Watch", by=head, responsible=(member,), duration=480)
    actions.supervise(step=watch, project=full.project, by=head)

    def why(name):
        return {row.name: row.note for row in rows(own_page(full, member), "My steps, in order")}[name]

    assert why("Watch") == "supervises a project that is not shown here", "a member may not see it, and has a goal all the same"
    (line,) = [row for row in rows(own_page(full, member, head), "My steps, in order") if row.name == "Watch"]
    assert line.note == "supervises a project that is not shown here", "the page of a person names what that person may see"
    actions.contribute(kpi=full.kpi, project=full.project, size="S", by=head)
    assert why("Watch") == "for: Faster decisions"
    part = actions.add_step(plan=full.plan, name="Part", by=head, parent=full.fresh(full.step), accountable=member, duration=480)
    assert why("Part") == "for: Faster decisions"
    assert part.activity.parent_id == full.step.activity_id
    Objective.objects.update(is_confidential=True, owner=head)
    assert why("Part") == "for: a goal that is not shown here"


def test_a_task_of_ones_own_step_is_not_listed_beside_it(full):
    part = actions.add_step(
        plan=full.plan, name="Part", by=full.cast.head, parent=full.fresh(full.step), responsible=(full.cast.member,)
    )
    add_row(plan=full.plan, name="Task", by=full.cast.head, inside=part.activity)
    assign(activity=full.task("Task"), person=full.cast.member, by=full.cast.head)
    assign(activity=full.task("Task"), person=full.cast.pmo, by=full.cast.head)
    assert [row.name for row in rows(own_page(full, full.cast.member), "My steps, in order")] == ["Clients decide", "Part"]
    assert [row.name for row in rows(own_page(full, full.cast.pmo), "My steps, in order")] == ["Task"]


def test_a_version_to_sign_waits_for_a_decision_until_it_is_signed(full):
    cast = full.cast
    versions.propose_version(plan=full.plan, because="We begin", by=cast.head)
    asked = "Agree to the version proposed, or object"
    for person, viewer in ((cast.head, cast.head), (cast.pmo, cast.head)):
        assert [row.note for row in rows(own_page(full, person, viewer), "To decide")].count(asked) == 1
    versions.sign(version=full.plan.versions.get(), by=cast.head)
    assert asked not in [row.note for row in rows(own_page(full, cast.head), "To decide")]


def test_a_client_reads_what_comes_when_and_who_to_ask_and_nothing_else(full):
    client, cast = full.cast.people["CLIENT"], full.cast
    with accounts.changeset(title="A project of the client's", by=None):
        projects.add_project(name="Telemetry", by=None, under=cast.project_scope, manager=cast.people["PROJECT_MANAGER"],
                             starts_on=full.today, finishes_on=full.today + timedelta(days=50))  # fmt: skip
    assert is_stakeholder(cast.fresh(client))
    page = own_page(full, client)
    (row,) = rows(page, "What comes, and when")
    assert (row.name, row.note) == ("Telemetry", f"ask {cast.people['PROJECT_MANAGER'].name}")
    seen = text(cast.client(client).get("/plan/one-page/me"))
    for hidden in ("Billing renewal", "Faster decisions", "Decision latency", "Clients decide", "Water Act"):
        assert hidden not in seen
    assert "Telemetry" in seen
    assert cast.client(client).get("/plan/one-page").status_code == 404


def test_who_plans_may_see_the_page_of_another_unless_that_is_switched_off(full):
    cast = full.cast
    address = f"/plan/one-page/me?person={cast.member.pk}"
    assert "Clients decide" in text(cast.client(cast.head).get(address))
    assert cast.client(cast.nobody).get(address).status_code == 404
    assert cast.client(cast.head).get("/plan/one-page/me?person=x").status_code == 404
    type(cast.organisation).objects.filter(pk=cast.organisation.pk).update(shows_person_load=False)
    assert cast.client(cast.head).get(address).status_code == 404
    assert cast.client(cast.member).get(address).status_code == 200


def test_who_may_edit_is_told_which_words_are_hard(full):
    heavy = "Organisational prioritisation evaluation implementation governmental responsibility"
    goal(full, heavy)
    assert "Plain words" in text(full.cast.client(full.cast.head).get("/plan/one-page"))
    assert "long words: Organisational, prioritisation" in text(full.cast.client(full.cast.head).get("/plan/one-page"))
    forget_rights(full.cast.member)
    assert "Plain words" not in text(full.cast.client(full.cast.member).get("/plan/one-page"))


def test_statements_are_the_same_for_many_rows(full):
    def counts():
        found = {}
        for role, address in (("HEAD", "/plan/one-page"), ("TEAM_MEMBER", "/plan/one-page/me"), ("CLIENT", "/plan/one-page/me")):
            client = full.cast.client(full.cast.people[role])
            client.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            found[role] = len(seen)
        return found

    make_forecast(office=full.cast.office, runs=200)
    projects.add_project(name="First", by=None, under=full.cast.project_scope)
    small = counts()
    head, member = full.cast.head, full.cast.member
    with accounts.changeset(title="Many", by=head), postponed_dates():
        for n in range(20):
            _, kpi = goal(full, f"Objective {n}")
            step = actions.add_step(
                plan=full.plan, name=f"Step {n}", by=head, accountable=head, responsible=(member,), duration=480
            )
            actions.contribute(kpi=kpi, step=step, size="S", by=head)
            purpose.add_service(
                office=full.cast.office, name=f"Service {n}", by=head, state=Service.State.NOT_OFFERED, goes_to="IT"
            )
            projects.add_project(name=f"Project {n}", by=None, under=full.cast.project_scope)
    assert counts() == small
    assert max(small.values()) <= 18


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("We have projects decided in time. We do more.", "We have projects decided in time."),
        ("Keep 3.5 % of\n  it", "Keep 3.5 % of it"),
        ("word " * 100, "word " * 63 + "word…"),
        ("", ""),
    ],
)
def test_a_mandate_is_its_first_sentence(given, wanted):
    assert first_sentence(given) == wanted


def test_the_pdf_has_the_words_of_the_page_and_one_sheet(full):
    page = office_page(full, full.cast.head)
    rows = [row for part in queries.office_paper(page).parts for row in part.rows]
    told = " ".join(cell for row in rows for cell in row.cells)
    for words in ("Bring decisions from 5 to 3 days (proposed)", "5.5 → 3.0 days", "Clients decide", "Report to the regulator"):
        assert words in told
    response = full.cast.client(full.cast.head).get("/plan/one-page?pdf")
    assert response["Content-Type"] == "application/pdf"
    assert pages_of(response.content) == 1
    own = own_page(full, full.cast.member)
    told = " ".join(cell for part in queries.person_paper(own).parts for row in part.rows for cell in row.cells)
    assert "for: Faster decisions" in told
    assert "No objective. Nothing waits for a decision." in told
    assert pages_of(full.cast.client(full.cast.member).get("/plan/one-page/me?pdf").content) == 1


@pytest.mark.parametrize("count", [3, 30])
def test_the_slide_has_the_words_of_the_page_and_its_chart_the_figures(full, count):
    with accounts.changeset(title="Many", by=full.cast.head), postponed_dates():
        for n in range(count - 1):
            goal(full, f"Objective {n}")
    response = full.cast.client(full.cast.head).get("/plan/one-page?pptx")
    assert response["Content-Type"].endswith("presentationml.presentation")
    assert response["Content-Disposition"].endswith('.pptx"')
    page = check_slide(response.content)
    (table,) = [shape.table for shape in page.shapes if shape.has_table]
    told = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    assert told[1][:2] == ["Faster decisions (proposed)", "5.5 → 3.0 days by " + writing.month(full.target.due_on)]
    assert told[2][0] == "Clients decide" if count == 3 else told[-1][0] == "and 7 more objectives"
    (chart,) = [shape.chart for shape in page.shapes if shape.has_chart]
    assert next(iter(chart.plots[0].categories)) == "Faster decisions"
    assert chart.plots[0].series[1].values[0] == pytest.approx(0.2), "from 5.5 to 5.0 on the way to 3.0"
    texts = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
    assert any("Report to the regulator" in text for text in texts)
    assert any("Minutes of meetings" in text for text in texts)


def test_the_slide_of_a_person_has_what_is_his_and_no_chart(full):
    page = check_slide(full.cast.client(full.cast.member).get("/plan/one-page/me?pptx").content)
    (table,) = [shape.table for shape in page.shapes if shape.has_table]
    told = [[cell.text_frame.text for cell in row.cells] for row in table.rows]
    assert ["My steps, in order", "", ""] in told
    assert any(row[1:] == ["Clients decide", "for: Faster decisions"] for row in told)
    nobody = check_slide(full.cast.client(full.cast.nobody).get("/plan/one-page/me?pptx").content)
    assert "Nothing of the plan is yours yet." in [s.text_frame.text for s in nobody.shapes if s.has_text_frame]


def test_the_workbook_has_all_of_it_and_no_formula(full):
    goal(full, "=1+1 and more")
    data = full.cast.client(full.cast.head).get("/plan/one-page?xlsx").content
    book = {sheet.name: sheet.rows for sheet in read_workbook(data).sheets}
    assert list(book) == ["Plan", "Objectives", "Steps", "Duties", "What we do not do"]
    assert ("=1+1 and more", "proposed") in [row[:2] for row in book["Objectives"]]
    (line,) = [row for row in book["Objectives"] if row[3] == "Decision latency"]
    assert line[4:7] == ("5.5 → 3.0 days", "now 5.0", pytest.approx(0.2))
    assert book["Steps"][1][:3] == ("Bring decisions from 5 to 3 days", "Clients decide", full.cast.head.name)
    own = read_workbook(full.cast.client(full.cast.member).get("/plan/one-page/me?xlsx").content).sheets[0].rows
    assert any(row[2] == "Clients decide" for row in own)


@pytest.mark.parametrize("form", ["pptx", "xlsx"])
def test_no_file_names_a_confidential_objective_to_who_may_not_see_it(full, form):
    _, kpi = goal(full, "Close the canary site", confidential=True, owner=full.cast.head)
    actions.contribute(kpi=kpi, step=full.step, size="S", by=full.cast.head)
    seen = {
        role: unpacked(full.cast.client(full.cast.people[role]).get(f"/plan/one-page?{form}").content)
        for role in ("HEAD", "PMO", "TEAM_MEMBER")
    }
    assert {role: b"canary" in data for role, data in seen.items()} == {"HEAD": True, "PMO": False, "TEAM_MEMBER": False}


def unpacked(data: bytes) -> bytes:
    """Every part of a packed file, and of the workbooks in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return b"".join(unpacked(part) if part.startswith(b"PK") else part for part in parts)


def test_the_command_writes_the_page_of_the_office_or_of_a_person(full, tmp_path, capsys):
    session = Session(full.cast.organisation, full.cast.fresh(full.cast.head), "")
    file = tmp_path / "plan.pdf"
    planning.one_page(session, file, "", json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["pages"]) == (str(file), 1)
    assert pages_of(file.read_bytes()) == 1
    for form in ("pptx", "xlsx"):
        planning.one_page(session, tmp_path / f"plan.{form}", "", json=False)
        assert (tmp_path / f"plan.{form}").read_bytes().startswith(b"PK")
    planning.one_page(session, file, full.cast.member.email, json=False)
    assert full.cast.member.name in capsys.readouterr().out
    refused = [
        (tmp_path / "plan.doc", "", "does not end in .pdf"),
        (file, "x@y.example", "nobody with the address"),
        (tmp_path / "no" / "plan.pdf", "", "cannot be written"),
    ]
    for out, email, said in refused:
        with pytest.raises(Refused, match=said):
            planning.one_page(session, out, email, json=False)
    with pytest.raises(Refused):
        planning.one_page(
            Session(full.cast.organisation, full.cast.fresh(full.cast.nobody), ""), file, full.cast.head.email, json=False
        )
