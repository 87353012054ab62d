"""Telling of a version: mails once at most and outside quiet hours, questions to the planner, reminders once a day."""

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.scoping import current_organisation
from goldenthread.plan import actions as plan
from goldenthread.plan.actions import telling, version_talk, versions
from goldenthread.plan.actions.post import post_mails
from goldenthread.plan.models import VersionMail, VersionQuestion
from goldenthread.plan.queries import versions as reads
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.workspace.models import InboxItem, Job

NOON = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)  # a Wednesday
NIGHT = datetime(2027, 1, 13, 22, 0, tzinfo=UTC)


@pytest.fixture
def told(scene, monkeypatch):
    """A version in force that changes the work of the head and of a member, and both told of it."""
    monkeypatch.setattr(versions, "in_the_way", lambda *_: [])
    by = scene.cast.head
    versions.approve_version(version=versions.propose_version(plan=scene.plan, because="First", by=by), by=by)
    secret = purpose.add_objective(office=scene.cast.office, title="Sell the depot", by=by, is_confidential=True)
    purpose.set_target(objective=secret, kpi=scene.kpi, by=by, baseline=5.5, value=4.0, due_on=scene.today + timedelta(days=200))
    schedule.edit_activity(activity=scene.step.activity, changes={"duration": 9600}, by=by)
    scene.version = versions.approve_version(
        version=versions.propose_version(plan=scene.plan, because="Sell the depot", by=by), by=by
    )
    telling.tell(scene.version)
    VersionMail.objects.update(goes_at=NOON)
    return scene


def test_who_is_to_leave_later_still_signs_and_is_told_and_an_answer_before_it_keeps_nobody_from_being_told(scene, monkeypatch):
    monkeypatch.setattr(versions, "in_the_way", lambda *_: [])
    by, member = scene.cast.head, scene.cast.member
    plan.set_raci(step=scene.step, person=member, letter="A", by=by)
    accounts.edit_person(person=member, changes={"leaves_on": scene.today + timedelta(days=42)}, by=scene.cast.admin)
    assert member in reads.signers(scene.plan, scene.today)
    versions.approve_version(version=versions.propose_version(plan=scene.plan, because="First", by=by), by=by)
    schedule.edit_activity(activity=scene.fresh(scene.step.activity), changes={"duration": 9600}, by=by)
    second = versions.propose_version(plan=scene.plan, because="Longer", by=by)
    question = version_talk.ask_planner(version=second, text="Why?", by=scene.cast.pmo)
    version_talk.answer_question(question=question, text="Because", by=by)
    telling.tell(versions.approve_version(version=second, by=by))
    assert InboxItem.objects.filter(person=member, link=telling.address_of(second)).exists()
    assert scene.cast.pmo.name not in reads.readers_of(second, by).waiting


def states():
    return sorted(VersionMail.objects.values_list("state", flat=True))


def test_one_mail_a_version_and_person_in_words_without_a_name_and_with_the_way_to_what_changed(told):
    assert VersionMail.objects.count() == InboxItem.objects.filter(link=telling.address_of(told.version)).count() >= 2
    sent = post_mails(NOON)
    assert sent == len(mail.outbox) == VersionMail.objects.count()
    assert post_mails(NOON) == 0
    assert set(states()) == {"SENT"}
    mine = next(one for one in mail.outbox if one.to == [told.cast.member.email])
    html = mine.alternatives[0].content
    for text in (mine.body, html):
        assert "Your work changed: 1 moved, 1 re-estimated." in text
        assert f"/plan/versions/{told.version.pk}/changes" in text
    for one in mail.outbox:
        for name in ("Sell the depot", told.step.activity.name, told.kpi.name):
            assert name not in one.subject + one.body + one.alternatives[0].content


def test_in_quiet_hours_and_on_free_days_mails_wait_for_each_by_his_or_her_own_clock(told):
    accounts.edit_person(person=told.cast.member, changes={"quiet_from": time(11), "quiet_to": time(13)}, by=told.cast.member)
    assert post_mails(NOON) == VersionMail.objects.count() - 1
    waits = VersionMail.objects.get(state="WAITING")
    assert (waits.person, timezone.localtime(waits.goes_at).time()) == (told.cast.member, time(13))
    assert post_mails(NOON + timedelta(minutes=59)) == 0
    assert post_mails(NOON + timedelta(minutes=61)) == 1


def test_at_night_nobody_gets_a_mail_and_on_a_saturday_neither(told, monkeypatch):
    assert post_mails(NIGHT) == post_mails(NOON + timedelta(days=3)) == 0
    assert {timezone.localtime(one.goes_at).strftime("%a %H:%M") for one in VersionMail.objects.all()} == {"Mon 07:00"}
    for name in ("quiet_from", "quiet_to", "is_quiet_on_free_days"):
        monkeypatch.setattr(current_organisation(), name, None)
    VersionMail.objects.update(goes_at=NIGHT)
    assert post_mails(NIGHT) == VersionMail.objects.count()


def test_who_switched_mails_off_or_has_left_gets_none_and_nobody_switches_them_on_for_another(told):
    member = told.cast.member
    with pytest.raises(Forbidden):
        accounts.edit_person(person=member, changes={"gets_mail": True}, by=told.cast.admin)
    page = told.cast.client(member).get("/settings").content.decode()
    assert "Tell me of changes by mail too" in page
    answer = told.cast.client(member).post("/settings/mails", {"version": told.fresh(member).version})
    assert answer.status_code == 303
    assert not told.fresh(member).gets_mail
    post_mails(NOON)
    assert VersionMail.objects.get(person=member).state == "NOT_WANTED"
    assert [member.email] not in [one.to for one in mail.outbox]
    assert post_mails(NOON) == 0


def test_without_a_mail_server_no_mail_is_made_and_the_administrator_reads_so(told, settings):
    VersionMail.objects.all().delete()
    InboxItem.objects.all().delete()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert telling.tell(told.version) >= 2
    assert not VersionMail.objects.exists()
    admin = told.cast.client(told.cast.admin)
    assert "No mail server is set" in admin.get("/settings/privacy").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "No mail server is set" not in admin.get("/settings/privacy").content.decode()


def test_a_worker_killed_between_claim_and_sending_sends_nothing_twice_and_the_rest_after_restart(told, monkeypatch):
    send = EmailBackend.send_messages

    def killed(self, messages):
        send(self, messages)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with pytest.raises(KeyboardInterrupt):
        post_mails(NOON)
    assert states().count("CLAIMED") == 1
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    post_mails(NOON)
    post_mails(NOON)
    everybody = [one.to[0] for one in mail.outbox]
    assert len(everybody) == len(set(everybody)) == VersionMail.objects.count()
    assert states().count("CLAIMED") == 1, "nobody knows whether it went out, so it is not sent again"


def test_a_worker_killed_while_telling_leaves_neither_items_nor_mails_behind(told, monkeypatch):
    VersionMail.objects.all().delete()
    InboxItem.objects.all().delete()
    goes_at, asked = telling.mail_goes_at, []

    def killed(*given):
        asked.append(given)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return goes_at(*given)

    monkeypatch.setattr(telling, "mail_goes_at", killed)
    with pytest.raises(KeyboardInterrupt):
        telling.tell(told.version)
    assert not VersionMail.objects.exists()
    assert not InboxItem.objects.exists()
    monkeypatch.setattr(telling, "mail_goes_at", goes_at)
    assert telling.tell(told.version) == VersionMail.objects.count() == InboxItem.objects.count() >= 2
    assert telling.tell(told.version) == 0


@pytest.mark.parametrize(
    ("fault", "state"),
    [(SMTPRecipientsRefused({}), "CLAIMED"), (SMTPServerDisconnected("gone"), "CLAIMED"), (TimeoutError(), "CLAIMED")],
)
def test_a_mail_of_which_nobody_knows_whether_it_went_out_stops_no_other(told, monkeypatch, fault, state):
    send, tried = EmailBackend.send_messages, []

    def first_fails(self, messages):
        tried.append(messages)
        if len(tried) == 1:
            raise fault
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", first_fails)
    assert post_mails(NOON) == VersionMail.objects.count() - 1
    assert states().count(state) == 1


def test_a_server_that_does_not_answer_leaves_every_mail_waiting(told, monkeypatch):
    def no_answer(_):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", no_answer)
    assert post_mails(NOON) == 0
    assert set(states()) == {"WAITING"}


def test_while_people_are_told_the_page_of_the_version_shows_how_far_it_is(told):
    page = told.cast.client(told.cast.head).get(f"/plan/versions/{told.version.pk}").content.decode()
    assert "It begins within a minute" in page
    Job.objects.filter(key=f"tell-version:{told.version.pk}").update(state="RUNNING", done=3, total=40)
    assert "3 of 40 people so far" in told.cast.client(told.cast.head).get(f"/plan/versions/{told.version.pk}").content.decode()
    Job.objects.all().update(state="DONE")
    assert "is being told" not in told.cast.client(told.cast.head).get(f"/plan/versions/{told.version.pk}").content.decode()


def test_a_question_goes_to_the_planner_and_its_answer_to_who_asked(told):
    member, head, address = (
        told.cast.client(told.cast.member),
        told.cast.client(told.cast.head),
        f"/plan/versions/{told.version.pk}",
    )
    assert "Not clear?" in member.get(f"{address}/changes").content.decode()
    assert member.post(f"{address}/ask", {"text": " "}).status_code == 422
    assert member.post(f"{address}/ask", {"text": "Why so late?"}).status_code == 303
    assert "Answer what is asked about it" in head.get("/").content.decode()
    assert InboxItem.objects.get(title=f"{told.cast.member} asks about {told.version}").person == told.cast.head
    question = VersionQuestion.objects.get()
    assert "Why so late?" in head.get(address).content.decode()
    answer = {"answer": "The board asked for more.", "version": question.version}
    assert member.post(f"/plan/questions/{question.pk}/answer", answer).status_code == 403
    assert head.post(f"/plan/questions/{question.pk}/answer", answer | {"version": 9}).status_code == 409
    assert head.post(f"/plan/questions/{question.pk}/answer", answer).status_code == 303
    assert head.post(f"/plan/questions/{question.pk}/answer", answer | {"version": 2}).status_code == 422
    assert "Answer what is asked about it" not in head.get("/").content.decode()
    item = InboxItem.objects.get(person=told.cast.member, title__contains="answered about")
    assert item.body == "The board asked for more."
    assert "The board asked for more." in member.get(address).content.decode()


def test_the_chair_reminds_who_has_not_read_once_a_day_and_nobody_else_does(told, monkeypatch):
    waiting = InboxItem.objects.filter(link=telling.address_of(told.version)).values("person").distinct().count()
    versions.see_version(version=told.version, by=told.cast.head)
    with pytest.raises(Forbidden):
        version_talk.remind(version=told.version, by=told.cast.member)
    assert version_talk.remind(version=told.version, by=told.cast.head) == waiting - 1
    assert version_talk.remind(version=told.version, by=told.cast.head) == 0
    assert InboxItem.objects.filter(title__startswith="Please read").count() == waiting - 1
    page = told.cast.client(told.cast.head).get(f"/plan/versions/{told.version.pk}").content.decode()
    assert "Remind them" in page
    monkeypatch.setattr(told.cast.head.organisation, "shows_who_has_read", False)
    with pytest.raises(Forbidden):
        version_talk.remind(version=told.version, by=told.cast.head)
    with pytest.raises(Refused):
        version_talk.ask_planner(version=told.version, text="", by=told.cast.member)
