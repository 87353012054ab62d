"""Signing in, as a person does it: by invitation, password, one-time code and passkey, in a real browser."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from goldenthread.accounts import actions
from goldenthread.kit.scoping import organisation_scope
from tests.browser import Page, accessibility
from tests.cast import PASSWORD, Cast, build

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db) -> Iterator[Cast]:
    """The cast, where other threads can see it."""
    cache.clear()
    built = build()
    with organisation_scope(built.organisation):
        yield built


@pytest.fixture
def site(live_server) -> str:
    """The address; passkeys work on localhost without a certificate."""
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, site: str, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{site}/sign-in/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").first.fill(password)
    page.get_by_role("button", name="Sign in", exact=False).first.click()


def is_in(page: Page, site: str) -> bool:
    page.goto(f"{site}/settings")
    return page.url == f"{site}/settings"


def open_guarded(page: Page, address: str) -> None:
    """A page about the sign-in itself: the password is asked once more."""
    page.goto(address)
    page.wait_for_url(re.compile("/reauthenticate/"))
    assert accessibility(page) == []
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("confirm", re.IGNORECASE)).click()
    page.wait_for_url(address)


def code_of(secret: str) -> str:
    """The six digits that an authenticator shows now (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_by_password_and_out_again(cast, site, page):
    page.goto(f"{site}/people")
    assert "/sign-in/login/" in page.url
    assert accessibility(page) == []
    sign_in(page, site, cast.head.email, "not the password")
    expect(page.get_by_text("not correct")).to_be_visible()
    sign_in(page, site, cast.head.email.upper())
    assert is_in(page, site)
    assert accessibility(page) == []
    cookies = {c["name"]: c for c in page.context.cookies()}
    assert cookies["gt-session"]["httpOnly"]
    assert cookies["gt-session"]["sameSite"] == "Lax"
    page.get_by_role("button", name=re.compile("Your menu")).click()
    page.get_by_role("button", name="Sign out").click()
    assert not is_in(page, site)


def test_one_comes_back_to_the_page_one_wanted(cast, site, page):
    page.goto(f"{site}/activity?source=PAGE")
    page.get_by_label("E-mail").fill(cast.head.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=False).first.click()
    page.wait_for_url(f"{site}/activity?source=PAGE")


def test_by_invitation_from_the_mail(cast, site, page, new_page, trouble):
    trouble.allow("status of 404")  # the link, the second time
    guest = actions.add_person(name="Gail Guest", email="gail@aldermere.example", by=None)
    sign_in(page, site, cast.admin.email)
    page.goto(f"{site}/people/{guest.pk}")
    page.get_by_role("button", name="Invite").click()
    shown = page.get_by_label("The invitation link").input_value()
    assert shown in mail.outbox[-1].body

    visitor = new_page(width=390, height=844)
    visitor.goto(shown.replace("127.0.0.1", "localhost"))
    assert accessibility(visitor) == []
    visitor.get_by_label("Password").fill("a sentence is the easiest")
    visitor.get_by_role("button", name="Set password").click()
    visitor.wait_for_url(f"{site}/")
    assert is_in(visitor, site)

    visitor.context.clear_cookies()
    visitor.goto(shown)
    expect(visitor.get_by_role("heading", name="no longer works")).to_be_visible()


def test_by_password_and_one_time_code(cast, site, page):
    sign_in(page, site, cast.head.email)
    open_guarded(page, f"{site}/sign-in/second/totp/activate/")
    assert accessibility(page) == []
    secret = page.locator("input[readonly], input[disabled]").first.input_value()
    page.get_by_label(re.compile("code", re.IGNORECASE)).last.fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("recovery codes", exact=False).first).to_be_visible()

    page.context.clear_cookies()
    cache.clear()  # a code is taken once; the cache remembers the one used to switch it on
    sign_in(page, site, cast.head.email)
    assert not is_in(page, site)  # the password alone opens nothing
    page.goto(f"{site}/sign-in/second/authenticate/")
    field = page.get_by_label(re.compile("code", re.IGNORECASE))
    field.fill("000000")
    page.get_by_role("button", name="Sign in", exact=False).first.click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    for _ in range(3):  # a code may run out while a busy machine carries it over
        field.fill(code_of(secret))
        page.get_by_role("button", name="Sign in", exact=False).first.click()
        page.wait_for_load_state("load")
        if "/sign-in/" not in page.url:
            break
    assert is_in(page, site)


def test_by_passkey_without_a_password(cast, site, page):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key = device.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}}
    )
    sign_in(page, site, cast.head.email)
    open_guarded(page, f"{site}/sign-in/second/webauthn/add/")
    assert accessibility(page) == []
    page.get_by_label("Name").fill("My laptop")
    box = page.get_by_label(re.compile("without a password", re.IGNORECASE))
    if box.count():
        box.check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(re.compile("/sign-in/second/(?!webauthn/add)"))
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": key["authenticatorId"]})["credentials"]) == 1
    page.goto(f"{site}/sign-in/second/webauthn/")
    expect(page.get_by_text("My laptop")).to_be_visible()
    assert accessibility(page) == []

    page.context.clear_cookies()
    page.goto(f"{site}/sign-in/login/")
    page.get_by_role("button", name=re.compile("passkey", re.IGNORECASE)).click()
    page.wait_for_url(re.compile(rf"^{site}/(start)?$"))  # an office without anything begins its first run
    assert is_in(page, site)


def test_a_forgotten_password_is_reset_by_mail_once(cast, site, page, new_page):
    page.goto(f"{site}/sign-in/password/reset/")
    page.get_by_label("E-mail").fill(cast.head.email)
    page.get_by_role("button", name=re.compile("reset", re.IGNORECASE)).click()
    page.wait_for_url(re.compile("/password/reset/done/"))
    link = re.search(r"https?://\S+/sign-in/password/reset/key/\S+", mail.outbox[-1].body).group(0)
    page.goto(link.replace("127.0.0.1", "localhost"))
    for field in page.locator("input[type=password]").all():
        field.fill("quite another password")
    page.get_by_role("button", name=re.compile("change|set|save", re.IGNORECASE)).first.click()
    page.wait_for_url(re.compile("/password/reset/key/done/"))
    sign_in(page, site, cast.head.email, "quite another password")
    assert is_in(page, site)
    other = new_page()
    other.goto(link.replace("127.0.0.1", "localhost"))
    assert other.locator("input[type=password]").count() == 0

    page.goto(f"{site}/sign-in/password/reset/")
    mail.outbox.clear()
    unknown = new_page()
    unknown.goto(f"{site}/sign-in/password/reset/")
    unknown.get_by_label("E-mail").fill("nobody.here@aldermere.example")
    unknown.get_by_role("button", name=re.compile("reset", re.IGNORECASE)).click()
    unknown.wait_for_url(re.compile("/password/reset/done/"))  # the same answer as for a known address
    assert not mail.outbox


def test_who_has_left_is_out_at_once(cast, site, page):
    sign_in(page, site, cast.member.email)
    assert is_in(page, site)
    actions.edit_person(person=cast.member, changes={"leaves_on": timezone.localdate() - timedelta(days=1)}, by=cast.admin)
    assert not is_in(page, site)
    sign_in(page, site, cast.member.email)
    assert not is_in(page, site)
