"""R2: many writers send the same version of one row at once, over HTTP. One wins; the others learn it; nothing is lost."""

import http.client
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from goldenthread.accounts import actions
from goldenthread.accounts.models import Changeset, CurrencyRate, Organisation, Person, RoleGrant
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope
from tests.cast import add_player, build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
RACERS, AT_ONCE = 60, 12


@pytest.fixture
def cast(transactional_db):
    built = build()
    with organisation_scope(built.organisation):
        yield built


@pytest.fixture
def race(live_server, cast):
    """Send a form many times at once as the administrator; answers how often each status came."""
    site = urlsplit(live_server.url)
    client = Client()
    client.force_login(cast.admin.user)
    page = client.get("/settings")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode()).group(1)
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookie = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": site.netloc,
        "Origin": live_server.url,
    }

    def send(path: str, form: dict[str, str]) -> int:
        connection = http.client.HTTPConnection(site.hostname, site.port, timeout=60)
        connection.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": token}), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def run(path: str, forms: list[dict[str, str]]) -> Counter:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return Counter(pool.map(lambda form: send(path, form), forms))

    return run


def test_one_of_many_editors_of_a_person_wins(race, cast):
    person = actions.add_person(name="Contended", by=None)
    forms = [{"name": f"Racer {n}", "hours_per_week": "40", "version": "1"} for n in range(RACERS)]
    assert race(f"/people/{person.pk}/edit", forms) == {303: 1, 409: RACERS - 1}
    stored = Person.objects.get(pk=person.pk)
    assert stored.version == 2
    assert stored.name.startswith("Racer ")
    assert history.records(Person).filter(id=person.pk).count() == 2


def test_one_of_many_editors_of_the_settings_wins(race, cast):
    forms = [{"version": "1", "smallest_group": str(5 + n % 40), "shows_person_load": "on"} for n in range(RACERS)]
    assert race("/settings/privacy", forms) == {303: 1, 409: RACERS - 1}
    assert Organisation.objects.get(pk=cast.organisation.pk).version == 2


def test_one_of_many_removers_wins(race, cast):
    rate = actions.set_rate(currency="USD", valid_from=date(2026, 1, 1), millionths=900_000, by=cast.admin)
    answers = race(f"/settings/rates/{rate.pk}/remove", [{"version": "1"}] * RACERS)
    assert answers[303] == 1
    assert set(answers) <= {303, 404, 409}
    assert not CurrencyRate.objects.exists()


def test_one_of_many_undoers_wins(race, cast):
    person = actions.add_person(name="Once", by=cast.admin)
    made = Changeset.objects.order_by("-id").first()
    answers = race(f"/activity/{made.pk}/undo", [{}] * RACERS)
    assert answers[303] == 1
    assert set(answers) <= {303, 422}
    assert not Person.objects.filter(pk=person.pk).exists()
    assert Changeset.objects.filter(undoes=made).count() == 1


def test_nobody_who_was_told_yes_is_forgotten(race, cast):
    """Writers of different rows all succeed, however many at once."""
    before = Changeset.objects.count()
    answers = race("/people/add", [{"name": f"Person {n}", "hours_per_week": "40"} for n in range(RACERS)])
    assert answers == {303: RACERS}
    assert Person.objects.filter(name__startswith="Person ").count() == RACERS
    assert Changeset.objects.count() == before + RACERS


def test_of_two_administrators_who_send_each_other_away_one_stays(cast):
    other = add_player("Second Administrator", "second@aldermere.example", Role.ADMINISTRATOR, cast.top)
    grants = list(RoleGrant.objects.filter(role=Role.ADMINISTRATOR, person__in=[cast.admin, other]))

    def withdraw(grant: RoleGrant) -> bool:
        try:
            with organisation_scope(cast.organisation):
                actions.withdraw_role(
                    grant=grant, by=Person.objects.get(pk=(other if grant.person == cast.admin else cast.admin).pk)
                )
        except (Refused, Forbidden):
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(withdraw, grants))
    assert sorted(done) == [False, True]
    assert RoleGrant.objects.filter(role=Role.ADMINISTRATOR).count() == 1
