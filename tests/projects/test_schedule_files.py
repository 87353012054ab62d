"""Schedule files: seen before they are stored, stored as one action, brought in again, undone."""

import gzip
import html
import json
import os
import re
import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from goldenthread.accounts.actions import changeset, grant_role
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.config import schedule_files
from goldenthread.config.session import Session
from goldenthread.formats import limits
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects import actions
from goldenthread.projects.actions import schedule_kind
from goldenthread.projects.models import Project
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import (
    Activity,
    ActivityDates,
    Assignment,
    Calendar,
    Relationship,
    Resource,
    Schedule,
    ScheduleSource,
    StatedBaseline,
)
from goldenthread.schedule.queries import Filters, timeline
from goldenthread.workspace import imports, queries
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.views import imports as imports_view
from tests.cast import Cast
from tests.formats.material import DATA
from tests.formats.schedules import BASELINE, WEIR, harbour, link, mspdi, task, xer

STORED = (
    Schedule,
    ScheduleSource,
    Calendar,
    Activity,
    ActivityDates,
    Relationship,
    StatedBaseline,
    Assignment,
    Resource,
    Project,
)


SHARED = DATA / "schedules"
IN_A_CHILD = limits._TEXT_KINDS


@pytest.fixture(autouse=True)
def files(settings, tmp_path, monkeypatch):
    """A folder of its own for uploaded files; they are read here and now, but for one test, since a child takes time."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(limits, "_TEXT_KINDS", IN_A_CHILD | {"schedule"})


def upload(cast: Cast, content: bytes, name: str = "weir.xml", by: Person | None = None) -> tuple[ImportedFile, str]:
    """The row of an uploaded file, and the page that says what it would do."""
    client = cast.client(by or cast.head)
    answer = client.post("/import/upload", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 303, answer.content.decode()
    return (file := ImportedFile.objects.latest("id")), client.get(f"/import/{file.pk}").content.decode()


def bring(cast: Cast, content: bytes, **decided: str) -> dict:
    """What the command does."""
    return imports.run("schedule", "plan.xml", content, by=cast.head, decided=decided)


def work() -> None:
    """Do what is queued, here: a worker of its own would not see this test's transaction."""
    for queued in DBTaskResult.objects.filter(status="READY").order_by("enqueued_at"):
        queued.task.func(*queued.args_kwargs["args"], **queued.args_kwargs["kwargs"])
        queued.delete()


def counted() -> list[int]:
    return [model.objects.count() for model in STORED]


def state() -> list[tuple]:
    """Everything stored, version numbers aside: what an undo must bring back."""
    left = {"version", "organisation_id", "_state", "digest"}
    return [
        tuple(sorted((k, str(v)) for k, v in row.__dict__.items() if k not in left))
        for model in STORED
        for row in model.objects.order_by("pk")
    ]


PLAN = mspdi(
    task(1, "Works", 1, Summary=1)
    + task(2, "Dig", 2, Duration="PT16H0M0S", Start="2027-03-01T08:00:00", Finish="2027-03-02T17:00:00")
    + task(3, "Pour", 2, link(2), Duration="PT8H0M0S", Start="2027-03-03T08:00:00", Finish="2027-03-03T17:00:00")
    + task(4, "Open", 1, link(3), Duration="PT0H0M0S", Milestone=1)
)


def test_the_page_says_what_a_schedule_holds_and_what_is_not_kept_before_anything_is_written(cast):
    file, page = upload(cast, WEIR)
    assert file.file_kind == ImportedFile.FileKind.SCHEDULE
    for words in (
        "4 activities, 1 milestone, 4 relationships",
        "Left out, or put right",
        "Kept and written again, shown on no page",
        "Worked out here anew, or only how it is shown",
        "Resource 1 “Ada”",
        "rates",
        "no page shows it yet",
        "HyperlinkAddress",
    ):
        assert words in page, words
    assert counted() == [0] * len(STORED)


def test_a_schedule_is_stored_whole_and_undone_whole(cast):
    file, _ = upload(cast, WEIR)
    client = cast.client(cast.head)
    client.post(f"/import/{file.pk}/apply", {})
    assert "project added" in client.get(f"/import/{file.pk}").content.decode()
    project = Project.objects.get()
    rows = {a.source_key: a for a in Activity.objects.filter(schedule=project.schedule).select_related("dates", "calendar")}
    dig, pour = rows["2"], rows["3"]
    assert (project.name, str(dig.parent), dig.code, dig.duration, dig.remaining, dig.progress) == (
        "Weir",
        "Build",
        "1.1",
        1440,
        720,
        50,
    )
    assert (dig.constraint_kind, dig.constraint_date, dig.deadline) == ("SNET", date(2027, 3, 1), date(2027, 3, 10))
    assert (dig.actual_start, dig.calendar.name, dig.effort_likely) == (date(2027, 3, 1), "Night", 990)
    assert (pour.is_elapsed, pour.duration, pour.constraint_kind, bool(pour.cancelled_on)) == (True, 4320, "FIXED", True)
    links = set(Relationship.objects.values_list("predecessor__name", "successor__name", "relationship_kind", "lag", "lag_kind"))
    assert links == {
        ("Dig", "Pour", "FS", 480, ""),
        ("Pour", "Cure", "SS", 50, "P"),
        ("Dig", "Cure", "FF", -240, ""),
        ("Cure", "Open", "SF", 1440, "E"),
    }
    baselines = StatedBaseline.objects.values_list("activity__name", "number", "start", "finish")
    assert set(baselines) == {
        ("Dig", 0, date(2027, 3, 1), date(2027, 3, 2)),
        ("Dig", 10, date(2027, 3, 3), date(2027, 3, 4)),
    }
    assert set(Assignment.objects.values_list("activity__name", "resource__name", "units")) == {
        ("Dig", "Ada", 50),
        ("Pour", "Concrete", 100),
    }
    assert dig.dates.early_start == date(2027, 3, 1)
    done = client.get(f"/import/{file.pk}").content.decode()
    assert "Open “Weir”" in done
    client.post(f"/activity/{ImportedFile.objects.get().outcome['changeset']}/undo")
    assert counted() == [0] * len(STORED)


def test_the_calendar_of_the_file_decides_when_work_happens(cast):
    bring(cast, PLAN)
    standard = Calendar.objects.get(is_default=True)
    assert (standard.week[0], standard.week[5], standard.minutes_per_day) == ([[480, 720], [780, 1020]], [], 480)
    days = {first: (last, shifts) for first, last, shifts in standard.exceptions}
    assert days["2027-12-24"] == ("2027-12-26", [])
    assert days["2028-01-01"] == ("2028-01-01", []), "every New Year of the rule"
    assert days["2027-07-09"] == ("2027-07-09", []), "a Friday of the summer weeks"
    dates = {
        a.name: (a.dates.early_start, a.dates.early_finish)
        for a in Activity.objects.filter(children=None).select_related("dates")
    }
    assert dates["Dig"] == (date(2027, 3, 1), date(2027, 3, 2))
    assert dates["Pour"] == (date(2027, 3, 3), date(2027, 3, 3))


NEXT = mspdi(
    task(1, "Works", 1, Summary=1)
    + task(5, "Survey", 2, Duration="PT8H0M0S")
    + task(2, "Dig deep", 2, BASELINE + link(5), Duration="PT32H0M0S", PercentComplete=25, ActualStart="2027-03-01T08:00:00")
    + task(4, "Open", 1, link(2, 1, 4800), Duration="PT0H0M0S", Milestone=1)
)


def test_the_next_version_changes_row_by_row_by_the_ids_of_the_file_and_undo_brings_the_last_one_back(cast):
    bring(cast, PLAN)
    by_hand = schedule.add_activity(schedule=Schedule.objects.get(), name="Added here", by=cast.head)
    before = state()
    file, page = upload(cast, NEXT, "weir-2.xml")
    for words in (
        "No longer in the file",
        "Pour",
        "<del>Dig</del>",
        "<ins>Dig deep</ins>",
        "16\u00a0h",
        "32\u00a0h",
        "Survey",
        "Open after Dig deep",
    ):
        assert words in page, words
    project = Project.objects.get()
    assert f'value="{project.pk}" checked' in page, "it goes where it came from"
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {"goes-0": str(project.pk)})
    rows = {a.source_key: a for a in Activity.objects.all()}
    assert Project.objects.count() == 1
    assert (rows["2"].name, rows["2"].duration, rows["2"].progress, rows["2"].actual_start) == (
        "Dig deep",
        1920,
        25,
        date(2027, 3, 1),
    )
    assert rows["3"].cancelled_on is not None
    assert str(rows["5"].parent) == "Works"
    assert rows[""] == by_hand
    assert Relationship.objects.filter(predecessor=rows["2"], successor=rows["4"], lag=480).exists()
    done = html.unescape(
        " ".join(re.sub("<[^>]+>", " ", cast.client(cast.head).get(f"/import/{file.pk}").content.decode()).split())
    )
    assert "1 project updated 1 row added 1 row changed 1 row stopped 2 relationships added 2 relationships removed" in done
    assert not Relationship.objects.filter(predecessor=rows["3"]).exists()
    undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
    assert state() == before


def test_the_days_of_a_project_follow_its_plan_as_long_as_nobody_told_others(cast):
    bring(cast, PLAN)
    later = PLAN.replace(b"2027-03-03T17:00:00", b"2027-03-09T17:00:00")
    _, page = upload(cast, later, "weir-2.xml")
    assert "Finish of the project, as forecast" in page
    bring(cast, later)
    project = Project.objects.get()
    assert (project.starts_on, project.finishes_on) == (date(2027, 3, 1), date(2027, 3, 9))
    with changeset(title="Told", by=None):
        history.change(project, {"finishes_on": date(2027, 6, 1)})
    bring(cast, PLAN)
    assert Project.objects.get().finishes_on == date(2027, 6, 1), "what somebody told stands"


def test_the_same_file_again_changes_nothing(cast):
    bring(cast, PLAN)
    again = bring(cast, PLAN)
    assert {k: again["counts"][k] for k in ("new", "updated", "gone", "new_relationships")} == dict.fromkeys(
        ("new", "updated", "gone", "new_relationships"), 0
    )
    assert Project.objects.count() == 1
    assert set(Activity.objects.values_list("version", flat=True)) == {1}
    file, page = upload(cast, PLAN, "once more.xml")
    assert "Nothing differs from what is stored" in page
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {})
    done = cast.client(cast.head).get(f"/import/{file.pk}").content.decode()
    assert f'href="/projects/{Project.objects.get().pk}/schedule">Open “Weir”' in done, "though nothing was written"


def test_the_same_file_tells_nobody_into_which_hidden_projects_others_brought_it(cast):
    bring(cast, PLAN)
    actions.edit_project(project=Project.objects.get(), changes={"name": "Quiet", "is_confidential": True}, by=cast.head)
    file, _ = upload(cast, PLAN, by=cast.pmo)
    client = cast.client(cast.pmo)
    assert client.post(f"/import/{file.pk}/apply", {}).status_code == 303
    done = client.get(f"/import/{file.pk}").content.decode()
    assert "Open “Weir”" in done
    assert "Quiet" not in done


def test_what_changed_since_it_was_looked_at_is_not_overwritten(cast):
    bring(cast, PLAN)
    file, _ = upload(cast, NEXT, "weir-2.xml")
    kind, reading = queries.kind_of(file), queries.reading_of(file)
    prepared = kind.prepare(reading, file, cast.head, {})
    schedule.edit_activity(activity=Activity.objects.get(source_key="2"), changes={"duration": 1200}, by=cast.head)
    with pytest.raises(Refused, match="Somebody changed “Weir”"):
        kind.apply(prepared, file, cast.head)


def test_rows_that_wait_for_each_other_are_refused_by_name_and_nothing_is_stored(cast):
    circle = mspdi(task(1, "Hen", 1, link(2), Duration="PT8H0M0S") + task(2, "Egg", 1, link(1), Duration="PT8H0M0S"))
    file, _ = upload(cast, circle)
    answer = cast.client(cast.head).post(f"/import/{file.pk}/apply", {})
    assert answer.status_code == 422
    assert "These wait for each other in a circle: 1 “Hen” → 2 “Egg” → 1 “Hen”." in answer.content.decode()
    assert counted() == [0] * len(STORED)


def people(*named: tuple[str, str]) -> bytes:
    resources = "".join(
        f"<Resource><UID>{n}</UID><Name>{name}</Name><Type>1</Type><EmailAddress>{email}</EmailAddress></Resource>"
        for n, (name, email) in enumerate(named, 1)
    )
    given = "".join(
        f"<Assignment><UID>{n}</UID><TaskUID>1</TaskUID><ResourceUID>{n}</ResourceUID><Units>1</Units></Assignment>"
        for n in range(1, len(named) + 1)
    )
    rest = f"<Resources>{resources}</Resources><Assignments>{given}</Assignments>"
    return mspdi(task(1, "Dig", 1, Duration="PT8H0M0S"), rest)


def test_who_has_a_colleagues_name_is_linked_only_where_somebody_says_so(cast):
    nia = cast.nobody
    content = people((nia.name, ""), ("Somebody Unknown", ""), ("M. A.", cast.member.email))
    told = bring(cast, content)
    assert {(u["about"], u["question"], u["answer"]) for u in told["unsure"]} == {
        (nia.name, "who", "other"),
        ("M. A.", "mail", "same"),
    }
    linked = {r.name: r.person for r in Resource.objects.all()}
    assert linked == {nia.name: None, "Somebody Unknown": None, cast.member.name: cast.member}
    undo(changeset=Changeset.objects.get(pk=told["changeset"]), by=cast.head)
    file, page = upload(cast, content, "again.xml")
    assert "Who is who" in page
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {"who-1": "same", "mail-3": "other"})
    assert {r.name: r.person for r in Resource.objects.all()} == {nia.name: nia, "Somebody Unknown": None, "M. A.": None}


def test_a_primavera_file_brings_each_of_its_projects(cast):
    file, page = upload(cast, gzip.compress(xer(harbour())), "harbour.xer.gz")
    assert "Harbour" in page
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {})
    assert set(Project.objects.values_list("name", flat=True)) == {"Harbour", "Quay"}
    loe = Activity.objects.get(name="Supervise")
    assert loe.is_level_of_effort
    assert not loe.dates.is_critical
    survey = Activity.objects.get(name="Survey")
    assert (survey.code, str(survey.parent), survey.remaining, survey.actual_start) == ("A2", "Land", 600, date(2027, 3, 2))


def test_a_file_of_other_rows_is_another_project_though_its_program_gave_both_the_same_id(cast):
    bring(cast, PLAN)
    other = mspdi(task(1, "Another thing", 1, Duration="PT8H0M0S")).replace(b"<Title>Weir", b"<Title>Lock")
    file, page = upload(cast, other, "lock.xml")
    assert 'name="goes-0"' not in page, "nothing is offered that it does not continue"
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {})
    assert set(Project.objects.values_list("name", flat=True)) == {"Weir", "Lock"}
    renamed = PLAN.replace(b"<Title>Weir", b"<Title>Weir and lock")
    assert bring(cast, renamed)["unsure"][0]["answer"] == str(Project.objects.get(name="Weir").pk)


def test_a_project_of_the_list_that_has_no_schedule_yet_gets_it(cast):
    known = actions.add_project(name="Weir", by=cast.head)
    file, page = upload(cast, PLAN)
    assert f'value="{known.pk}" checked' in page
    cast.client(cast.head).post(f"/import/{file.pk}/apply", {"goes-0": str(known.pk)})
    known.refresh_from_db()
    assert known.schedule is not None
    assert known.schedule.scope == known.scope


def test_a_file_brought_from_the_page_of_a_project_goes_there(cast):
    project, by_hand = actions.add_project(name="Elsewhere", by=cast.head), actions.add_project(name="By hand", by=cast.head)
    with changeset(title="A schedule made by hand", by=cast.head):
        by_hand.schedule = schedule.add_schedule(scope=by_hand.scope, name="By hand")
        by_hand.save()
    client = cast.client(cast.head)
    for into, words in ((project, f'value="{project.pk}" checked'), (by_hand, "Each becomes a project")):
        assert f'value="{into.pk}"' in client.get(f"/import?into={into.pk}").content.decode()
        answer = client.post("/import/upload", {"file": SimpleUploadedFile("weir.xml", PLAN), "into": into.pk})
        page = client.get(answer["Location"]).content.decode()
        assert words in page
    assert f'value="{by_hand.pk}"' not in page, "what was made by hand is not written over"


@pytest.mark.parametrize("role", [Role.PROJECT_ADMINISTRATOR, Role.PORTFOLIO_MANAGER])
def test_whoever_may_import_a_schedule_may_undo_it(cast, role):
    person = cast.people[role]
    file, _ = upload(cast, PLAN, by=person)
    assert cast.client(person).post(f"/import/{file.pk}/apply", {}).status_code == 303
    assert Project.objects.count() == 1
    undo(changeset=Changeset.objects.get(pk=ImportedFile.objects.get().outcome["changeset"]), by=cast.fresh(person))
    assert counted() == [0] * len(STORED)


def test_a_schedule_goes_only_into_projects_one_may_change(cast):
    elsewhere = actions.add_project(name="Weir", by=None, under=cast.second_office.scope)
    file, page = upload(cast, PLAN, by=cast.people[Role.PROJECT_ADMINISTRATOR])
    assert f'value="{elsewhere.pk}"' not in page
    client = cast.client(cast.people[Role.PROJECT_ADMINISTRATOR])
    assert client.post(f"/import/{file.pk}/apply", {"goes-0": str(elsewhere.pk)}).status_code == 422
    elsewhere.refresh_from_db()
    assert elsewhere.schedule is None


def test_a_file_with_too_many_rows_is_not_offered_for_storing(cast, monkeypatch):
    monkeypatch.setattr(schedule_kind, "MOST_ROWS", 3)
    monkeypatch.setattr(schedule_kind, "TOO_MANY", "more than 3 rows")
    file, page = upload(cast, PLAN, "plan.xml")
    assert "more than 3 rows" in page
    assert '<button class="btn primary">Import</button>' not in page
    assert "it can be undone" not in page
    assert cast.client(cast.head).post(f"/import/{file.pk}/apply", {}).status_code == 422
    assert counted() == [0] * len(STORED)


def test_a_plan_without_a_task_and_one_in_the_language_of_taskjuggler_are_refused_at_once_with_what_to_do(cast):
    crews = "<Resources><Resource><UID>1</UID><Name>Crew</Name><Type>1</Type></Resource></Resources>"
    juggled = (
        b"# a licence\n" * 400
        + b'project weir "Weir" 2027-03-01 +4m {\n}\ntask w "Weir" {\n  task pour "Pour" { effort 2d }\n}\n'
    )
    for name, content, words in (
        ("prices.xml", mspdi("", crews), "The file holds no task, only 1 resource and 3 calendars: there is nothing to plan."),
        ("weir.tjp", juggled, 'add the line  export msproject "plan" { formats mspxml }'),
        ("weir.txt", gzip.compress(juggled), "run  tj3 plan.tjp  and import the plan.xml"),
    ):
        answer = cast.client(cast.head).post("/import/upload", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        said = html.unescape(answer.content.decode())
        assert words in said, said.partition('role="alert"')[2][:600]
    assert not ImportedFile.objects.exists()


def test_what_no_column_can_hold_is_put_right_and_named(cast):
    odd = task("9" * 150, "Too long an id", 1) + task(2, "N" * 400, 1, Duration="PT400000H0M0S", Start="1950-01-01T08:00:00")
    told = bring(cast, mspdi(odd))
    (row,) = Activity.objects.all()
    assert (row.name, row.duration, row.stated_start) == ("N" * 300, 10_000_000, None)
    said = {(one["what"], one["text"].split(";")[0]) for one in told["not_understood"]}
    assert {("id", "it has more than 120 characters"), ("name", "a name has at most 300 characters")} <= said
    assert ("start", "1950-01-01 lies outside the years 1970 to 2199") in said


def test_a_plan_without_a_title_is_called_like_its_file_and_a_milestone_stands_on_the_day_of_its_moment(cast):
    bound = {"ConstraintType": 2, "ConstraintDate": "2027-03-03T17:00:00"}
    rows = task(1, "Handed over", 1, Duration="PT0H0M0S", Milestone=1, **bound) + task(2, "Dig", 1, Duration="PT8H0M0S", **bound)
    bring(cast, mspdi(rows).replace(b"<Title>Weir</Title>", b"<Name>North weir.XML</Name>"))
    assert Project.objects.get().name == "North weir"
    assert dict(Activity.objects.values_list("name", "constraint_date")) == {
        "Handed over": date(2027, 3, 3),
        "Dig": date(2027, 3, 4),
    }, "work that begins as a day closes begins on the next"


def test_a_file_of_another_program_is_refused_with_what_to_do(cast):
    client = cast.client(cast.head)
    answer = client.post("/import/upload", {"file": SimpleUploadedFile("plan.mpp", b"\xd0\xcf\x11\xe0" + b"\0" * 600)})
    assert answer.status_code == 422
    assert "Save the plan as XML in Microsoft Project" in answer.content.decode()
    assert not ImportedFile.objects.exists()


def wide(rows: int, hours: int = 16) -> bytes:
    """A plan of so many rows in parts of fifty, each waiting for the one before, with a baseline and one of twenty crews."""
    lines, given = [], []
    for n in range(1, rows + 1):
        if n % 50 == 1:
            lines.append(task(n, f"Part {n}", 1, Summary=1))
            continue
        links = link(n - 1) if n % 50 != 2 else ""
        lines.append(task(n, f"Work {n}", 2, links + BASELINE, Duration=f"PT{hours}H0M0S", Work="PT16H0M0S"))
        given.append(f"<Assignment><UID>{n}</UID><TaskUID>{n}</TaskUID><ResourceUID>{n % 20 + 1}</ResourceUID></Assignment>")
    crews = "".join(f"<Resource><UID>{n}</UID><Name>Crew {n}</Name><Type>1</Type></Resource>" for n in range(1, 21))
    return mspdi("".join(lines), f"<Resources>{crews}</Resources><Assignments>{''.join(given)}</Assignments>")


def test_statements_grow_with_thousands_of_rows_not_with_rows(cast):
    """At most 60, and one more for every thousand rows of a table; with LONG_TESTS in under ten seconds, too."""
    rows = 4000 if os.environ.get("LONG_TESTS") else 200
    for hours in (16, 24):
        began = time.monotonic()
        with CaptureQueriesContext(connection) as asked:
            told = bring(cast, wide(rows, hours))
        seconds = time.monotonic() - began
        assert (told["counts"]["new"], told["counts"]["updated"]) == ((rows, 0) if hours == 16 else (0, rows * 49 // 50))
        allowed = 60 + sum(model.objects.count() // 1000 for model in STORED)
        assert len(asked) <= allowed, "\n".join(query["sql"][:120] for query in asked.captured_queries)
    print(f"{rows} rows stored with {len(asked)} statements, the last time in {seconds:.1f} s")
    undo(changeset=Changeset.objects.get(pk=told["changeset"]), by=cast.fresh(cast.head))
    assert set(Activity.objects.filter(is_summary=False).values_list("duration", flat=True)) == {960}


def test_a_large_file_is_read_and_stored_by_the_worker(cast, monkeypatch):
    monkeypatch.setattr(imports_view, "LARGE", 100)
    monkeypatch.setattr(limits, "_TEXT_KINDS", IN_A_CHILD)
    client = cast.client(cast.head)
    packed = gzip.compress(wide(400), compresslevel=0)
    answer = client.post("/import/upload", {"file": SimpleUploadedFile("large.xml.gz", packed)})
    assert "Working on large.xml.gz" in client.get(answer["Location"]).content.decode()
    work()
    page = client.get(answer["Location"]).content.decode()
    assert "392 activities" in page
    file = ImportedFile.objects.get()
    assert client.post(f"/import/{file.pk}/apply", {}).status_code == 303
    assert 'http-equiv="refresh"' in client.get(answer["Location"]).content.decode()
    assert not Activity.objects.exists()
    work()
    assert Activity.objects.count() == 400
    assert "Undo this import" in client.get(answer["Location"]).content.decode()


def test_the_command_stores_what_it_tells(cast, tmp_path, capsys):
    path = tmp_path / "weir.xml"
    path.write_bytes(WEIR)
    schedule_files.import_schedule(Session(cast.organisation, cast.head, ""), str(path), json=True)
    told = json.loads(capsys.readouterr().out)
    (project,) = told["projects"]
    assert (project["name"], project["rows"], project["activities"], project["critical"]) == ("Weir", 5, 4, ["2"])
    assert told["counts"]["new"] == Activity.objects.count() == 5
    assert {"where", "row", "field", "why", "count"} == set(told["not_carried"][0])
    assert {"row": "Resource 1 “Ada”", "field": "calendar_id", "why": "kept and exported again; no page shows it yet"} in told[
        "not_kept"
    ]
    undo(changeset=Changeset.objects.get(pk=told["changeset"]), by=cast.head)
    assert not Activity.objects.exists()


def test_the_page_of_a_schedule_shows_dates_floats_and_names_to_those_who_may_see_them(cast):
    content = people((cast.member.name, cast.member.email))
    told = bring(cast, content)
    project = Project.objects.get()
    address = f"/projects/{project.pk}/schedule"
    page = cast.client(cast.head).get(address).content.decode()
    for words in ("Dig", "critical", "drag 1 d", "1 Mar 2027", cast.member.name, "Bring the next version"):
        assert words in page, words
    assert "Nothing fits these filters" in cast.client(cast.head).get(f"{address}?q=nowhere").content.decode()
    client_role, member = cast.people[Role.CLIENT], cast.member
    with changeset(title="A client of the project", by=None):
        grant_role(person=client_role, role=Role.CLIENT, scope=project.scope, by=None)
    assert cast.client(client_role).get(f"/projects/{project.pk}").status_code == 200
    assert address not in cast.client(client_role).get(f"/projects/{project.pk}").content.decode()
    assert cast.client(client_role).get(address).status_code == 404
    own = cast.client(member).get(address)
    assert own.status_code == 200, "who works on it sees it"
    assert "Who" not in own.content.decode().split("<thead>")[1].split("</thead>")[0], "a team member may not look people up"
    undo(changeset=Changeset.objects.get(pk=told["changeset"]), by=cast.head)


def test_a_project_without_a_schedule_says_how_to_bring_one(cast):
    project = actions.add_project(name="Weir", by=cast.head)
    page = cast.client(cast.head).get(f"/projects/{project.pk}/schedule").content.decode()
    assert "No schedule yet" in page
    assert "Bring a file" in page


def test_the_page_of_a_schedule_asks_as_much_for_many_rows_as_for_few(cast):
    asked = []
    for rows in (5, 100):
        told = bring(cast, wide(rows))
        address = f"/projects/{Project.objects.latest('id').pk}/schedule?size=200"
        client = cast.client(cast.head)
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(address).content.decode()
        assert f"Work {rows}" in page
        asked.append(len(seen))
        undo(changeset=Changeset.objects.get(pk=told["changeset"]), by=cast.fresh(cast.head))
    assert asked[0] == asked[1] <= 17


# What other tools report of public files: activities, relationships, critical; and how many are dated here as in the file.
# The dates of the last are invented: what is left of it has months to spare.
REAL = {
    "mspdi-derived/commercial-construction.xml": (126, 176, 50, 126),
    "mspdi-derived/exam-2019-02-progress-baseline.xml": (8, 6, 3, 8),
    "mspdi-derived/fedora-20.xml": (380, 369, 0, 380),
    "mspdi-derived/local-road-costed.xml": (13, 13, 9, 13),
    "mspdi/mpxj-sample.xml": (16, 6, 1, 15),
    "p6/airport-terminal-building.xer": (66, 84, None, 66),
    "p6/viewer-sample.xer": (11, 10, 0, 3),
}


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="takes long: set LONG_TESTS=1 to run it")
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared/data with real schedules is not here")
@pytest.mark.parametrize("name", REAL)
def test_a_real_schedule_is_stored_and_dated_as_its_program_has_it(cast, name):
    told = bring(cast, (SHARED / name).read_bytes())
    found = timeline(Schedule.objects.get(), Filters(), date(2026, 11, 26), with_people=True)
    activities, relationships, critical, agreed = REAL[name]
    assert (found.activities, told["counts"]["relationships"], found.agreed[0]) == (activities, relationships, agreed)
    assert critical is None or found.critical == critical
    print(f"{name}: {found.agreed[0]} of {found.agreed[1]} dated as in the file")
