"""The pages of planning sessions: they show what they should to whom they should, in few statements."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goldenthread.config.worlds import as_of, is_tried
from goldenthread.kit import worlds
from goldenthread.plan import actions
from goldenthread.plan.actions import estimates, sessions
from goldenthread.plan.actions import session_proposals as proposals
from goldenthread.plan.models import AgendaItem, EstimateRound, PlanningSession
from goldenthread.plan.queries import sessions as reads
from goldenthread.plan.queries.estimates import rounds_of


def client(person):
    made = Client()
    made.force_login(person.user)
    return made


@pytest.fixture
def room(scene):
    today, cast = timezone.localdate(), scene.cast
    other = actions.add_step(plan=scene.plan, name="Name the board", by=cast.head, duration=480, effort_low=60, effort_likely=120,
                             effort_high=240, accountable=cast.pmo)  # fmt: skip
    return sessions.open_session(
        plan=scene.plan, name="Autumn", purpose="Agree on dates", days=(today, today + timedelta(days=7)),
        steps=[(scene.step, "its effect is not confirmed"), (other, "")], people=[cast.pmo, cast.nobody], by=cast.head,
    )  # fmt: skip


def address(session):
    return f"/plan/sessions/{session.pk}"


def test_an_empty_list_teaches_and_offers_the_first_session_to_who_plans(scene):
    assert "Open the first session" in client(scene.cast.head).get("/plan/sessions").text
    page = client(scene.cast.people["TEAM_MEMBER"]).get("/plan/sessions").text
    assert "Nobody has planned together here yet" in page
    assert "Open the first session" not in page


def test_a_session_is_opened_from_its_form_with_what_lacks_something_chosen(scene):
    head = client(scene.cast.head)
    page = head.get("/plan/sessions/new").text
    assert re.search(rf'name="steps" value="{scene.step.pk}" checked', page)
    assert re.search(rf'name="people" value="{scene.cast.member.pk}" checked', page), "who works in the plan"
    assert re.search(rf'name="people" value="{scene.cast.nobody.pk}">', page)
    given = {"name": "Autumn", "purpose": "", "from_on": "2026-10-01", "to_on": "2026-10-09", "steps": [scene.step.pk]}
    refused = head.post("/plan/sessions/new", given | {"people": [scene.cast.nobody.pk]})
    assert refused.status_code == 422
    assert "what it is for" in refused.text
    assert re.search(rf'name="people" value="{scene.cast.nobody.pk}" checked', refused.text), "what was chosen is kept"
    sent = head.post("/plan/sessions/new", given | {"purpose": "Agree", "people": [scene.cast.nobody.pk]})
    made = PlanningSession.objects.get()
    assert sent["Location"] == address(made)
    assert made.items.get().because == "its effect is not confirmed"
    assert "Autumn" in head.get("/plan/sessions").text


def test_a_guest_gets_the_room_without_links_into_the_plan_and_nothing_to_decide(scene, room):
    page = client(scene.cast.nobody).get(address(room)).text
    assert "Clients decide" in page
    assert "its effect is not confirmed" in page
    assert "Propose a change" in page
    for not_for_guests in ("/plan/steps/", "Ask for estimates", "Close it", "Left out", 'href="/plan?', "Invite<"):
        assert not_for_guests not in page
    assert client(scene.cast.people["CLIENT"]).get(address(room)).status_code == 404


def test_what_is_proposed_said_estimated_and_decided_in_the_room(scene, room):
    guest, head, other = client(scene.cast.nobody), client(scene.cast.head), client(scene.cast.pmo)
    item = AgendaItem.objects.get(session=room, step=scene.step)
    given = {"what": "ACCOUNTABLE", "value": scene.cast.pmo.name, "because": "She knows"}
    assert guest.post(f"/plan/agenda/{item.pk}/propose", given).status_code == 303
    row = room.proposals.get()
    assert row.who == scene.cast.pmo
    page = head.get(address(room)).text
    assert "She knows" in page
    other.post(f"/plan/proposals/{row.pk}/say", {"stance": "AGREES"})
    assert "1 agree, 0 object" in head.get(address(room)).text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    done = head.post(f"/plan/proposals/{row.pk}/decide", {"decision": "ACCEPTED", "version": 1, "seen": seen})
    assert done.status_code == 303
    assert scene.step.raci.get(letter="A").person == scene.cast.pmo
    assert "Accepted" in head.get(address(room)).text

    head.post(f"/plan/agenda/{item.pk}/ask", {"what": "HOURS"})
    asked = EstimateRound.objects.get()
    assert "1 estimate waits for you" in guest.get(address(room)).text
    assert guest.post(f"/plan/rounds/{asked.pk}/give", {"low": "10", "likely": "12,5", "high": "20"}).status_code == 303
    assert guest.post(f"/plan/rounds/{asked.pk}/give", {"low": "ten", "likely": "12", "high": "20"}).status_code == 422
    page = head.get(address(room)).text
    assert "1 of 2 have answered" in page
    assert "a reader could guess" in page
    assert "12.5" not in page
    other.post(f"/plan/rounds/{asked.pk}/give", {"answer": "dont_know"})
    page = head.get(address(room)).text
    assert "<title>" in page
    assert "They lie close together" in page
    assert "1 did not know" in page
    assert "Take over into the plan" in page
    assert "Take over into the plan" not in guest.get(address(room)).text
    seen = re.search(r'name="seen" value="(\d+)"', page[page.index(f"take-{asked.pk}") :])[1]
    head.post(f"/plan/rounds/{asked.pk}/take", {"low": "10", "likely": "12.5", "high": "20", "seen": seen})
    scene.step.activity.refresh_from_db()
    assert scene.step.activity.effort_likely == 750
    assert "Taken over" in head.get(address(room)).text

    head.post(f"{address(room)}/close", {"agreed": "Hours are agreed", "version": 1})
    page = guest.get(address(room)).text
    assert "Hours are agreed" in page
    assert "Propose a change" not in page


def test_htmx_gets_the_room_alone_and_it_costs_the_same_for_many_proposals(scene, room):
    guest, item = client(scene.cast.nobody), AgendaItem.objects.get(session=room, step=scene.step)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = guest.get(address(room), headers={"HX-Request": "true"})
        counts.append(len(asked))
        for hours in ("3", "4", "5"):
            row = proposals.propose_change(item=item, what="HOURS", value=hours, because="So", by=scene.cast.nobody)
            sessions.say(session=room, about=row, stance="AGREES", because="", by=scene.cast.pmo)
        estimates.ask_for_estimates(item=item, what="HOURS", by=scene.cast.head) if not room.rounds.exists() else None
    assert answer.text.strip().startswith('<div id="room"')
    assert counts[1] <= counts[0] + 2, counts
    assert counts[0] <= 25, counts


def test_the_room_can_be_asked_how_it_stood_and_a_scenario_holds_none_of_its_decisions(scene, room):
    asked = estimates.ask_for_estimates(item=room.items.first(), what="HOURS", by=scene.cast.head)
    estimates.estimate(asked=asked, by=scene.cast.nobody, low=1.0, likely=2.0, high=3.0)
    with worlds.inside(as_of(scene.cast.organisation, timezone.localdate())):
        session = PlanningSession.objects.select_related("plan").get()
        (item, _), (then,) = reads.items_of(session, scene.cast.nobody), rounds_of(session, scene.cast.nobody)
        assert item.row.step.activity.name == "Clients decide"
        assert (then.row.answered, then.own) == (1, None), "an answer has no past"
    assert not is_tried(address(room))
    assert not is_tried(f"/plan/rounds/{asked.pk}/give")
