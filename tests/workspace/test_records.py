"""Nouns as tables: out to a spreadsheet, changed there, and back; every refusal with its row; one changeset."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan import actions as plan
from goldenthread.plan.models import Contribution, Duty, Step
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi, Measurement, Objective, Target
from goldenthread.schedule.models import ActivityDates
from goldenthread.workspace import imports
from goldenthread.workspace.queries import exports, record_kinds


@pytest.fixture
def full(cast, scene):
    """A row of every noun."""
    purpose.enter_measurement(kpi=scene.kpis[0], on=date(2026, 3, 31), value=12.5, by=cast.head)
    made = plan.found_plan(office=cast.office, by=cast.head)
    parent = plan.add_step(plan=made, name="Faster decisions", by=cast.head, accountable=cast.head, step_kind="INITIATIVE")
    step = plan.add_step(
        plan=made, name="A weekly board", by=cast.head, parent=parent, responsible=(cast.pmo,), effort_likely=600
    )
    plan.contribute(kpi=scene.kpis[0], step=step, by=cast.head, size="M")
    plan.contribute(kpi=scene.kpis[1], project=scene.project, by=cast.head, effect=(1.0, 2.0, 4.0))
    plan.add_duty(
        plan=made, name="Report", source="The Water Act", by=cast.head, holder=cast.pmo, next_due=date(2027, 3, 1), minutes=90
    )
    return scene


def table(person, noun):
    """The exported rows of a noun as dictionaries."""
    [(_, data)] = exports(person, "csv", [noun])
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def written(rows) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def bring_back(cast, rows, *, noun="", dry_run=False, by=None):
    data = rows if isinstance(rows, bytes) else written(rows)
    return imports.run("csv", "table.csv", data, by=by or cast.head, office=cast.office, dry_run=dry_run, noun=noun)


def test_every_noun_goes_out_and_comes_back_unchanged(cast, full):
    assert [k.name for k in record_kinds()] == [
        "people",
        "objectives",
        "kpis",
        "targets",
        "measurements",
        "projects",
        "steps",
        "duties",
        "contributions",
    ]
    for form in ("csv", "xlsx"):
        for name, data in exports(cast.head, form):
            found = imports.run("csv", name, data, by=cast.head, office=cast.office, dry_run=True)
            assert found["problems"] == [], name
            assert (found["counts"]["new"], found["counts"]["changed"]) == (0, 0), (name, found)
            assert found["counts"]["same"] > 0, name


def test_a_changed_cell_changes_that_field_alone(cast, full):
    changesets = Changeset.objects.count()
    for noun, column, value in (
        ("objectives", "short name", "Decide"),
        ("kpis", "source", "Minutes of the board"),
        ("targets", "value", "25.5"),
        ("measurements", "value", "11.5"),
        ("projects", "budget", "1500000.50"),
        ("steps", "deliverable", "A dated list"),
        ("contributions", "chance", "60"),
        ("duties", "hours each time", "2"),
        ("people", "job title", "Analyst"),
    ):
        rows = table(cast.head, noun)
        rows[-1][column] = value
        found = bring_back(cast, rows[-1:])
        assert found["counts"]["changed"] == 1, (noun, found)
        assert table(cast.head, noun)[-1][column] == value
    assert Changeset.objects.count() == changesets + 18, "an upload and an import for each"


def test_rows_without_an_id_are_added_and_taken_back_in_one_go(cast, full, undo_last):
    before = {model: model.objects.count() for model in (Objective, Kpi, Target, Step, Duty, Contribution, Project, Person)}
    step = Step.objects.order_by("id").first()
    new = {
        "objectives": {"title": "Answer within a week"},
        "kpis": {"name": "Days to answer", "unit": "days", "direction": "Lower is better"},
        "targets": {"objective": "Decision time by 2027", "kpi": "Benefits reached", "value": "30", "due on": "2028-01-31"},
        "projects": {"name": "Field tablets", "currency": "GBP", "budget": "90000.50", "manager": "pmo@aldermere.example"},
        "steps": {
            "name": "Write the rules",
            "parent id": str(step.pk),
            "accountable": "head@aldermere.example",
            "effort likely hours": "8",
        },
        "contributions": {"project id": str(full.project.pk), "kpi": "Decision time", "size": "Large"},
        "duties": {"name": "Audit", "source": "Standing order 7", "cadence": "Monthly", "next due": "2027-01-31"},
        "people": {"name": "Petra New", "email": "petra@aldermere.example", "hours a week": "20"},
    }
    for noun, row in new.items():
        rows = table(cast.head, noun)
        found = bring_back(cast, [{name: row.get(name, "") for name in rows[0]}])
        assert found["counts"]["new"] == 1, (noun, found)
    after = {model: model.objects.count() for model in before}
    assert {model: after[model] - before[model] for model in before} == dict.fromkeys(before, 1)
    assert Person.objects.get(name="Petra New").minutes_per_week == 1200
    assert Project.objects.get(name="Field tablets").budget_minor == 90_000_50
    undo_last()
    assert not Person.objects.filter(name="Petra New").exists()


def test_one_bad_row_refuses_the_file_and_names_its_place(cast, full):
    rows = table(cast.head, "targets")
    rows[0]["value"] = "99"
    rows[1]["due on"] = "31/02/2027"
    before = list(Target.objects.order_by("pk").values_list("value", "version"))
    with pytest.raises(Refused) as refusal:
        bring_back(cast, rows)
    assert "1 row cannot be taken" in refusal.value.message
    assert "line 3" in refusal.value.advice
    assert list(Target.objects.order_by("pk").values_list("value", "version")) == before


@pytest.mark.parametrize(
    ("noun", "column", "value", "words"),
    [
        ("contributions", "chance", "140 %", "above 100"),
        ("contributions", "likely", "NaN", "finite"),
        ("contributions", "likely", "900", "between"),
        ("targets", "value", "1e999", "finite"),
        ("targets", "due on", "10000-01-01", "year"),
        ("objectives", "valid to", "03/04/2027", "two different days"),
        ("objectives", "owner", "Somebody Unknown", "nobody called"),
        ("objectives", "ambition", "Maybe", "choices"),
        ("objectives", "state", "Approved", "page"),
        ("objectives", "title", "", "empty"),
        ("kpis", "decimals", "9", "at most 6"),
        ("projects", "currency", "ABC", "not a currency"),
        ("projects", "state", "Closed", "page"),
        ("people", "email", "no address", "valid"),
        ("people", "hours a week", "200", "at most 168"),
        ("steps", "id", "999999", "no row with this id"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_in_words(cast, full, noun, column, value, words):
    rows = table(cast.head, noun)[-1:]
    rows[0][column] = value
    found = bring_back(cast, rows, noun=noun, dry_run=True)
    said = " ".join(p["message"] for p in found["problems"])
    assert words in said, found
    assert "line 2" in found["problems"][0]["place"]


def test_a_row_that_changed_here_since_the_export_is_refused(cast, full):
    rows = table(cast.head, "projects")
    projects.edit_project(project=Project.objects.get(), changes={"department": "Networks"}, by=cast.pmo)
    rows[0]["category"] = "IT"
    found = bring_back(cast, rows, dry_run=True)
    assert "changed here after this file was exported" in found["problems"][0]["message"]
    with pytest.raises(Refused):
        bring_back(cast, rows)
    assert Project.objects.get().department == "Networks"


def test_a_dry_run_writes_nothing(cast, full):
    rows = table(cast.head, "objectives")
    rows[0]["detail"] = "Written nowhere"
    counts = (Changeset.objects.count(), Objective.objects.filter(detail="Written nowhere").count())
    assert bring_back(cast, rows, dry_run=True)["counts"]["changed"] == 1
    assert (Changeset.objects.count(), Objective.objects.filter(detail="Written nowhere").count()) == counts


def test_formulas_in_names_are_neutralised_and_come_back_as_they_were(cast):
    name = '=HYPERLINK("http://evil.example","x")'
    projects.add_project(name=name, by=cast.head)
    [(_, data)] = exports(cast.head, "csv", ["projects"])
    assert table(cast.head, "projects")[0]["name"] == f"'{name}"
    found = bring_back(cast, data, dry_run=True)
    assert (found["counts"]["same"], found["problems"]) == (1, [])


def test_nobody_takes_out_what_they_may_not_export(cast, full):
    with pytest.raises(Forbidden):
        exports(cast.member, "csv")
    nouns = {name for name, _ in exports(cast.people[Role.PROJECT_MANAGER], "csv")}
    assert nouns == {"projects.csv"}
    with organisation_scope(cast.foreign):
        foreign = exports(cast.foreign_admin, "csv")
    assert b"Billing" not in b"".join(data for _, data in foreign)
    objective = Objective.objects.first()
    purpose.edit_objective(objective=objective, changes={"is_confidential": True}, by=cast.head)
    assert objective.title not in str(table(cast.pmo, "objectives"))
    assert objective.title not in str(table(cast.pmo, "targets"))


def test_nobody_writes_through_a_table_what_they_may_not_write(cast, full):
    rows = table(cast.head, "objectives")
    rows[0]["detail"] = "Mine now"
    found = bring_back(cast, rows, dry_run=True, by=cast.people[Role.PROJECT_ADMINISTRATOR])
    assert "may not" in found["problems"][0]["message"]
    with pytest.raises((Forbidden, Refused)):
        bring_back(cast, rows, by=cast.people[Role.PROJECT_MANAGER])
    assert not Objective.objects.filter(detail="Mine now").exists()


def test_the_export_page_counts_and_hands_out_files(cast, full):
    client = cast.client(cast.head)
    page = client.get("/export").content.decode()
    assert "Contributions" in page
    answer = client.get("/export/projects/csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="projects-')
    assert b"Billing renewal" in answer.content
    assert client.get("/export/all/xlsx").content[:2] == b"PK"
    archive = zipfile.ZipFile(io.BytesIO(client.get("/export/all/csv").content))
    assert "objectives.csv" in archive.namelist()
    assert client.get("/export/projects/exe").status_code == 422
    assert client.get("/export/nonsense/csv").status_code == 403
    assert cast.client(cast.member).get("/export").status_code == 403
    assert cast.client(cast.member).get("/export/projects/csv").status_code == 403


def test_a_measurement_is_replaced_never_overwritten(cast, full):
    rows = table(cast.head, "measurements")
    rows[0]["value"] = "13"
    bring_back(cast, rows)
    assert [(m.value, bool(m.withdrawn_at)) for m in Measurement.objects.order_by("id")] == [(12.5, True), (13.0, False)]


def steps_of(many: int, late: int = -1) -> bytes:
    """A file of steps; the one numbered `late` begins late and takes 77 years."""
    rows = (f"Line {n},{160_000 if n == late else 8},{date(2190, 1, 1) if n == late else ''}" for n in range(many))
    return "\n".join(["name,duration hours,not before", *rows]).encode()


def test_many_steps_are_dated_once_not_after_each_of_them(cast, full):
    with CaptureQueriesContext(connection) as asked:
        said = imports.run("csv", "steps.csv", steps_of(12), by=cast.head, office=cast.office, noun="steps")
    assert said["counts"]["new"] == 12
    dated = [q for q in asked if "schedule_activitydates" in q["sql"] and q["sql"].startswith("INSERT")]
    assert len(dated) == 2, "once for the look beforehand, once for good"
    assert ActivityDates.objects.filter(activity__name__startswith="Line ").count() == 12


def test_of_steps_dated_together_the_row_that_cannot_be_is_named(cast, full):
    with pytest.raises(Refused, match=r"1 row cannot be taken.*line 7.*outside the years 1970 to 2199"):
        imports.run("csv", "steps.csv", steps_of(12, late=5), by=cast.head, office=cast.office, noun="steps")
    assert not Step.objects.filter(activity__name__startswith="Line ").exists()
