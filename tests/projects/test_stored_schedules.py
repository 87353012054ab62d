"""A stored schedule is a schedule file again: the same dates as its file, what was changed here, and plans made by hand."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset, erase_person, grant_role
from goldenthread.accounts.queries import everything_about
from goldenthread.config import schedule_files
from goldenthread.config.session import Session
from goldenthread.formats.schedule_dates import critical_path
from goldenthread.formats.schedule_file import NotCarried, ScheduleFile
from goldenthread.formats.schedule_health import health
from goldenthread.formats.schedule_kept import kept, read_kept
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_writer import FORMATS, write_schedule
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Role
from goldenthread.projects.actions.projects import store_new
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.models import Project
from goldenthread.projects.queries import exported_schedule
from goldenthread.projects.queries.schedule_files import going
from goldenthread.schedule import actions
from goldenthread.schedule.models import Activity, Relationship, Schedule, ScheduleSource
from goldenthread.schedule.queries import (
    FileSchedule,
    Filters,
    file_schedules,
    file_source,
    stored_file,
    timeline,
    written_schedule,
)
from tests.formats.material import real_file
from tests.formats.schedules import WEIR, harbour, xer
from tests.schedule.conftest import MONDAY, network

REAL = [
    *("mspdi-derived/commercial-construction.xml", "mspdi-derived/local-road-costed.xml", "mspdi-derived/fedora-20.xml"),
    *("mspdi-derived/exam-2019-02-progress-baseline.xml", "mspdi/mpxj-split-task.xml", "mspdi/mpxj-relations.xml"),
    *("p6/airport-terminal-building.xer", "p6/viewer-sample.xer", "p6/mpxj-predecessor-calendar.xer"),
]


def stored(cast, read) -> list[Schedule]:
    """The schedules of a file that was read, stored."""
    found = going(file_schedules(read), {}, cast.head, date(2027, 3, 1))
    store_schedules(Storing(found, {}, cast.office.scope, date(2027, 3, 1)), by=cast.head)
    return [project.schedule for project in Project.objects.exclude(schedule=None).order_by("id")]


def dated(file) -> list[dict]:
    """What `schedule cpm` says of each project."""
    return critical_path(file)["projects"]


@pytest.mark.parametrize("content", [WEIR, xer(harbour())], ids=["mspdi", "xer"])
def test_a_file_that_is_kept_is_the_same_again(content):
    read = read_schedule(content)
    again = read_kept(kept(read))
    assert again == read
    assert [task.kept for one in again.projects for task in one.tasks] == [t.kept for one in read.projects for t in one.tasks]


def alone(one: FileSchedule) -> ScheduleFile:
    """A project of a file without what it shares with the others: relationships between projects are not kept yet."""
    first, *frozen = one.source.projects
    links = tuple(link for link in first.relationships if link.predecessor_project_id in (None, first.id))
    return replace(one.source, projects=(replace(first, relationships=links), *frozen))


@pytest.mark.parametrize("content", [WEIR, xer(harbour())], ids=["mspdi", "xer"])
def test_a_stored_schedule_is_its_file_again(cast, content):
    read = read_schedule(content)
    filed = [alone(one) for one in file_schedules(read)]
    for source, one in zip(filed, stored(cast, read), strict=True):
        assert stored_file(one).file == source


@pytest.mark.parametrize("name", REAL)
def test_a_real_schedule_has_the_dates_of_its_file(cast, name):
    read = read_schedule(real_file(f"schedules/{name}"))
    filed = [alone(one) for one in file_schedules(read)]
    rows = 0
    for source, one in zip(filed, stored(cast, read), strict=True):
        found = stored_file(one).file
        assert found == source
        assert dated(found) == dated(source)
        rows += shown_as(one, dated(source)[0])
        taken = written_schedule(
            one, read.kind, now=datetime(2027, 3, 1, tzinfo=UTC), today=MONDAY, with_people=True, with_costs=True
        )
        again = [row for project in dated(read_schedule(taken.data)) for row in project["rows"]]
        assert again == dated(found)[0]["rows"], "and so has what is taken out again"
    assert rows


def shown_as(one: Schedule, told: dict) -> int:
    """How many rows of the page of a schedule say what `schedule cpm` says of its file: all of them."""
    said = {row["id"]: row for row in told["rows"] if not row["is_summary"]}
    page = timeline(one, Filters(size=10_000), MONDAY, with_people=True)
    keys = dict(Activity.objects.filter(schedule=one).values_list("pk", "source_key"))
    lines = {keys[line.pk]: line for line in page.rows if keys[line.pk] in said}
    assert lines.keys() == said.keys()
    for key, row in said.items():
        line = lines[key]
        assert (line.start, line.finish) == (date.fromisoformat(row["start"][:10]), date.fromisoformat(row["finish"][:10])), key
        if line.data.actual_finish is None:
            assert (line.total_float, line.free_float, line.is_critical) == (
                *(row["total_float_minutes"], row["free_float_minutes"]),
                row["is_critical"],
            )
    return len(lines)


def test_what_was_changed_here_stands_in_the_file(cast):
    (one,) = stored(cast, read_schedule(WEIR))
    rows = {row.name: row for row in Activity.objects.filter(schedule=one)}
    before = {task.id: task for task in stored_file(one).project.tasks}
    with changeset(title="Changes", by=None), actions.postponed_dates():
        history.change(rows["Cure"], {"name": "Cure well", "duration": 960, "deadline": date(2027, 3, 12)})
        history.change(rows["Dig"], {"actual_finish": date(2027, 3, 4), "progress": 100})
        added = actions.add_activity(schedule=one, name="Paint", by=None, parent=rows["Build"], duration=480)
        actions.relate(predecessor=rows["Cure"], successor=added, by=None, relationship_kind="SS", lag=60)
        Relationship.objects.get(predecessor=rows["Dig"], successor=rows["Pour"]).delete()
    found = stored_file(one)
    after = {task.name: task for task in found.project.tasks}
    cured, dug, paint = after["Cure well"], after["Dig"], after["Paint"]
    assert (cured.duration_minutes, cured.deadline) == (960, datetime(2027, 3, 12, 17, 0))
    assert replace(cured, name="Cure", duration_minutes=before[cured.id].duration_minutes).notes == before[cured.id].notes
    assert (dug.actual_start, dug.actual_finish, dug.remaining_minutes) == (
        *(before[dug.id].actual_start, datetime(2027, 3, 4, 17, 0)),
        0,
    )
    assert dug.custom == before[dug.id].custom, "what no column keeps stands as filed"
    assert (paint.level, paint.parent_id, found.activities[paint.id]) == (2, after["Build"].id, added.pk)
    links = {(link.predecessor_id, link.successor_id): link for link in found.project.relationships}
    assert (dug.id, after["Pour"].id) not in links
    assert (links[cured.id, paint.id].kind, links[cured.id, paint.id].lag_minutes) == ("SS", 60)


def test_a_plan_made_by_hand_is_a_file_that_is_dated_written_and_judged(cast):
    with changeset(title="Start", by=cast.head):
        project = store_new([Project(name="Pier", currency="EUR")], cast.office.scope)[0]
        one = actions.add_schedule(scope=project.scope, name="Pier", data_date=MONDAY)
    made = network(one, "A 5; B 1 after A; C 3 after A+1; M 0 after B C")
    with changeset(title="More", by=cast.head):
        history.change(Activity.objects.get(name="M"), {"is_milestone": True, "deadline": date(2027, 3, 10)})
        history.change(Activity.objects.get(name="B"), {"not_before": date(2027, 3, 10)})
        actions.freeze(schedule=one, name="First", on=MONDAY)
    found = stored_file(one)
    rows = {row["name"]: row for row in dated(found.file)[0]["rows"]}
    assert {name: (row["start"][:10], row["finish"][:10]) for name, row in rows.items()} == {
        "A": ("2027-03-01", "2027-03-05"),
        "B": ("2027-03-10", "2027-03-10"),
        "C": ("2027-03-09", "2027-03-11"),
        "M": ("2027-03-11", "2027-03-11"),
    }
    assert rows["M"]["total_float_minutes"] == -480, "a day after its deadline"
    assert found.activities == {task.id: made[task.name].pk for task in found.project.tasks}
    assert all(task.baselines for task in found.project.tasks)
    assert health(found.file)["projects"][0]["score"] is not None
    for kind in FORMATS:
        assert write_schedule(found.file, kind, made_at=datetime(2027, 3, 1, tzinfo=UTC)).data, kind


def test_any_number_of_rows_takes_the_same_statements(cast):
    counts = []
    for more in (1, 30):
        with changeset(title="Start", by=cast.head):
            one = actions.add_schedule(scope=cast.office.scope, name="Plan", data_date=MONDAY)
        network(one, "; ".join(f"A{n} 1" for n in range(more)))
        with CaptureQueriesContext(connection) as asked:
            stored_file(one)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_a_schedule_is_taken_out_by_page_and_command_and_comes_back_with_the_same_dates(cast, tmp_path, capsys):
    (one,) = stored(cast, read_schedule(WEIR))
    project = Project.objects.get()
    address = f"/projects/{project.pk}/schedule/file"
    client = cast.client(cast.head)
    assert "Microsoft Project XML" in client.get(address).content.decode()
    page = client.get(f"{address}?form=ics").content.decode()
    assert "What stands here and not in that file" in page
    assert "a calendar shows what is done when, and no more" in page
    taken = client.get(f"{address}?form=mspdi&take")
    assert taken["Content-Disposition"].endswith('.xml"')
    schedule_files.export_schedule(session(cast), "weir", "mspdi", str(tmp_path / "weir.xml"), json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["project"], told["format"], told["bytes"]) == ("Weir", "mspdi", len(taken.content))
    assert (tmp_path / "weir.xml").read_bytes() == taken.content
    again = dated(read_schedule(taken.content))
    assert again == dated(stored_file(one).file)
    rows = {row["id"]: row for row in again[0]["rows"]}
    for task in read_schedule(taken.content).projects[0].tasks:
        if task.id in rows and task.actual_start is None:
            assert f"{task.start:%Y-%m-%dT%H:%M}" == rows[task.id]["start"], "what is written is what was worked out"


def session(cast, person=None) -> Session:
    return Session(cast.organisation, person or cast.head, "")


def test_who_may_not_see_people_takes_out_no_names_and_who_may_not_export_nothing(cast, tmp_path):
    (one,) = stored(cast, read_schedule(WEIR))
    project = Project.objects.get()
    assert "Ada" in written(one, "csv", with_people=True)
    hidden = written_schedule(one, "xer", now=datetime(2027, 3, 1, tzinfo=UTC), today=MONDAY, with_people=False, with_costs=True)
    assert b"Ada" not in hidden.data.split(b"%T\tCALENDAR")[0] + hidden.data.partition(b"%T\tRSRC\r\n")[2]
    assert {"you may not see who works on what"} <= {one.why for one in hidden.not_carried}
    grant_role(person=cast.member, role=Role.PORTFOLIO_MANAGER, scope=cast.office.scope, by=None)
    manager = cast.fresh(cast.member)
    schedule_files.export_schedule(session(cast, manager), str(project.pk), "csv", str(tmp_path / "plan.csv"), json=True)
    with pytest.raises(Refused, match="no project"):
        schedule_files.export_schedule(session(cast), "Elsewhere", "csv", "", json=True)


def test_losses_of_a_file_that_was_kept_whole_name_no_row_of_its_other_projects(cast):
    (one,) = stored(cast, read_schedule(WEIR))
    lost = (
        NotCarried("TASK", "TASK 2 “Dig” (line 4)", "target_end_date", "“soon” is not a date"),
        NotCarried("TASK", "TASK 7 “Quiet takeover” (line 9)", "target_end_date", "“after Ada goes” is not a date"),
        NotCarried("TASK", "TASK 7 “Quiet takeover” (line 9)", "memo", "not read yet", 2),
        NotCarried("ROLES", "line 12", "all", "this table is not read", 3),
    )
    source = ScheduleSource.objects.get(schedule=one)
    with changeset(by=cast.head, title="as it was kept before"):
        history.change(source, {"content": kept(replace(read_kept(source.content), not_carried=lost))})
    told = written(one, "csv", with_people=True)
    assert "Dig" in told, "the row of this plan"
    losses = written_schedule(one, "csv", now=datetime(2027, 3, 1, tzinfo=UTC), today=MONDAY, with_people=True, with_costs=True)
    mine = [(said.row, said.field) for said in losses.not_carried if said.where in ("TASK", "ROLES")]
    assert mine == [("TASK 2 “Dig” (line 4)", "target_end_date"), ("", "memo"), ("line 12", "all")]


def test_who_may_not_see_cost_rates_takes_out_none_and_no_cost(cast, tmp_path):
    stored(cast, read_schedule(WEIR))
    project = Project.objects.get()
    grant_role(person=cast.member, role=Role.PORTFOLIO_MANAGER, scope=cast.office.scope, by=None)
    manager, now = cast.fresh(cast.member), datetime(2027, 3, 1, tzinfo=UTC)
    for kind in ("mspdi", "xer"):
        whole = read_schedule(exported_schedule(project, kind, cast.head, now=now, today=MONDAY).data)
        taken = exported_schedule(project, kind, manager, now=now, today=MONDAY)
        bare = read_schedule(taken.data)
        assert any(rate.standard for one in whole.resources for rate in one.rates)
        assert not any(rate.standard for one in bare.resources for rate in one.rates)
        assert not any(one.cost or one.actual_cost for plan in bare.projects for one in (*plan.assignments, *plan.tasks))
        assert b"1234.56" not in taken.data
        assert [task.name for task in bare.projects[0].tasks] == [task.name for task in whole.projects[0].tasks]
        assert "you may not see what things cost" in {one.why for one in taken.not_carried}


def test_losses_of_a_file_with_several_projects_name_no_row_of_another(cast):
    said = read_schedule(WEIR)
    other = replace(said.projects[0], id="2", name="Secret")
    lost = (NotCarried("Task", "Buy the rival", "Type", "unknown"),)
    file = replace(said, projects=(*said.projects, other), not_carried=lost)
    assert [one.row for one in file_source.alone(file, said.projects[0], ()).not_carried] == [""]
    assert file_source.alone(replace(file, projects=said.projects), said.projects[0], ()).not_carried == lost


def written(one: Schedule, kind: str, *, with_people: bool) -> str:
    return written_schedule(
        one, kind, now=datetime(2027, 3, 1, tzinfo=UTC), today=MONDAY, with_people=with_people, with_costs=True
    ).data.decode()


def test_an_erasure_reaches_what_the_file_of_a_schedule_said(cast):
    name = cast.member.name
    content = WEIR.replace(b"<Name>Ada</Name>", f"<Name>{name}</Name>".encode()).replace(b">Dig<", f">Dig with {name}<".encode())
    (one,) = stored(cast, read_schedule(content))
    before = {task.id: task for task in stored_file(one).project.tasks}
    assert name in json.dumps(ScheduleSource.objects.get().content, ensure_ascii=False)
    grant_role(person=cast.member, role=Role.PORTFOLIO_MANAGER, scope=cast.office.scope, by=None)
    told = everything_about(cast.fresh(cast.member), cast.head, datetime(2027, 3, 1, tzinfo=UTC))
    said = [one["text"] for one in told["sentences"] if one["table"] == "schedule.ScheduleSource"]
    assert [set(texts) for texts in said] == [{name, f"Dig with {name}", f"Task 2 “Dig with {name}”"}], (
        "and nothing of the others"
    )
    erase_person(person=cast.member, reason="Asked for it", typed=name, by=cast.admin)
    kept_now = [ScheduleSource.objects.get().content, *history.records(ScheduleSource).values_list("content", flat=True)]
    assert len(kept_now) == 2
    assert not [text for text in map(json.dumps, kept_now) if name in text]
    found = stored_file(one)
    assert {task.id: task.start for task in found.project.tasks} == {key: task.start for key, task in before.items()}
    assert any(f"Person {cast.member.pk}" in task.name for task in found.project.tasks)
