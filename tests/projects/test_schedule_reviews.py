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
from goldenthread.formats.workbook import read_workbook
from goldenthread.kit import clock, history
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects.actions.schedules import Storing, store_schedules
from goldenthread.projects.models import Project
from goldenthread.projects.queries import schedule_exports
from goldenthread.projects.queries.schedule_files import going
from goldenthread.schedule import actions
from goldenthread.schedule.actions import reviews as review_actions
from goldenthread.schedule.actions.reviews import ask_for_review
from goldenthread.schedule.models import Activity, ReviewedRows, Schedule, ScheduleReview, ScheduleSource, StatedBaseline
from goldenthread.schedule.queries import file_schedules, kept_versions, reviewed_rows, reviews
from goldenthread.schedule.queries.kept_files import kept_rows
from goldenthread.workspace import imports
from goldenthread.workspace.models import Job
from tests.formats.schedules import BASELINE, harbour, link, mspdi, task, xer

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
    assert f'<a href="/projects/{project.pk}/schedule?rows={pour.pk}">Pour</a>' in rows
    assert f'/projects/{project.pk}/schedule?fault=DCMA-01"' in rows


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


def test_a_comparison_is_taken_out_as_tables_by_who_may_export_the_project(cast, project, monkeypatch):
    client, address = cast.client(cast.head), f"/projects/{project.pk}/schedule/compare"
    page = client.get(address).content.decode()
    assert f'{address}/file?with={kept_versions(project.schedule)[1].number}&amp;form=xlsx"' in page
    answer = client.get(f"{address}/file?form=csv")
    assert answer["Content-Disposition"].endswith('.csv"')
    moved, rows, logic = answer.content.decode("utf-8-sig").split("\r\n\r\n")
    assert moved.splitlines()[0] == "Change,Working days,± days,Finish"
    assert "“Dig”: duration 2 d → 4 d,2.0,," in moved
    assert "Finish now: moved 2 working days later,2.0,,2027-03-05 17:00:00" in moved
    assert (
        "1,Dig,changed,duration: 2 d → 4 d,2027-03-01 08:00:00,2027-03-01 08:00:00,2027-03-02 17:00:00,2027-03-04 17:00:00"
        in rows
    )
    assert "2,Pour,moved,,2027-03-03 08:00:00,2027-03-05 08:00:00" in rows
    assert logic.startswith("Predecessor id,Predecessor")
    book = read_workbook(client.get(f"{address}/file?form=xlsx").content)
    assert [sheet.name for sheet in book.sheets] == ["What moved the finish", "Rows that differ", "Relationships"]
    assert [client.get(f"{address}/file?{asked}").status_code for asked in ("form=pdf", "with=999999")] == [404, 404]
    monkeypatch.setattr(schedule_exports, "may", lambda *_: False)
    assert "/file?" not in client.get(address).content.decode()
    assert client.get(f"{address}/file").status_code == 403
    monkeypatch.undo()
    monkeypatch.setattr(reviews, "LARGE_TO_COMPARE", 1)
    assert client.get(f"{address}/file").status_code == 422
    assert "have not been compared yet" in client.get(f"{address}/file").content.decode()


def test_moments_in_a_comparison_are_written_as_people_write_them(cast):
    for day in ("2027-03-03T08:00:00", "2027-03-08T08:00:00"):
        bound = task(1, "Dig", Duration="PT16H0M0S", ConstraintType=4, ConstraintDate=day)
        project = bring(cast, read_schedule(mspdi(bound, head="<UID>77</UID>")))
    page = cast.client(cast.head).get(f"/projects/{project.pk}/schedule/compare").content.decode()
    assert "start no earlier than 3 Mar 2027, 08:00" in page
    assert "2027-03-03 08:00" not in page


def test_a_row_that_the_next_file_no_longer_holds_was_removed_and_leads_to_where_it_stands_stopped(cast):
    rows = task(1, "Dig", Duration="PT16H0M0S") + task(2, "Pour", Duration="PT8H0M0S", inside=link(1))
    cure = task(3, "Cure", Duration="PT40H0M0S", inside=link(2))
    for tasks in (rows + cure, rows):
        project = bring(cast, read_schedule(mspdi(tasks, head="<UID>77</UID>")))
    client, address = cast.client(cast.head), f"/projects/{project.pk}/schedule"
    page = client.get(f"{address}/compare").content.decode()
    assert "The finish moved 5 working days earlier" in page
    assert "only in the earlier plan: 1" in page
    stopped = Activity.objects.get(name="Cure")
    assert f'<a href="{address}?rows={stopped.pk}">Cure</a>' in page
    assert '<td data-label="How">removed</td>' in page
    assert "stopped" in client.get(f"{address}?rows={stopped.pk}").content.decode()


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
    assert not reviews.review(project.schedule, reviews.question_of(str(first)), DAY).is_large
    assert reviews.review(project.schedule, reviews.question_of(str(longer)), DAY).is_large


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


def baselined(schedule, name="As approved") -> str:
    """A baseline set now; its name in the address."""
    return f"baseline-{actions.set_baseline(schedule=schedule, name=name, by=None, on=DAY).pk}"


def test_a_baseline_of_a_file_that_is_kept_is_compared_as_a_whole(cast):
    project = bring(cast, plan(16))
    value = baselined(project.schedule)
    bring(cast, plan(32))
    address = f"/projects/{project.pk}/schedule/compare?with={value}"
    page = cast.client(cast.head).get(address).content.decode()
    assert "As approved, set on 1 Mar 2027" in page
    assert "The finish moved 2 working days later" in page
    assert "“Dig”: duration 2 d → 4 d" in page
    assert "All of that baseline is kept" in page


def test_a_baseline_that_is_nothing_but_dates_tells_dates_and_says_what_it_cannot_tell(cast):
    project = bring(cast, plan(16))
    with changeset(by=cast.head, title="longer, and one row more"):
        dig = Activity.objects.get(name="Dig")
        actions.edit_activity(activity=dig, changes={"duration": 3 * 480}, by=cast.head)
    value = baselined(project.schedule)
    with changeset(by=cast.head, title="longer still, and other rows"):
        actions.edit_activity(activity=Activity.objects.get(name="Dig"), changes={"duration": 5 * 480}, by=cast.head)
        cure = actions.add_activity(schedule=project.schedule, name="Cure", by=cast.head, duration=480)
        actions.relate(predecessor=Activity.objects.get(name="Pour"), successor=cure, by=cast.head)
    told = reviews.reviewed(project.schedule, reviews.question_of(value), DAY)
    assert (told["is_whole"], told["logic"], told["critical_entered"], told["causes"]) == (False, None, None, [])
    assert (told["finish_before"], told["finish"], told["moved_days"]) == ("2027-03-04", "2027-03-09", 3.0)
    assert (told["last_before"]["name"], told["last"]["name"]) == ("Pour", "Cure")
    assert [one["name"] for one in told["rows_added"]] == ["Cure"]
    assert [(one["name"], one["changes"]) for one in told["rows_changed"]] == [
        ("Dig", [{"field": "duration", "before": "3 d", "after": "5 d"}])
    ]
    moved = {one["name"]: (one["finish_before"], one["finish"], one["activity"]) for one in told["dates_moved"]}
    assert moved["Dig"] == ("2027-03-03", "2027-03-05", dig.pk)
    page = cast.client(cast.head).get(f"/projects/{project.pk}/schedule/compare?with={value}").content.decode()
    assert "which change moved the finish" in page
    assert "“Pour” was to be finished last; now “Cure” is." in page
    assert "Relationships (" not in page
    assert f"?rows={dig.pk}" in page


def test_the_baselines_that_a_file_states_can_be_compared_with(cast):
    stated = task(1, "Dig", Duration="PT32H0M0S", inside=BASELINE) + task(2, "Pour", Duration="PT8H0M0S", inside=link(1))
    project = bring(cast, read_schedule(mspdi(stated, head="<UID>77</UID>")))
    client, address = cast.client(cast.head), f"/projects/{project.pk}/schedule/compare"
    page = client.get(f"{address}?with=baseline-file-0").content.decode()
    assert "The finish moved 3 working days later" in page, "from 2 March, where Dig was to end, to 5 March"
    assert "1 row is not in it" in page
    assert client.get(f"{address}?with=baseline-file-10").status_code == 200
    assert client.get(f"{address}?with=baseline-file-3").status_code == 404
    assert client.get(f"{address}?with=baseline-x").status_code == 404


def test_a_baseline_that_is_a_project_of_its_file_is_compared_as_a_whole(cast):
    read = read_schedule(xer(harbour()))
    plan = read.projects[0]
    (dredge,) = [one for one in plan.tasks if one.name.startswith("Dredge")]
    longer = dredge.duration_minutes + 2 * 480
    grown = tuple(replace(one, duration_minutes=longer, remaining_minutes=longer) if one is dredge else one for one in plan.tasks)
    frozen = replace(plan, id="9", baseline_of_id=plan.id)
    project = bring(cast, replace(read, projects=(replace(plan, tasks=grown), frozen)))
    told = reviews.reviewed(project.schedule, reviews.question_of("baseline-file-0"), DAY)
    assert (told["is_whole"], told["moved_days"]) == (True, 2.0)
    assert [one["kinds"] for one in told["causes"]] == [["duration"]]


def test_lists_of_large_comparisons_are_kept_in_parts_and_shown_to_the_end(cast, project, monkeypatch):
    monkeypatch.setattr(reviews, "LARGE_TO_COMPARE", 1)
    monkeypatch.setattr(reviewed_rows, "PART", 7)
    monkeypatch.setattr(review_actions, "PART", 7)
    first = kept_versions(project.schedule)[-1].number
    with changeset(by=cast.head, title="many rows"):
        for number in range(60):
            actions.add_activity(schedule=project.schedule, name=f"Row {number}", by=cast.head, duration=480)
    question = reviews.question_of(str(first))
    review_actions.make_review(schedule=project.schedule, question=question, today=DAY)
    found = reviews.review(project.schedule, question, DAY)
    whole = reviewed_rows.parted(reviews.reviewed(project.schedule, question, DAY))[1]["rows"]
    assert ReviewedRows.objects.filter(name="rows").count() == 9
    assert len(found.lists["rows"]) == len(whole) == 61
    for first_row, last_row in ((0, 50), (50, 61), (6, 15), (14, 14)):
        assert found.lists["rows"][first_row:last_row] == whole[first_row:last_row]
    address = f"/projects/{project.pk}/schedule/compare?with={first}&part=rows"
    client = cast.client(cast.head)
    pages = [client.get(f"{address}&page={number}").content.decode() for number in (1, 2)]
    assert all(sum(f">Row {number}<" in page for page in pages) == 1 for number in range(60))


def test_the_rows_at_fault_are_shown_in_the_schedule_whatever_they_are_called(cast, project, monkeypatch):
    client, address = cast.client(cast.head), f"/projects/{project.pk}/schedule"
    with changeset(by=cast.head, title="a namesake that is in order"):
        pour = Activity.objects.get(name="Pour")
        twin = actions.add_activity(schedule=project.schedule, name="Pour", by=cast.head, duration=480)
        for before, after in ((Activity.objects.get(name="Dig"), twin), (twin, pour)):
            actions.relate(predecessor=before, successor=after, by=cast.head)
    for large in (10_000, 1):
        monkeypatch.setattr(reviews, "LARGE", large)
        if large == 1:
            assert "is not known yet" in client.get(f"{address}?fault=DCMA-01").content.decode()
            review_actions.make_review(schedule=project.schedule, question=reviews.HEALTH, today=clock.today())
        page = client.get(f"{address}?fault=DCMA-01").content.decode()
        assert "at fault in “" in page
        found = reviews.rows_at_fault(project.schedule, "DCMA-01", clock.today()).activities
        assert (pour.pk in found, twin.pk in found) == (True, False)
        assert page.count(">Pour</a>") == 1
        assert '<input type="hidden" name="fault" value="DCMA-01">' in page
        assert f'<a href="{address}?all=1">Show every row</a>' in page
    named = client.get(f"{address}?rows={twin.pk}").content.decode()
    assert "Only 1 row" in named
    assert named.count(">Pour</a>") == 1
    assert ">Dig</a>" in client.get(f"{address}?fault=none-such").content.decode()


def test_the_command_compares_a_project_with_an_earlier_plan_of_it(cast, project, capsys):
    def as_(person):
        return lambda: nullcontext(Session(cast.organisation, cast.fresh(person), ""))

    value = baselined(project.schedule)
    schedule_comparison.compare_project(project.name, "", as_(cast.head), json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["projects"][0]["moved_days"] == 2.0
    assert [one["value"] for one in told["earlier"]][-1] == value
    with changeset(by=cast.head, title="changed, so that it is dates alone"):
        actions.edit_activity(activity=Activity.objects.get(name="Dig"), changes={"duration": 480}, by=cast.head)
    dated = baselined(project.schedule, "Short")
    schedule_comparison.compare_project(project.name, dated, as_(cast.head), json=False)
    said = capsys.readouterr().out
    assert "the finish did not move" in said
    assert "This baseline holds dates alone" in said
    assert f"{value} " in said
    with pytest.raises(Refused, match="no earlier plan “7”"):
        schedule_comparison.compare_project(project.name, "7", as_(cast.head), json=True)
    with pytest.raises(Refused, match="that you may see"):
        schedule_comparison.compare_project(project.name, "", as_(cast.nobody), json=True)
