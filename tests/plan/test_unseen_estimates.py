"""Nobody finds another's estimate before all are shown: addresses are asked by the planner and others for planted numbers."""

import os
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from goldenthread.accounts import actions as accounts
from goldenthread.plan.actions import estimates, sessions, versions
from goldenthread.plan.models import EstimateRound
from tests.rights.policy import addresses

RARE = (16137, 17281, 18393)
WANTED = re.compile(rf"(?<!\d)({'|'.join(str(one * unit) for one in RARE for unit in (1, 60))})(?!\d)")
BETWEEN = re.compile(r"(?<=\d)[,.'’   ](?=\d{3})")  # as pages write thousands
SHORT = ("/plan/sessions", "/plan/versions", "/plan/steps", "/plan/one-page", "/activity", "/api/changesets", "/inbox", "/export")
EXACT = ("/", "/plan", "/plan/freshness", "/palette", "/people/<pk>", "/head")
LONG = bool(os.environ.get("LONG_TESTS"))
POSTGRES = os.environ.get("GT_TEST_DATABASE") == "postgres"  # there the planner alone, whom most is hidden from


@pytest.fixture
def session(scene):
    """A session in which the guest has answered with rare numbers, and the others have not; a version was proposed meanwhile."""
    today, cast = timezone.localdate(), scene.cast
    made = sessions.open_session(
        plan=scene.plan, name="Autumn", purpose="Agree", days=(today, today + timedelta(days=7)), steps=[(scene.step, "")],
        people=[cast.pmo, cast.nobody, cast.head], by=cast.head, shows_names=True,
    )  # fmt: skip
    asked = estimates.ask_for_estimates(item=made.items.get(), what="HOURS", by=cast.head)
    estimates.estimate(asked=asked, by=cast.nobody, low=RARE[0], likely=RARE[1], high=RARE[2])
    versions.propose_version(plan=scene.plan, because="First", by=cast.head)
    return made


def rows_of(label):
    """What an address may name: a quoted text, the changesets since the session was opened, or a row of a model."""
    if label.startswith('"'):
        return [label.strip('"')]
    model = apps.get_model(label)
    found = model.objects.order_by("-pk").values_list("pk", flat=True)
    most = (None if LONG else 5) if label == "accounts.Changeset" else 2 if LONG else 1
    return list(found[:most])


def paths():
    """Every address that can be read, filled with rows that are there."""
    for address in addresses().values():
        if not address.read.is_offered or address.read.text == "public" or address.path.startswith("/sign-in"):
            continue
        if not (LONG or address.path in EXACT or address.path.startswith(SHORT)):
            continue
        if address.path.startswith("/export/"):
            continue
        rows = [rows_of(label) for label in address.rows]
        for place in range(max([len(some) for some in rows], default=1)):
            if all(rows):
                values = iter([some[min(place, len(some) - 1)] for some in rows])
                yield re.sub(r"<\w+>", lambda _: str(next(values)), address.path)  # noqa: B023


def body_of(response):
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    return BETWEEN.sub("", data.decode(errors="replace"))


def visits(person):
    """Each address with what it answers to the person: by page, by htmx, by token, and every export."""
    client = Client(raise_request_exception=False)
    client.force_login(person.user)
    _, secret = accounts.issue_token(person=person, name="looking", days=1, may_write=False, by=person)
    token = {"Authorization": f"Bearer {secret}"}
    for path in paths():
        yield path, client.get(path, headers=token if path.startswith("/api/") else {})
        if path.startswith("/plan") and (LONG or path.startswith("/plan/sessions")):
            yield f"{path} by htmx", client.get(path, headers={"HX-Request": "true"})
    for path in re.findall(r'href="(/export/[^"]+)"', client.get("/export").text):
        if LONG or path.endswith("/csv"):
            yield path, client.get(path)


@pytest.mark.parametrize("player", ["head", "pmo", "AUDITOR"] if LONG else ["head"] if POSTGRES else ["head", "pmo"])
def test_no_address_tells_the_planner_or_another_one_invited_what_was_estimated(scene, session, player):
    person = scene.cast.people.get(player) or getattr(scene.cast, player)
    asked, told = 0, []
    for path, response in visits(person):
        asked += response.status_code == 200
        told += [path] if WANTED.search(body_of(response)) else []
    assert told == []
    assert asked >= (90 if LONG else 25), "the walk went somewhere"


def test_the_same_look_finds_the_numbers_once_they_are_shown_and_on_the_author_s_own_page_before(scene, session):
    author = Client()
    author.force_login(scene.cast.nobody.user)
    address = f"/plan/sessions/{session.pk}"
    assert WANTED.search(body_of(author.get(address))), "one's own answer may be seen and changed"
    estimates.show_estimates(asked=EstimateRound.objects.get(), by=scene.cast.head)
    other = Client()
    other.force_login(scene.cast.pmo.user)
    assert WANTED.search(body_of(other.get(address)))
