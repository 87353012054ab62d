"""From view to answer: whole or part, messages, redirects, and the pages for what went wrong."""

import json

import pytest
from django.test import Client

from goldenthread.ui.pages import trigger

pytestmark = pytest.mark.usefixtures("site")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_a_page_is_whole_for_a_browser_and_one_block_for_htmx(visitor):
    whole = visitor.get("/probe/page/")
    part = visitor.get("/probe/page/", headers=HTMX)
    back = visitor.get("/probe/page/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert whole.content.decode().strip().startswith("<!doctype html>")
    assert part.content.decode() == "H"
    assert back.content.decode().strip().startswith("<!doctype html>")
    assert "HX-Request" in whole["Vary"]


def test_messages_of_an_htmx_action_become_toasts_once(visitor):
    first = visitor.post("/probe/record/", headers=HTMX)
    toasts = json.loads(first["HX-Trigger"])["toasts"]["toasts"]
    assert toasts == [{"text": "Moved 3 steps", "tone": "good", "undo": "/probe/undo/7"}]
    assert "Moved" not in visitor.get("/probe/breaks-not/").content.decode()


def test_a_plain_form_shows_its_message_after_the_redirect(visitor, db):
    assert visitor.get("/probe/moved/").status_code == 302
    page = visitor.get("/sign-in/login/").content.decode()
    assert page.count("Saved") == 1
    assert "Saved" not in visitor.get("/sign-in/login/").content.decode()


def test_a_redirect_moves_the_page_not_the_table_row(visitor):
    answer = visitor.get("/probe/moved/", headers=HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/elsewhere/?a=1"


@pytest.mark.parametrize(
    ("seen", "back"),
    [
        ("http://testserver/plan?page=2", "/plan%3Fpage%3D2"),
        ("https://elsewhere.example/x", "/"),
        ("http://testserver.evil.example/", "/"),
    ],
)
def test_after_a_lapsed_session_the_person_returns_to_the_page_she_saw(visitor, rf, seen, back):
    from django.contrib.auth.views import redirect_to_login
    from django.urls import reverse

    from goldenthread.ui.middleware import htmx_answers

    lapsed = htmx_answers(lambda request: redirect_to_login(request.get_full_path(), reverse("account_login")))
    answer = lapsed(rf.get("/plan/rows", headers={**HTMX, "HX-Current-URL": seen}))
    assert answer["HX-Redirect"] == f"/sign-in/login/?next={back}"


def test_trigger_keeps_what_others_named():
    from django.http import HttpResponse

    response = HttpResponse(headers={"HX-Trigger": "one, two"})
    trigger(response, "three", {"a": 1})
    trigger(response, "four")
    assert json.loads(response["HX-Trigger"]) == {"one": None, "two": None, "three": {"a": 1}, "four": None}


def test_what_is_not_there_is_said_on_our_page(visitor):
    answer = visitor.get("/nothing/here/")
    assert answer.status_code == 404
    assert "Nothing found here" in answer.content.decode()


def test_our_own_fault_is_said_without_a_database(visitor):
    answer = visitor.get("/probe/breaks/")
    assert answer.status_code == 500
    assert "This is our fault" in answer.content.decode()
    assert "Nothing was changed" in answer.content.decode()


def test_a_form_with_an_old_key_is_refused_with_advice():
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/probe/record/")
    part = strict.post("/probe/record/", headers=HTMX)
    assert page.status_code == part.status_code == 403
    assert "Please send this once more" in page.content.decode()
    assert "style=" not in page.content.decode()
    assert json.loads(part["HX-Trigger"])["toasts"]["toasts"][0]["tone"] == "warn"
    assert part["HX-Reswap"] == "none"


def test_the_gallery_is_closed_where_it_is_not_asked_for(visitor, settings):
    assert visitor.get("/ui/").status_code == 200
    settings.GALLERY = False
    assert visitor.get("/ui/").status_code == 404


def test_the_sign_in_page_stands_on_our_base_and_keeps_the_policy(visitor, db):
    answer = visitor.get("/sign-in/login/")
    html = answer.content.decode()
    assert "<title>Sign in · Golden Thread</title>" in html
    assert html.count("<html") == html.count("<main") == html.count("</html>") == 1
    assert 'class="entrance"' in html
    assert "mfa/js/webauthn.js" in html  # the passkey's script survived the bridge
    assert "csrfmiddlewaretoken" in html
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_a_wrong_password_is_said_beside_the_form(visitor, db):
    html = visitor.post("/sign-in/login/", {"login": "a@example.org", "password": "no"}).content.decode()
    assert 'role="alert"' in html
    assert "a@example.org" in html
