"""The pages of this room: what they show, what they refuse, and that each works as a plain form."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import ApiToken, Changeset, CurrencyRate, Invitation, Organisation, Person, RoleGrant
from goldenthread.kit.permissions import Role
from tests.cast import PASSWORD


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "name", ["people", "add_person", "activity", "settings", "tokens", "organisation", "privacy", "data_sheet", "rates"]
)
def test_each_page_opens_for_an_administrator(cast, name):
    response = cast.client(cast.admin).get(reverse(f"accounts:{name}"))
    assert response.status_code == 200
    assert "<h1>" in text(response)


def test_a_person_page_opens_for_oneself_and_for_nobody_else_without_the_right(cast):
    nobody = cast.client(cast.nobody)
    assert nobody.get(reverse("accounts:person", args=[cast.nobody.pk])).status_code == 200
    assert nobody.get(reverse("accounts:person", args=[cast.head.pk])).status_code == 404


def test_people_are_found_by_a_part_of_the_name_and_by_role(cast):
    client = cast.client(cast.pmo)
    found = text(client.get(reverse("accounts:people"), {"q": "nia nob"}))
    assert "Nia Nobody" in found
    assert "Ada Quill" not in found
    held = text(client.get(reverse("accounts:people"), {"role": "ADMINISTRATOR"}))
    assert "Ada Quill" in held
    assert "Nia Nobody" not in held


def test_people_need_as_many_statements_for_200_as_for_10(cast, django_assert_max_num_queries):
    client = cast.client(cast.pmo)
    client.get(reverse("accounts:people"))
    with django_assert_max_num_queries(8) as few:
        client.get(reverse("accounts:people"))
    for number in range(90):
        actions.add_person(name=f"Person {number}", by=None)
    with django_assert_max_num_queries(8) as many:
        client.get(reverse("accounts:people"))
    assert len(few) == len(many)


def test_a_person_is_added_edited_and_the_edit_undone(cast):
    client = cast.client(cast.admin)
    form = {"name": "Wanda West", "email": "wanda@aldermere.example", "hours_per_week": "20"}
    response = client.post(reverse("accounts:add_person"), form)
    person = Person.objects.get(email="wanda@aldermere.example")
    assert response.status_code == 303
    assert response["Location"] == reverse("accounts:person", args=[person.pk])
    assert person.minutes_per_week == 1200
    edit = reverse("accounts:edit_person", args=[person.pk])
    assert client.post(edit, form | {"name": "Wanda East", "version": "1"}).status_code == 303
    assert client.post(edit, form | {"name": "Wanda South", "version": "1"}).status_code == 409
    assert client.post(edit, form | {"name": "Wanda South"}).status_code == 428
    newest = Changeset.objects.order_by("-id").first()
    assert client.post(reverse("accounts:undo", args=[newest.pk])).status_code == 303
    person.refresh_from_db()
    assert person.name == "Wanda West"


def test_a_refused_form_keeps_what_was_typed(cast):
    response = cast.client(cast.admin).post(
        reverse("accounts:add_person"), {"name": "Double", "email": cast.head.email, "hours_per_week": "40"}
    )
    assert response.status_code == 422
    assert "is there already" in text(response)
    assert 'value="Double"' in text(response)


def test_an_invitation_is_shown_once_mailed_and_works_once(cast):
    guest = actions.add_person(name="Gail Guest", email="gail@aldermere.example", by=None)
    response = cast.client(cast.admin).post(reverse("accounts:invite", args=[guest.pk]))
    link = re.search(r'value="http://testserver(/invitation/[^"]+)"', text(response)).group(1)
    assert link in mail.outbox[0].body
    assert mail.outbox[0].to == ["gail@aldermere.example"]
    assert link not in text(cast.client(cast.admin).get(reverse("accounts:person", args=[guest.pk])))
    secret = link.rsplit("/", 1)[1]
    assert not Invitation.objects.filter(digest=secret).exists()

    visitor = Client()
    assert "Gail Guest" in text(visitor.get(link))
    assert visitor.post(link, {"password": "short"}).status_code == 422
    assert visitor.post(link, {"password": PASSWORD}).status_code == 303
    assert visitor.get(reverse("accounts:settings")).status_code == 200
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD + "2"}).status_code == 404


def test_a_newer_invitation_ends_the_older_one(cast):
    guest = actions.add_person(name="Gail Guest", email="gail@aldermere.example", by=None)
    first, second = (actions.invite(person=guest, by=cast.admin) for _ in range(2))
    assert Client().get(reverse("accounts:invitation", args=[first])).status_code == 404
    assert Client().get(reverse("accounts:invitation", args=[second])).status_code == 200


def test_settings_are_saved_under_a_version(cast):
    client = cast.client(cast.admin)
    page = text(client.get(reverse("accounts:organisation")))
    form = {"version": "1", "name": "Aldermere Water", "time_zone": "Europe/Berlin", "currency": "GBP", "country": "GB"}
    form |= {"region": "", "fiscal_year_start": "4", "term_objective": "goal"}
    form |= {f"day_{n}": "7.5" if n < 5 else "0" for n in range(7)}
    assert 'name="version" value="1"' in page
    assert client.post(reverse("accounts:organisation"), form | {"term_objective": ", goals"}).status_code == 422
    assert client.post(reverse("accounts:organisation"), form).status_code == 303
    stored = Organisation.objects.get(pk=cast.organisation.pk)
    assert (stored.time_zone, stored.country, stored.fiscal_year_start) == ("Europe/Berlin", "GB", 4)
    assert stored.working_week == [450] * 5 + [0] * 2
    assert stored.terms == {"objective": "goal"}
    assert client.post(reverse("accounts:organisation"), form).status_code == 409
    reason = Changeset.objects.order_by("-id").first().reason
    assert "time zone: Europe/London → Europe/Berlin" in reason


def test_public_holidays_of_the_year_are_listed(cast):
    Organisation.objects.filter(pk=cast.organisation.pk).update(country="GB-SCT")
    page = text(cast.client(cast.admin).get(reverse("accounts:organisation"), {"year": "2026"}))
    assert "Andrew" in page
    assert "30 Nov" in page
    assert [h.on.isoformat() for h in queries.public_holidays("DE", 2026) if "Unity" in h.name] == ["2026-10-03"]
    assert queries.public_holidays("", 2026) == ()
    assert queries.public_holidays("XX-YY", 2026) == ()


def test_privacy_switches_say_what_they_do_and_the_data_sheet_follows(cast):
    client = cast.client(cast.admin)
    before = text(client.get(reverse("accounts:data_sheet")))
    assert "resource manager" in before.lower()
    assert "Leads of the work" in before
    assert client.post(reverse("accounts:privacy"), {"version": "1", "smallest_group": "8"}).status_code == 303
    sheet = text(client.get(reverse("accounts:data_sheet")))
    assert "Nobody by name: the switch is off" in sheet
    assert "fewer than 8 people" in sheet
    assert client.post(reverse("accounts:privacy"), {"version": "2", "smallest_group": "1"}).status_code == 422


def test_rates_are_dated_and_removed_with_undo(cast):
    client = cast.client(cast.admin)
    form = {"currency": "USD", "valid_from": "2026-01-01", "rate": "0.92", "source": "bank"}
    assert client.post(reverse("accounts:rates"), form).status_code == 303
    rate = CurrencyRate.objects.get()
    assert rate.millionths == 920_000
    assert client.post(reverse("accounts:rates"), form | {"rate": "0.93"}).status_code == 303
    assert CurrencyRate.objects.get().millionths == 930_000
    assert client.post(reverse("accounts:rates"), form | {"currency": "EUR"}).status_code == 422
    remove = reverse("accounts:remove_rate", args=[rate.pk])
    assert client.post(remove).status_code == 428
    assert client.post(remove, {"version": "2"}).status_code == 303
    assert client.post(reverse("accounts:undo", args=[Changeset.objects.order_by("-id").first().pk])).status_code == 303
    assert CurrencyRate.objects.get(pk=rate.pk).millionths == 930_000


def test_a_token_is_shown_once_stored_hashed_and_revoked(cast):
    client = cast.client(cast.pmo)
    shown = text(client.post(reverse("accounts:tokens"), {"name": "Nightly export", "days": "30"}))
    secret = re.search(r'value="(gt_[^"]+)"', shown).group(1)
    token = ApiToken.objects.get()
    now = timezone.now()
    assert secret not in text(client.get(reverse("accounts:tokens")))
    assert secret.split("_", 2)[2] not in str(vars(token))
    assert queries.bearer(secret, now=now).person == cast.pmo
    assert queries.bearer(secret + "x", now=now) is None
    assert queries.bearer(secret, now=now + timedelta(days=31)) is None
    assert cast.client(cast.head).post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 404
    assert client.post(reverse("accounts:revoke_token", args=[token.pk])).status_code == 303
    assert queries.bearer(secret, now=now) is None


def test_absence_and_deputy_are_set_by_oneself(cast):
    client = cast.client(cast.head)
    day = timezone.localdate().isoformat()
    form = {
        "version": str(Person.objects.get(pk=cast.head.pk).version),
        "absent_from": day,
        "absent_to": day,
        "deputy": str(cast.pmo.pk),
    }
    assert client.post(reverse("accounts:settings"), form | {"absent_to": ""}).status_code == 422
    assert client.post(reverse("accounts:settings"), form).status_code == 303
    assert Role.HEAD in queries.rights(cast.fresh(cast.pmo)).roles


def test_roles_are_given_and_withdrawn_on_the_page(cast):
    client = cast.client(cast.head)
    give = reverse("accounts:grant_role", args=[cast.nobody.pk])
    form = {"role": "PROJECT_MANAGER", "scope": str(cast.office.scope_id)}
    assert client.post(give, form).status_code == 303
    grant = RoleGrant.objects.get(person=cast.nobody)
    assert client.post(reverse("accounts:withdraw_role", args=[cast.nobody.pk, grant.pk])).status_code == 303
    assert not RoleGrant.objects.filter(person=cast.nobody).exists()
    assert client.post(give, form | {"role": "ADMINISTRATOR"}).status_code == 422
    assert client.post(give, form | {"scope": str(cast.second_office.scope_id)}).status_code == 422
    assert not RoleGrant.objects.filter(person=cast.nobody).exists()


def test_the_head_answers_304_until_something_changes(cast):
    client = cast.client(cast.member)
    first = client.get(reverse("accounts:head"))
    assert first.status_code == 200
    same = client.get(reverse("accounts:head"), headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    assert not same.content
    actions.add_person(name="Somebody", by=None)
    assert client.get(reverse("accounts:head"), headers={"If-None-Match": first["ETag"]})["ETag"] != first["ETag"]


def test_signing_out_everywhere_else_ends_the_other_sessions(cast):
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(cast.member.user)
        assert client.get(reverse("accounts:settings")).status_code == 200
    assert here.post(reverse("accounts:end_sessions")).status_code == 303
    assert here.get(reverse("accounts:settings")).status_code == 200
    assert there.get(reverse("accounts:settings")).status_code == 302


def test_who_only_reads_settings_gets_no_button_that_would_be_refused(cast):
    for address in ("/settings/organisation", "/settings/privacy"):
        form = cast.client(cast.sponsor).get(address).content.decode().split('<form class="form', 1)[1].split("</form>", 1)[0]
        assert "<button" not in form
        assert form.count(" disabled") >= 4
        assert (
            "<button"
            in cast.client(cast.admin).get(address).content.decode().split('<form class="form', 1)[1].split("</form>")[0]
        )


def test_renamed_words_stand_on_every_page_and_in_no_name(cast):
    client = cast.client(cast.admin)
    actions.grant_role(person=cast.admin, role=Role.HEAD, scope=cast.top, by=cast.admin)
    office = cast.office.name
    entered = [office, cast.second_office.name, *Person.objects.values_list("name", flat=True)]
    assert "PMO" in office
    words = {"objective": "ambition", "step": "activity", "client": "customer", "PMO": "portfolio office"}
    actions.edit_organisation(organisation=cast.organisation, changes={"terms": words}, by=cast.fresh(cast.admin))
    ours = re.compile(r"\b([Oo]bjectives?|[Ss]teps?|[Cc]lients?|PMO)\b")
    for page in (
        "/",
        "/objectives",
        "/plan",
        "/gaps",
        "/map",
        "/kpis",
        "/services",
        "/people",
        "/activity",
        "/import",
        "/export",
    ):
        body = re.sub(r"<[^>]+>", " ", client.get(page).content.decode().partition("<main")[2])
        for name in ("First steps", *entered):
            body = body.replace(name, "")
        left = {body[max(0, m.start() - 30) : m.end() + 20] for m in ours.finditer(body)}
        left -= {line for line in left if page in ("/activity", "/export")}  # titles as they were recorded; names of columns
        assert not left, page
    assert "ambition" in client.get("/objectives").content.decode()
    assert office in client.get("/people").content.decode()


def test_who_comes_second_sees_both_versions_field_by_field_in_words(cast):
    client = cast.client(cast.admin)
    person = actions.add_person(name="Gail Guest", department="Works", by=cast.admin)
    form = {"name": "Gail Guest", "hours_per_week": "40", "version": "1"}
    edit = reverse("accounts:edit_person", args=[person.pk])
    assert client.post(edit, form | {"department": "Digital", "leaves_on": "2030-03-01", "is_external": "on"}).status_code == 303
    second = client.post(edit, form | {"department": "Networks"}, headers={"Referer": f"http://testserver{edit}"})
    assert second.status_code == 409
    page = " ".join(re.sub(r"<[^>]+>", " ", second.content.decode()).split())
    assert "Gail Guest was changed by somebody else" in page
    for line in ("Department Networks Digital", "Is external no yes", "Leaves on – 1 Mar 2030"):
        assert line in page
    assert "Hours" not in page.partition("Both versions")[2], "only what differs"
    assert f'href="http://testserver{edit}"' in second.content.decode()
    assert Person.objects.get(pk=person.pk).department == "Digital"


def test_every_entry_of_the_navigation_has_keys_of_its_own_and_the_thread_comes_first(cast):
    actions.grant_role(person=cast.admin, role=Role.HEAD, scope=cast.top, by=cast.admin)
    page = cast.client(cast.admin).get("/inbox").content.decode()
    rail = page.partition('<nav aria-label="Pages">')[2].partition("</nav>")[0]
    links = re.findall(r'<a href="([^"]+)"[^>]*>', rail)
    keys = re.findall(r'data-shortcut="([^"]+)"', rail)
    assert len(links) >= 14
    assert len(keys) == len(links), "reachable by keyboard"
    assert len(set(keys)) == len(keys)
    places = [links.index(path) for path in ("/", "/projects", "/inbox", "/people", "/settings")]
    assert places == sorted(places)


def test_a_long_list_of_people_is_sorted_and_paged_and_keeps_its_filter(cast):
    for number in range(230):
        actions.add_person(name=f"Worker {number:03}", department=f"Team {999 - number}", by=cast.admin)
    client = cast.client(cast.admin)
    first = client.get(reverse("accounts:people"), {"q": "worker", "sort": "-department"}).content.decode()
    shown = re.findall(r"Worker (\d{3})", first)
    assert (len(shown), shown[0]) == (100, "000")
    assert 'aria-sort="descending"' in first
    onward = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    last = client.get(reverse("accounts:people") + onward.replace("page=2", "page=3")).content.decode()
    assert re.findall(r"Worker (\d{3})", last) == [f"{number:03}" for number in range(200, 230)]
    assert client.get(reverse("accounts:people"), {"sort": "password"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/1-no/", "password/reset/key/done/",
        "inactive/", "confirm-email/", "confirm-email/no/", "password/change/", "logout/", "reauthenticate/", "second/",
        "second/totp/activate/", "second/webauthn/", "second/webauthn/add/", "second/recovery-codes/generate/",
    ],
)  # fmt: skip
def test_pages_about_the_sign_in_speak_as_the_house_does(cast, path):
    guarded = path.startswith(("second", "password/change", "logout", "reauth"))
    client = cast.client(cast.head) if guarded else Client()
    if guarded:
        client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    answer = client.get(f"/sign-in/{path}")
    assert answer.status_code == 200, answer.headers.get("Location")
    page = answer.content.decode().split('id="main"', 1)[1]
    theirs = (
        r"Two-Factor|Security Keys?\b|Authenticator App|[Rr]eauthenticat|Bad Token|Sign Up|Sign Out|contact us|Inactive|&lt;ul"
    )
    assert re.findall(theirs, re.sub(r'="[^"]*"', "", page)) == []
