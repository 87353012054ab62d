"""The import wizard as a person walks it, without a script: upload, columns, what it would do, done, undone."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats.sheets import OutSheet, write_xlsx
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Objective, Target
from goldenthread.workspace import actions, imports, jobs, queries
from goldenthread.workspace.models import ImportedFile, Job
from tests.projects.conftest import LIST, NEXT
from tests.workspace.filled import filled


def upload(client, content, name="list.csv", **more):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post("/import/upload", {"file": SimpleUploadedFile(name, data), **more})


def work() -> None:
    """Do what is queued, here: a worker of its own would not see this test's transaction."""
    for queued in DBTaskResult.objects.filter(status="READY").order_by("enqueued_at"):
        queued.task.func(*queued.args_kwargs["args"], **queued.args_kwargs["kwargs"])
        queued.delete()


@pytest.fixture
def client(cast):
    return cast.client(cast.head)


def test_the_page_of_columns_counts_every_row_of_a_long_list(client):
    rows = "".join(f"Line {n},{20000 + n}\n" for n in range(450))
    page = client.get(upload(client, f"Project,Budget\n{rows}")["Location"]).content.decode()
    assert "450 rows and 2 columns found" in page


def test_a_list_walks_through_four_steps_and_back(client, undo_last):
    answer = upload(client, LIST)
    file = ImportedFile.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/import/{file.pk}/columns")
    page = client.get(answer["Location"]).content.decode()
    assert "Rating (red, amber, green)" in page
    answer = client.post(f"/import/{file.pk}/columns", filled(page))
    assert (answer.status_code, answer["Location"]) == (303, f"/import/{file.pk}")
    page = client.get(answer["Location"]).content.decode()
    assert "nothing has been written yet" in page
    assert not Project.objects.exists()
    answer = client.post(f"/import/{file.pk}/apply", filled(page))
    assert answer.status_code == 303
    assert Project.objects.count() == 3
    done = client.get(answer["Location"]).content.decode()
    assert "Undo this import" in done
    assert "one key per project" in done
    undo_last()
    assert not Project.objects.exists()
    assert ImportedFile.objects.get().outcome == {}
    assert "nothing has been written yet" in client.get(f"/import/{file.pk}").content.decode()


def test_the_next_file_of_the_layout_asks_only_about_what_changed(client):
    upload(client, LIST)
    first = ImportedFile.objects.get()
    client.post(f"/import/{first.pk}/apply", {})
    answer = upload(client, NEXT, "next.csv")
    second = ImportedFile.objects.latest("id")
    assert answer["Location"] == f"/import/{second.pk}", "the columns are known"
    page = client.get(answer["Location"]).content.decode()
    assert "Read like “list.csv”" in page
    asked = {name for name in filled(page) if name.startswith(("same-", "gone"))}
    assert asked == {"gone_all", *re.findall(r'name="((?:same|gone)-\d+)"', page)}
    assert len(re.findall(r'<details class="panel fate" open', page)) == 2
    kept = re.search(r'name="(gone-\d+)"', page)[1]
    client.post(f"/import/{second.pk}/apply", {**filled(page), kept: "keep", re.search(r'name="(same-\d+)"', page)[1]: "new"})
    gone = set(Project.objects.filter(gone_on__isnull=False).values_list("name", flat=True))
    assert gone == {"Leak detection"}, "the one that is another project now is no longer listed; the one kept stays"
    assert Project.objects.filter(reference="P-2").count() == 2


def test_the_command_guesses_no_answer_that_the_wizard_asks_for(cast):
    """What is unsure is named and left as it is, until a flag decides it."""
    imports.run("projects", "list.csv", LIST.encode(), by=cast.head, office=cast.office)
    before = set(Project.objects.values_list("pk", "name", "gone_on"))

    def next_list(**decided: str):
        found = imports.run("projects", "next.csv", NEXT.encode(), by=cast.head, office=cast.office, decided=decided)
        return {(entry["question"], entry["answer"]) for entry in found["unsure"]}, found["changeset"]

    unsure, changeset = next_list()
    assert unsure == {("same", "leave"), ("gone", "keep")}
    assert before <= set(Project.objects.values_list("pk", "name", "gone_on")), "nothing renamed, nothing gone"
    undo(changeset=Changeset.objects.get(pk=changeset), by=cast.head)
    unsure, changeset = next_list(same="same", gone="mark")
    assert unsure == {("same", "same"), ("gone", "mark")}
    assert Project.objects.filter(gone_on__isnull=False).exists()
    assert len(before) < len(before | set(Project.objects.values_list("pk", "name", "gone_on")))


def test_a_corrected_column_is_remembered_for_the_next_file(client):
    upload(client, LIST)
    first = ImportedFile.objects.get()
    page = client.get(f"/import/{first.pk}/columns").content.decode()
    sent = filled(page)
    column = next(name for name, value in sent.items() if name.startswith("field-") and value == "organisation")
    client.post(f"/import/{first.pk}/columns", {**sent, column: "category", "power_all": "6"})
    client.post(f"/import/{first.pk}/apply", {})
    made = Project.objects.get(reference="P-1")
    assert (made.category, made.department, made.budget_minor) == ("Customer", "", 1_200_000_000_00)
    upload(client, NEXT, "next.csv")
    second = ImportedFile.objects.latest("id")
    client.post(f"/import/{second.pk}/apply", {})
    assert Project.objects.get(reference="P-4").category == "Operations"


def test_the_header_row_can_be_corrected(client):
    upload(client, "Project;Budget\nName of it;100\nA plan;200\nB plan;300\n")
    file = ImportedFile.objects.get()
    page = client.get(f"/import/{file.pk}/columns").content.decode()
    answer = client.post(f"/import/{file.pk}/columns", {**filled(page), "table-header_row": "2", "again": "1"})
    assert answer["Location"] == f"/import/{file.pk}/columns"
    again = client.get(answer["Location"]).content.decode()
    assert "Name of it" in again
    assert "2 rows" in again


def test_impossible_corrections_are_refused_and_nothing_changes(client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    sent = filled(client.get(f"/import/{file.pk}/columns").content.decode())
    for wrong in ({"currency": "QQQ"}, {"as_of": "10000-01-01"}, {"table-encoding": "klingon"}):
        answer = client.post(f"/import/{file.pk}/columns", {**sent, **wrong})
        assert answer.status_code == 422, wrong
    assert ImportedFile.objects.get().version == file.version


def test_without_a_column_of_names_it_says_so(client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    sent = filled(client.get(f"/import/{file.pk}/columns").content.decode())
    answer = client.post(f"/import/{file.pk}/columns", {name: "" if name.startswith("field-") else v for name, v in sent.items()})
    assert answer.status_code in {303, 422}
    assert not Project.objects.exists()


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("xl/workbook.xml", b"0" * 50_000_000)

HOSTILE = {
    "empty": b"",
    "nul": b"\0" * 100,
    "broken zip": b"PK\x03\x04" + b"\0" * 60,
    "zip bomb": BOMB.getvalue(),
    "broken xml": b"<StrategicPlan><Name>x</Nam",
    "entity bomb": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
    "external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><StrategicPlan>&b;</StrategicPlan>',
    "other xml": b"<html><body/></html>",
    "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "one word": b"hello",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_gets_a_message_and_leaves_nothing(client, files, content):
    changesets = Changeset.objects.count()
    answer = upload(client, content, "bad.xlsx")
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert "root:" not in answer.content.decode()
    assert (ImportedFile.objects.count(), Changeset.objects.count(), Project.objects.count()) == (0, changesets, 0)
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client, files):
    answer = upload(client, b"a,b\n" + b"1,2\n" * 6_000_000)
    assert answer.status_code == 422
    assert "larger than 20 MiB" in answer.content.decode()
    assert not list(files.rglob("*draft*"))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\temp\\list.csv", "a\0b\r\n.csv", "\u202etxt.csv", "x" * 400 + ".csv", ""]
)
def test_a_name_never_becomes_a_path(cast, files, name):
    file = actions.take_in(name=name, chunks=[LIST.encode()], by=cast.head)
    assert re.fullmatch(r"[^/\\\0\r\n\u202e]{1,200}", file.name)
    stored = [p for p in files.rglob("*") if p.is_file()]
    assert {p.name.split("-")[0] for p in stored} == {file.digest}
    assert (files / "imports" / file.digest).read_bytes() == LIST.encode()


def test_only_who_may_import_sees_the_wizard(cast, client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    for person in (cast.people[Role.TEAM_MEMBER], cast.people[Role.AUDITOR], cast.nobody):
        other = cast.client(person)
        assert other.get("/import").status_code == 403
        assert upload(other, LIST).status_code == 403
        assert other.get(f"/import/{file.pk}").status_code == 403
        assert other.post(f"/import/{file.pk}/apply").status_code == 403
    assert cast.client(cast.foreign_admin).get(f"/import/{file.pk}").status_code == 404
    assert cast.client(cast.foreign_admin).post(f"/import/{file.pk}/apply").status_code == 404
    assert not Project.objects.exists()


def test_applying_twice_does_it_once(cast, client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    for _ in range(3):
        assert client.post(f"/import/{file.pk}/apply", {}).status_code == 303
    assert Project.objects.count() == 3
    assert Changeset.objects.filter(title="Import list.csv").count() == 1


def test_a_large_file_is_read_and_applied_by_the_worker(cast, client):
    rows = [[f"R-{n}", f"Project {n:05} of the works", "Networks", "Green"] for n in range(1800)]
    sheet = write_xlsx(OutSheet("Projects", ["Ref", "Project", "Department", "RAG"], rows))
    answer = upload(client, sheet, "large.xlsx")
    file = ImportedFile.objects.get()
    if not actions.is_large(file):
        jobs.read_later(file, cast.head)
    waiting = client.get(answer["Location"])
    assert "Working on large.xlsx" in waiting.content.decode() or queries.is_read(file)
    work()
    assert Job.objects.get().state == "DONE"
    assert "1,800" in client.get(f"/import/{file.pk}").content.decode()
    assert client.post(f"/import/{file.pk}/apply", {}).status_code == 303
    assert not Project.objects.exists()
    assert 'http-equiv="refresh"' in client.get(f"/import/{file.pk}").content.decode()
    work()
    assert Project.objects.count() == 1800
    assert "Undo this import" in client.get(f"/import/{file.pk}").content.decode()


def test_a_job_that_fails_says_why(cast, client):
    file = actions.take_in(name="bad.xlsx", chunks=[HOSTILE["zip bomb"]], by=cast.head, later=True)
    jobs.read_later(file, cast.head)
    work()
    assert Job.objects.get().state == "FAILED"
    answer = client.get(f"/import/{file.pk}")
    assert answer.status_code == 422
    assert Job.objects.get().message[:30] in answer.content.decode()


def test_pasted_slides_become_drafts_with_their_questions(client, undo_last):
    text = "Strategy 2027\n- Reduce decision time from 34 to 12 days by 30 June 2027\n- Improve customer value\n"
    text += "- Open a new office\n"
    answer = client.post("/import/upload", {"text": text})
    page = client.get(answer["Location"]).content.decode()
    assert "34 → 12 days" in page
    assert "Where does it stand today?" in page
    file = ImportedFile.objects.get()
    line = re.search(r'name="(take-4)"', page)[1]
    client.post(f"/import/{file.pk}/apply", {**filled(page), line: "leave"})
    titles = set(Objective.objects.values_list("title", flat=True))
    assert titles == {"Reduce decision time from 34 to 12 days by 30 June 2027", "Improve customer value"}
    target = Target.objects.get(objective__title__startswith="Reduce")
    assert (target.baseline, target.value, target.kpi.direction, target.kpi.unit) == (34.0, 12.0, "FALL", "days")
    assert set(Objective.objects.values_list("state", flat=True)) == {"DRAFT"}
    undo_last()
    assert not Objective.objects.exists()
    assert not Kpi.objects.exists()


def test_the_wizard_reads_with_get_and_writes_nothing(client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    for path in ("/import", f"/import/{file.pk}", f"/import/{file.pk}/columns", "/export", "/inbox"):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        wrote = [q["sql"][:80] for q in found if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert not [sql for sql in wrote if "django_session" not in sql and "seen_at" not in sql], path


def test_a_dry_run_on_the_command_line_reads_as_the_import_will_and_leaves_nothing(cast, client, files):
    upload(client, LIST)
    first = ImportedFile.objects.get()
    sent = filled(client.get(f"/import/{first.pk}/columns").content.decode())
    client.post(f"/import/{first.pk}/columns", {**sent, "power_all": "6"})
    client.post(f"/import/{first.pk}/apply", {})
    before = sorted(path.name for path in files.rglob("*") if path.is_file())
    found = imports.run("projects", "again.csv", LIST.encode() + b"\n", by=cast.head, office=cast.office, dry_run=True)
    assert (found["counts"]["matched"], found["counts"]["updated"]) == (3, 0), "the money is in millions, as it was last time"
    assert sorted(path.name for path in files.rglob("*") if path.is_file()) == before
    assert ImportedFile.objects.count() == 1


def test_the_same_bytes_of_another_organisation_stay(cast, files):
    """Equal files of two organisations lie there once: who looks at one takes nothing from the other."""
    with organisation_scope(cast.foreign):
        kept = actions.take_in(name="theirs.csv", chunks=[LIST.encode()], by=cast.foreign_admin)
        before = queries.content(kept)
    imports.run("projects", "mine.csv", LIST.encode(), by=cast.head, office=cast.office, dry_run=True)
    with organisation_scope(cast.foreign):
        assert queries.content(kept) == before


def test_a_file_is_opened_by_who_uploaded_it(cast, client):
    upload(client, LIST)
    file = ImportedFile.objects.get()
    other = cast.client(cast.people["PROJECT_ADMINISTRATOR"])
    for path in (f"/import/{file.pk}", f"/import/{file.pk}/columns"):
        assert client.get(path).status_code == 200
        assert other.get(path).status_code == 404
    assert other.post(f"/import/{file.pk}/apply", {}).status_code == 404
    assert file.name not in other.get("/import").content.decode()


def test_applying_a_table_of_records_does_not_try_it_once_more_before(client):
    headings = "id,title,short name,detail,owner,ambition,leadership goal,missed by,disbenefits,valid to"
    answer = upload(
        client, f"{headings}\n,Fewer leaks{',' * 8}\n,Faster repairs{',' * 8}\n", "objectives.csv", file_kind="RECORDS"
    )
    page = client.get(answer["Location"]).content.decode()
    with CaptureQueriesContext(connection) as asked:
        assert client.post(f"{answer['Location']}/apply", filled(page)).status_code == 303
    assert Objective.objects.count() == 2
    assert sum(q["sql"].startswith('INSERT INTO "purpose_objective"') for q in asked) == 2
