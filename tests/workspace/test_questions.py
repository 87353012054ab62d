"""One question by mail, answered from its link without an account: signed, expiring, once, and with its effect on the plan."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan.models import Contribution
from goldenthread.projects.models import Project
from goldenthread.workspace import actions, queries
from goldenthread.workspace.models import InboxItem, Question

SITE = "https://pmo.example.org/"


@pytest.fixture
def ask(cast, scene, django_capture_on_commit_callbacks):
    """Ask the sponsor about the project; answers the path of the link."""

    def go(kind="GOAL", **more):
        given = {"asked": cast.sponsor, "ref_kind": "project", "ref_id": scene.project.pk, "question_kind": kind, "by": cast.head}
        with django_capture_on_commit_callbacks(execute=True):
            asked = actions.ask_question(**{**given, "site": SITE, **more})
        return asked.address.removeprefix(SITE.rstrip("/"))

    return go


def words(answer) -> str:
    """What a page says, without the tokens that differ each time."""
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_the_mail_holds_the_question_and_a_link_that_is_stored_nowhere(ask, cast):
    path = ask()
    sent = mail.outbox[-1]
    assert sent.to == [cast.sponsor.email]
    assert "Billing renewal" in sent.subject
    assert f"{SITE.rstrip('/')}{path}" in sent.body
    question = Question.objects.get()
    secret = path.rsplit("/", 1)[1]
    assert len(question.digest) == 64
    assert question.digest not in sent.body
    assert secret not in str(list(Question.objects.values()))
    assert question.expires_at - question.asked_at == timedelta(days=14)


def test_the_link_opens_without_an_account_and_shows_the_question_alone(ask, scene):
    page = Client().get(ask())
    text = page.content.decode()
    assert page.status_code == 200
    assert "Billing renewal" in text
    assert re.findall(r'name="answer" value="([^"]+)"', text) == [
        f"kpi:{scene.kpis[0].pk}", f"kpi:{scene.kpis[1].pk}", "duty", "none", "dont_know",
    ]  # fmt: skip
    assert "/projects" not in text
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]


def test_an_answer_names_the_goal_and_tells_who_asked(ask, scene, cast):
    path = ask()
    answer = Client().post(path, {"answer": f"kpi:{scene.kpis[1].pk}"})
    assert answer.status_code == 200
    assert "Thank you" in answer.content.decode()
    scene.project.refresh_from_db()
    assert scene.project.goal_answer == "LINKED"
    assert Contribution.objects.get().kpi == scene.kpis[1]
    told = InboxItem.objects.get()
    assert told.person == cast.head
    assert told.link == f"/projects/{scene.project.pk}"


def test_sending_twice_gives_the_same_thanks_and_one_effect(ask, scene):
    path = ask()
    first = words(Client().post(path, {"answer": "none"}))
    for answer in ("none", f"kpi:{scene.kpis[0].pk}", "duty"):
        assert words(Client().post(path, {"answer": answer})) == first
    assert words(Client().get(path)) == first
    assert Project.objects.get().goal_answer == "NONE"
    assert not Contribution.objects.exists()
    assert InboxItem.objects.count() == 1


def test_the_effect_is_undone_in_one_go_and_the_question_is_open_again(ask, scene, undo_last):
    path = ask()
    Client().post(path, {"answer": f"kpi:{scene.kpis[0].pk}"})
    undo_last()
    assert Project.objects.get().goal_answer == "NOT_ASKED"
    assert not Contribution.objects.exists()
    assert Client().get(path).status_code == 200
    assert Question.objects.get().answered_at is None


def test_after_fourteen_days_the_link_has_ended(ask):
    with time_machine.travel(timezone.now() - timedelta(days=15), tick=False):
        path = ask()
    assert Client().get(path).status_code == 410
    assert Client().post(path, {"answer": "none"}).status_code == 410
    assert Project.objects.get().goal_answer == "NOT_ASKED"


@pytest.mark.parametrize(
    "spoil", [lambda s: s[:-1], lambda s: "x" + s, lambda s: s.replace("~", "1~"), lambda s: "1~abc", lambda s: "%00"]
)
def test_a_link_that_we_did_not_sign_is_not_known(ask, spoil):
    path = ask()
    head, _, secret = path.rpartition("/")
    for answer in (Client().get(f"{head}/{spoil(secret)}"), Client().post(f"{head}/{spoil(secret)}", {"answer": "none"})):
        assert answer.status_code == 404
    assert Project.objects.get().goal_answer == "NOT_ASKED"


def test_a_link_of_another_organisation_finds_nothing_here(ask, cast):
    path = ask()
    with organisation_scope(cast.foreign):
        assert queries.question_of(Question.objects.none().values_list("digest", flat=True).first() or "") is None
        assert not Question.objects.exists()
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("answer", ["", "kpi:0", "LINKED", "none ;", "kpi:99999", "<script>"])
def test_what_was_not_offered_is_no_answer(ask, answer):
    path = ask()
    assert Client().post(path, {"answer": answer}).status_code == 422
    assert Question.objects.get().answered_at is None


def test_keep_or_stop_is_told_and_changes_nothing_by_itself(ask, cast, scene):
    path = ask("KEEP")
    assert re.findall(r'value="(keep|stop|dont_know)"', Client().get(path).content.decode()) == ["keep", "stop", "dont_know"]
    Client().post(path, {"answer": "stop"})
    assert "It can stop" in InboxItem.objects.get(person=cast.head).title
    assert Project.objects.get().state == "RUNNING"


def test_a_question_in_words_takes_words(ask):
    path = ask("FREE", text="When does the supplier deliver?")
    assert Client().post(path, {"answer": "In June, \0they say"}).status_code == 400
    assert Question.objects.get().answer == ""
    Client().post(path, {"answer": "In June, they say"})
    assert Question.objects.get().answer == "In June, they say"


def test_asking_again_within_three_days_is_refused_and_later_ends_the_first_link(ask):
    with time_machine.travel(timezone.now() - timedelta(days=4), tick=False):
        first = ask()
        with pytest.raises(Refused, match="today"):
            ask()
    second = ask()
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_without_an_address_or_the_right_nobody_is_asked(cast, scene):
    given = {"ref_kind": "project", "ref_id": scene.project.pk, "question_kind": "GOAL"}
    with pytest.raises(Forbidden):
        actions.ask_question(asked=cast.sponsor, by=cast.people[Role.AUDITOR], **given)
    cast.sponsor.email = ""
    with pytest.raises(Refused, match="no e-mail"):
        actions.ask_question(asked=cast.sponsor, by=cast.head, **given)
    with pytest.raises(Refused):
        actions.ask_question(asked=cast.pmo, by=cast.head, **{**given, "question_kind": "WHY"})
    assert not Question.objects.exists()


def test_when_the_mail_cannot_be_sent_the_question_is_withdrawn(ask, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    with pytest.raises(Refused, match="could not be sent"):
        ask()
    assert Question.objects.get().expires_at <= timezone.now()


def test_the_form_asks_and_says_so(cast, scene, django_capture_on_commit_callbacks):
    client = cast.client(cast.head)
    page = client.get(f"/ask/project/{scene.project.pk}")
    assert cast.sponsor.email in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(f"/ask/project/{scene.project.pk}", {"asked": cast.sponsor.pk, "question_kind": "GOAL"})
    assert sent.status_code == 303
    assert "http://testserver/answer/" in mail.outbox[-1].body
    assert client.post(f"/ask/project/{scene.project.pk}", {"asked": "", "question_kind": "GOAL"}).status_code == 422
    assert cast.client(cast.foreign_admin).get(f"/ask/project/{scene.project.pk}").status_code == 404


def test_who_may_not_ask_gets_no_form(cast, scene):
    assert cast.client(cast.people[Role.AUDITOR]).get(f"/ask/project/{scene.project.pk}").status_code == 403
    assert cast.client(cast.people[Role.AUDITOR]).post(f"/ask/project/{scene.project.pk}", {}).status_code == 403
