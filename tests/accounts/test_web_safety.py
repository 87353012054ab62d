"""What holds for the web side of this room: sessions, brute force, redirects, host names, forged requests, start-up secrets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts import actions
from goldenthread.accounts.models import ApiToken, Changeset, Invitation, Person
from tests.cast import PASSWORD

LOGIN = "/sign-in/login/"


@pytest.fixture(autouse=True)
def forgetful():
    """Limits are kept in the cache: each test starts without a past."""
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


class TestSessions:
    def test_signing_in_changes_the_session(self, cast):
        client = Client()
        client.get(LOGIN)
        session = client.session
        session["planted"] = "by a stranger"
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        assert sign_in(client, cast.head.email).status_code == 302
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key

    def test_signing_out_ends_it_on_the_server(self, cast):
        client, thief = Client(), Client()
        sign_in(client, cast.head.email)
        thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert thief.get(reverse("accounts:settings")).status_code == 200
        client.post("/sign-in/logout/")
        assert thief.get(reverse("accounts:settings")).status_code == 302

    def test_a_new_password_ends_all_other_sessions(self, cast):
        client, other = Client(), Client()
        for browser in (client, other):
            sign_in(browser, cast.head.email)
        answer = client.post(
            "/sign-in/password/change/",
            {"oldpassword": PASSWORD, "password1": "quite another password", "password2": "quite another password"},
        )
        assert answer.status_code == 302
        assert other.get(reverse("accounts:settings")).status_code == 302

    def test_a_new_password_by_link_ends_the_sessions_of_before(self, cast):
        client = Client()
        sign_in(client, cast.pmo.email)
        secret = actions.invite(person=cast.pmo, by=cast.admin)
        Client().post(reverse("accounts:invitation", args=[secret]), {"password": "quite another password"})
        assert client.get(reverse("accounts:settings")).status_code == 302

    def test_the_day_after_the_last_day_the_session_is_over(self, cast, time_machine_now):
        client = cast.client(cast.member)
        assert client.get(reverse("accounts:settings")).status_code == 200
        actions.edit_person(person=cast.member, changes={"leaves_on": timezone.localdate()}, by=cast.admin)
        assert client.get(reverse("accounts:settings")).status_code == 200
        with time_machine_now(days=1, hours=2):
            assert client.get(reverse("accounts:settings")).status_code == 302
            assert sign_in(Client(), cast.member.email).headers.get("Location", "") != "/"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(self, cast):
        client = Client()
        sign_in(client, cast.head.email)
        morsel = client.cookies[settings.SESSION_COOKIE_NAME]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"


class TestBruteForce:
    def test_ten_wrong_passwords_close_the_door_for_a_while(self, cast):
        attempts = [sign_in(Client(), cast.head.email, f"wrong {n}") for n in range(12)]
        assert all("The address or the password is not correct." in a.content.decode() for a in attempts[:9])
        assert "Too many failed" in attempts[-1].content.decode() or attempts[-1].status_code == 429
        assert sign_in(Client(), cast.head.email).status_code != 302, "the right password must not get past the limit"

    def test_the_door_opens_again(self, cast, time_machine_now):
        for number in range(12):
            sign_in(Client(), cast.head.email, f"wrong {number}")
        with time_machine_now(minutes=16):
            assert sign_in(Client(), cast.head.email).status_code == 302

    def test_others_are_not_shut_out(self, cast):
        for number in range(12):
            sign_in(Client(), cast.head.email, f"wrong {number}")
        assert sign_in(Client(), cast.pmo.email).status_code == 302

    def test_who_guesses_from_elsewhere_does_not_shut_the_owner_out(self, cast):
        for number in range(12):
            sign_in(Client(REMOTE_ADDR="203.0.113.7"), cast.head.email, f"wrong {number}")
        assert sign_in(Client(), cast.head.email).status_code == 302

    def test_a_wrong_name_and_a_wrong_password_read_alike(self, cast):
        wrong = [sign_in(Client(), email, "wrong") for email in (cast.head.email, "who@aldermere.example")]
        texts = [w.content.decode().replace(cast.head.email, "X").replace("who@aldermere.example", "X") for w in wrong]
        assert [t.count("not correct") for t in texts] == [1, 1]


class TestRequestsFromElsewhere:
    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example", "https:evil.example", r"\\evil.example", "javascript:alert(1)"]
    )
    def test_no_redirect_leads_away(self, cast, target):
        answer = Client().post(LOGIN, {"login": cast.head.email, "password": PASSWORD, "next": target})
        assert answer["Location"] == "/"

    def test_undo_leads_back_only_to_our_own_pages(self, cast):
        client = cast.client(cast.admin)
        for referer in ("https://evil.example/", "http://testserver.evil.example/x", "javascript:x"):
            actions.add_person(name="Somebody", by=cast.admin)
            newest = Changeset.objects.order_by("-id").first()
            answer = client.post(reverse("accounts:undo", args=[newest.pk]), headers={"Referer": referer})
            assert answer["Location"] == reverse("accounts:activity")

    def test_an_unknown_host_is_refused(self, cast):
        assert Client().get(LOGIN, headers={"Host": "evil.example"}).status_code == 400
        answer = Client().post("/sign-in/password/reset/", {"email": cast.head.email}, headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert not mail.outbox

    def test_a_form_without_its_token_changes_nothing(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.admin.user)
        before = Changeset.objects.count()
        form = {"name": "Forged", "hours_per_week": "40"}
        assert client.post(reverse("accounts:add_person"), form).status_code == 403
        assert client.post(reverse("accounts:add_person"), form, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.get(reverse("accounts:add_person"), form).status_code == 200
        assert Changeset.objects.count() == before

    def test_fields_that_the_form_does_not_name_are_not_written(self, cast):
        """S4: whatever else is sent along."""
        form = {"name": "Mass", "email": "mass@aldermere.example", "hours_per_week": "40"}
        extra = {
            "user": cast.admin.user_id,
            "organisation": cast.foreign.pk,
            "id": 1,
            "version": "7",
            "is_staff": "on",
            "role": "ADMINISTRATOR",
        }
        assert cast.client(cast.head).post(reverse("accounts:add_person"), form | extra).status_code == 303
        made = Person.objects.get(email="mass@aldermere.example")
        assert made.user_id is None
        assert made.organisation_id == cast.organisation.pk
        assert made.version == 1
        assert not made.grants.exists()

    @pytest.mark.parametrize("name", ["people", "activity", "organisation"])
    def test_senseless_parameters_are_no_fault(self, cast, name):
        client = cast.client(cast.admin)
        for value in ("'", "-1", "9" * 40, "\x00", "%00", "__class__", "user__password", "' OR 1=1", "²"):
            for key in ("q", "page", "before", "by", "about", "source", "role", "left", "year", "sort"):
                assert client.get(reverse(f"accounts:{name}"), {key: value}).status_code < 500


START = "import django; django.setup(); from django.conf import settings; print(len(settings.SECRET_KEY), settings.DEBUG)"


class TestSecrets:
    def start(self, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GT_", "DJANGO_", "PYTEST"))}
        told = {"GT_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings", **variables}
        source = str(Path(__file__).parents[2] / "src")
        return subprocess.run(
            [sys.executable, "-c", START],
            env=kept | told | {"PYTHONPATH": source},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def test_a_short_key_stops_the_start(self, tmp_path):
        done = self.start(tmp_path, GT_SECRET_KEY="secret")
        assert done.returncode != 0
        assert "too short" in done.stderr

    def test_each_installation_makes_a_key_of_its_own_and_keeps_it(self, tmp_path):
        first = self.start(tmp_path / "a")
        assert first.returncode == 0, first.stderr
        assert first.stdout.split()[1] == "False"
        key = (tmp_path / "a" / "secret.key").read_text()
        assert oct((tmp_path / "a" / "secret.key").stat().st_mode)[-3:] == "600"
        self.start(tmp_path / "a")
        self.start(tmp_path / "b")
        assert (tmp_path / "a" / "secret.key").read_text() == key
        assert (tmp_path / "b" / "secret.key").read_text() != key

    def test_no_secret_is_stored_as_it_is_shown(self, cast):
        invitation = actions.invite(person=cast.nobody, by=cast.admin)
        _, token = actions.issue_token(person=cast.pmo, name="t", days=1, may_write=False, by=cast.pmo)
        stored = [str(row) for model in (Invitation, ApiToken, Changeset) for row in model.objects.values()]
        assert not [row for row in stored if invitation in row or token.split("_", 2)[2] in row]
