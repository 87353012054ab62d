"""What is kept for a while only: each rule removes what is older than its days, nothing else, and facts stay."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from goldenthread.accounts.actions import edit_organisation
from goldenthread.accounts.models import Changeset, Organisation
from goldenthread.config.keeping import _history_faults
from goldenthread.kit import history, jobs
from goldenthread.kit.scoping import current_organisation, organisation_scope
from goldenthread.projects.models import Project
from goldenthread.workspace.actions import answer_question, apply_retention, ask_question, mark_read, notify, take_in
from goldenthread.workspace.models import InboxItem, Question
from tests.rows import Planter

SECRET = "the pump house smells of gas"


@pytest.fixture
def organisation(cast) -> Organisation:
    return Organisation.objects.get(pk=cast.organisation.pk)


def set_days(organisation, cast, **days) -> None:
    edit_organisation(organisation=organisation, changes={f"keeps_{name}_days": n for name, n in days.items()}, by=cast.admin)


def later(**ahead):
    return time_machine.travel(timezone.now() + timedelta(**ahead), tick=False)


@pytest.fixture
def answered(cast, organisation) -> Question:
    from goldenthread.accounts import actions

    with actions.changeset(title="A project", by=cast.head):
        project = Planter(cast.office.scope, "plain").plant(Project)
    asked = ask_question(
        asked=cast.member,
        ref_kind="project",
        ref_id=project.pk,
        question_kind="FREE",
        text=f"Is it true that {SECRET}?",
        by=cast.head,
    )
    return answer_question(secret=asked.address.rpartition("/")[2], answer=f"Yes, {SECRET}")


def test_nothing_but_ended_sessions_goes_unless_a_rule_is_set(cast, organisation, answered):
    with later(days=4000):
        assert apply_retention(organisation=organisation) == {"sessions": 0}
    assert SECRET in Question.objects.get(pk=answered.pk).answer


def test_an_answered_question_loses_its_words_everywhere_and_stays_a_fact(cast, organisation, answered):
    set_days(organisation, cast, answers=30)
    with later(days=29):
        assert apply_retention(organisation=organisation)["answers"] == 0
    with later(days=31):
        assert apply_retention(organisation=organisation)["answers"] == 1
        assert apply_retention(organisation=organisation)["answers"] == 0, "bears repeating"
    kept = Question.objects.get(pk=answered.pk)
    assert (kept.asked_id, kept.answered_at, kept.digest) == (answered.asked_id, answered.answered_at, answered.digest)
    told = [kept.text, kept.answer, *(r.text + r.answer for r in history.records(Question))]
    assert not [text for text in told if SECRET in text]
    assert not Changeset.objects.filter(title__contains=SECRET).exists()
    assert list(_history_faults()) == []
    assert Changeset.objects.filter(title="Apply the retention rules", source="JOB").count() == 1


def test_read_messages_go_after_their_time_and_unread_ones_never(cast, organisation):
    set_days(organisation, cast, messages=10)
    read, unread = (notify(people=[cast.member], title=title)[0] for title in ("read", "unread"))
    mark_read(person=cast.member, item=read)
    with later(days=11):
        assert apply_retention(organisation=organisation)["messages"] == 1
    assert list(InboxItem.objects.all()) == [unread]


def test_the_bytes_of_an_imported_file_go_and_its_row_stays(cast, organisation, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    set_days(organisation, cast, files=7)
    old = take_in(name="old.csv", chunks=[b"Project;Manager\nPipes;A\n"], by=cast.admin, file_kind="PROJECTS")
    same = take_in(name="old again.csv", chunks=[b"Project;Manager\nWells;A\n"], by=cast.admin, file_kind="PROJECTS")
    with later(days=6):
        again = take_in(name="new.csv", chunks=[b"Project;Manager\nWells;A\n"], by=cast.admin, file_kind="PROJECTS")
    assert again.digest == same.digest
    with later(days=8):
        assert apply_retention(organisation=organisation)["files"] == 1
    folder = Path(tmp_path) / "imports"
    assert not list(folder.glob(f"{old.digest}*"))
    assert (folder / again.digest).exists(), "brought again since"
    old.refresh_from_db()
    assert old.name == "old.csv"


def test_bytes_that_another_organisation_keeps_stay(cast, organisation, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    set_days(organisation, cast, files=7)
    table = {"name": "list.csv", "chunks": [b"Project;Manager\nPipes;A\n"], "file_kind": "PROJECTS"}
    own = take_in(**table, by=cast.admin)
    with organisation_scope(cast.foreign):
        take_in(**table, by=cast.foreign_admin)
    path = Path(tmp_path) / "imports" / own.digest
    with later(days=8):
        assert apply_retention(organisation=organisation)["files"] == 0
    assert path.exists()
    Organisation.objects.filter(pk=cast.foreign.pk).update(keeps_files_days=5)
    with later(days=8):
        assert apply_retention(organisation=organisation)["files"] == 1
    assert not path.exists()


def test_sessions_that_ended_go_and_those_of_another_organisation_stay(cast, organisation):
    def session(person, days):
        store = SessionStore()
        store["_auth_user_id"] = str(person.user_id)
        store.set_expiry(timezone.now() + timedelta(days=days))
        store.create()
        return store.session_key

    ended, running, foreign = session(cast.member, -3), session(cast.member, 3), session(cast.foreign_admin, -3)
    assert apply_retention(organisation=organisation)["sessions"] == 1
    left = set(Session.objects.values_list("session_key", flat=True))
    assert running in left
    assert foreign in left
    assert ended not in left


def test_the_rules_are_applied_every_night_for_every_organisation(cast, organisation, answered):
    set_days(organisation, cast, answers=1)
    now = timezone.now() + timedelta(days=3)
    with time_machine.travel(now, tick=False):
        jobs.run_recurring(now - timedelta(days=1), now)
    assert SECRET not in Question.objects.get(pk=answered.pk).answer


def test_what_recurs_is_done_on_the_day_of_each_organisation(organisation, monkeypatch):
    days, noon = {}, datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
    Organisation.objects.filter(pk=organisation.pk).update(time_zone="Pacific/Auckland")
    note = lambda: days.update({current_organisation().pk: timezone.localdate()})
    monkeypatch.setattr(jobs, "_recurring", [("* * * * *", note)])
    with time_machine.travel(noon, tick=False):
        jobs.run_recurring(noon - timedelta(minutes=1), noon)
    assert days.pop(organisation.pk) == date(2027, 1, 14)
    assert set(days.values()) == {date(2027, 1, 13)}
