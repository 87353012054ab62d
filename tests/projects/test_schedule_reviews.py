"""The pages beside a project's schedule: how sound it is, and what moved since an earlier file of it."""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from goldenthread.accounts.actions import changeset, grant_role
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.config import schedule_comparison, schedule_files
from goldenthread.config.session import Session
from goldenthread.formats.schedule_kept import kept
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.kit import history
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.models import Project
from goldenthread.projects.queries.schedule_files import going
from goldenthread.schedule.actions.reviews import ask_for_review
from goldenthread.schedule.models import Activity, Schedule, ScheduleReview, ScheduleSource, StatedBaseline
from goldenthread.schedule.queries import file_schedules, kept_versions, reviews
from goldenthread.schedule.queries.kept_files import kept_rows
from goldenthread.workspace import imports
from goldenthread.workspace.models import Job
from tests.formats.schedules import link, mspdi, task

DAY = date(2027, 3, 1)


def written(hours):
    """Dig, then pour."""
    rows = task(1, "Dig", Duration=f"PT{hours}H0M0S") + task(2, "Pour", Duration="PT8H0M0S", inside=link(1))
    return mspdi(rows, head="<UID>77</UID>")


def plan(hours):
    """The same, read."""
    return read_schedule(written(hours))


def bring(cast, read) -> Project:
    """Store a file: the first time as a new project, then as its next version."""
    known = Project.objects.exclude(schedule=None).first()
    answers = {"goes-0": str(known.pk)} if known is not None else {}
    found = going(file_schedules(read), answers, cast.head, DAY)
    with changeset(by=cast.head, title="brought"):
        store_schedules(Storing(found, {}, cast.office.scope, DAY), by=cast.head)
    return Project.objects.exclude(schedule=None).get()


@pytest.fixture
def project(cast):
    """Two versions of a plan: dig grew from two days to four."""
    bring(cast, plan(16))
    return bring(cast, plan(32))


def test_health_names_score_checks_and_the_rows_at_fault_one_click_away(cast, project):
    client = cast.client(cast.head)
    address = f"/projects/{project.pk}/schedule/health"
    page = client.get(address).content.decode()
    assert "of 100 points" in page
    assert "Mend first" in page
    assert page.count("As it stands now") == 1
    assert "?check=DCMA-01#check" in page
    rows = client.get(f"{address}?check=DCMA-01").content.decode()
    pour = Activity.objects.get(name="Pour")
    assert f'<a href="/projects/{project.pk}/schedule/row?of={pour.pk}">Pour</a>' in rows


def test_compare_tells_what_moved_the_finish_since_an_earlier_file(cast, project):
    first, second = (one.number for one in reversed(kept_versions(project.schedule)))
    client = cast.client(cast.head)
    address = f"/projects/{project.pk}/schedule/compare"
    page = client.get(address).content.decode()
    assert "The finish moved 2 working days later" in page
    assert "“Dig”: duration 2 d → 4 d" in page
    assert "Relationships (0)" in page
    assert "The finish did not move" in client.get(f"{address}?with={second}").content.decode()
    dates = client.get(f"{address}?with={first}&part=dates").content.decode()
    assert "<del>3 Mar 2027</del>" in dates
    assert client.get(f"{address}?with=999999").status_code == 404


def test_an_import_that_was_undone_is_nothing_to_compare_with(cast, project):
    first, second = reversed(kept_versions(project.schedule))
    undo(changeset=Changeset.objects.get(pk=second.changeset), by=cast.head)
    assert [one.number for one in kept_versions(project.schedule)] == [first.number]
    page = cast.client(cast.head).get(f"/projects/{project.pk}/schedule/compare?with={second.number}")
    assert page.status_code == 404


def test_large_schedules_are_looked_at_in_the_background_and_anew_after_a_change(cast, project, monkeypatch):
    monkeypatch.setattr(reviews, "LARGE", 1)
    monkeypatch.setattr(reviews, "LARGE_TO_COMPARE", 1)
    client = cast.client(cast.head)
    for name, said in (("health", "of 100 points"), ("compare", "moved 2 working days later")):
        address = f"/projects/{project.pk}/schedule/{name}"
        assert "Nobody has asked for it yet" in client.get(address).content.decode()
        assert client.post(address).status_code == 303
        assert "in the background" in client.get(address).content.decode()
        (queued,) = DBTaskResult.objects.filter(status="READY")
        queued.task.func(*queued.args_kwargs["args"], **queued.args_kwargs["kwargs"])
        queued.delete()
        page = client.get(address).content.decode()
        assert said in page
        assert "Look at it now" not in page
    with changeset(by=cast.head, title="longer"):
        row = Activity.objects.get(name="Dig")
        history.change(row, {"duration": row.duration + 480})
    for address in ("health", "compare"):
        assert "Look at it now" in client.get(f"/projects/{project.pk}/schedule/{address}").content.decode()
    assert ScheduleReview.objects.count() == 2


def test_a_small_schedule_waits_for_the_worker_where_the_earlier_file_is_large(cast, project, monkeypatch):
    first = kept_versions(project.schedule)[-1].number
    read = plan(16)
    (only,) = read.projects
    many = replace(read, projects=(replace(only, tasks=(*only.tasks, replace(only.tasks[0], id="9"))),))
    with changeset(by=cast.head, title="a longer one"):
        source = ScheduleSource.objects.get(schedule=project.schedule)
        source.content = kept(many)
        source.save()
    longer = kept_versions(project.schedule)[0].number
    assert (kept_rows(first), kept_rows(longer)) == (2, 3)
    monkeypatch.setattr(reviews, "LARGE_TO_COMPARE", 3)
    assert not reviews.review(project.schedule, reviews.question_of(first), DAY).is_large
    assert reviews.review(project.schedule, reviews.question_of(longer), DAY).is_large


def test_a_question_that_is_being_answered_is_not_asked_again(cast, project, monkeypatch):
    monkeypatch.setattr(reviews, "LARGE", 1)
    asked = [ask_for_review(schedule=project.schedule, question=reviews.HEALTH, by=cast.head) for _ in range(2)]
    Job.objects.update(state=Job.State.RUNNING)
    asked.append(ask_for_review(schedule=project.schedule, question=reviews.HEALTH, by=cast.head))
    assert {one.pk for one in asked} == {Job.objects.get().pk}
    Job.objects.update(state=Job.State.DONE)
    assert ask_for_review(schedule=project.schedule, question=reviews.HEALTH, by=cast.head).pk != asked[0].pk


def test_an_answer_is_old_once_a_baseline_of_the_file_or_the_working_time_changed(cast, project):
    seen = [reviews.revision(project.schedule, DAY)]
    with changeset(by=cast.head, title="a baseline"):
        StatedBaseline(activity=Activity.objects.get(name="Dig"), number=0, start=DAY, finish=DAY).save()
    seen.append(reviews.revision(project.schedule, DAY))
    organisation = current_organisation()
    for field, value in (("working_week", [360] * 5 + [0, 0]), ("country", "DE" if organisation.country != "DE" else "FR")):
        setattr(organisation, field, value)
        seen.append(reviews.revision(project.schedule, DAY))
    assert len(set(seen)) == 4
    assert reviews.revision(project.schedule, DAY) == seen[-1]


def test_the_name_of_a_file_is_told_to_who_may_open_it(cast, tmp_path):
    imports.run("schedule", "quiet-takeover.xml", written(16), by=cast.pmo, office=cast.office)
    address = f"/projects/{Project.objects.exclude(schedule=None).get().pk}/schedule/compare"
    grant_role(person=cast.member, role=Role.PROJECT_MANAGER, scope=cast.office.scope, by=None)
    for person, is_told in ((cast.pmo, True), (cast.member, False)):
        page = cast.client(person).get(address).content.decode()
        assert "brought on" in page
        assert ("quiet-takeover.xml" in page) == is_told
        assert ("SHA-256" in page) == is_told


def test_the_health_of_any_number_of_files_takes_the_same_statements(cast, project):
    def asked() -> int:
        cast.client(cast.head).get(f"/projects/{project.pk}/schedule/health")
        with CaptureQueriesContext(connection) as seen:
            page = cast.client(cast.head).get(f"/projects/{project.pk}/schedule/health").content.decode()
        assert page.count('data-label="Checks not met"') == len(kept_versions(project.schedule)) + 1
        return len(seen)

    with_two = asked()
    for hours in (40, 48, 56):
        bring(cast, plan(hours))
    assert asked() == with_two


def test_who_does_not_see_the_plan_sees_neither_page(cast, project):
    client = cast.client(cast.nobody)
    for address in ("health", "compare"):
        assert client.get(f"/projects/{project.pk}/schedule/{address}").status_code == 404
        assert client.post(f"/projects/{project.pk}/schedule/{address}").status_code == 404


def test_the_commands_answer_for_a_project_and_only_to_who_sees_its_plan(cast, project, tmp_path, capsys):
    def as_(person):
        return lambda: nullcontext(Session(cast.organisation, cast.fresh(person), ""))

    schedule_files.health_of(str(project.pk), as_(cast.head), json=True)
    (told,) = json.loads(capsys.readouterr().out)["projects"]
    assert told["score"] is not None
    earlier = tmp_path / "earlier.xml"
    earlier.write_bytes(written(16))
    schedule_comparison.compare(str(earlier), project.name, as_(cast.head), json=True)
    (told,) = json.loads(capsys.readouterr().out)["projects"]
    assert told["moved_days"] == 2.0
    with pytest.raises(Refused, match="that you may see"):
        schedule_files.health_of(str(project.pk), as_(cast.nobody), json=True)


def test_a_schedule_without_rows_and_a_file_that_holds_no_plan_are_told_in_words(cast, project):
    client, address = cast.client(cast.head), f"/projects/{project.pk}/schedule"
    with changeset(by=cast.head, title="emptied"):
        source = ScheduleSource.objects.get(schedule=project.schedule)
        source.content = {}
        source.save()
    newest = kept_versions(project.schedule)[0].number
    assert "What was kept of that file holds no plan" in client.get(f"{address}/compare?with={newest}").content.decode()
    assert "of 100 points" in client.get(f"{address}/health").content.decode()
    with changeset(by=cast.head, title="an empty one"):
        empty = Schedule(scope=project.scope, name="Empty")
        empty.save()
    assert reviews.reviewed(empty, reviews.HEALTH, DAY)["score"] is None
