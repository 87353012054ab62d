"""Versions of the plan: what one holds, how it comes into force, who is asked, and how tampering with any of it is found."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goldenthread.accounts.actions import edit_organisation
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.engine.table_compare import apply, compare
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.plan import actions
from goldenthread.plan.actions import telling, versions
from goldenthread.plan.models import PlanEvent, PlanVersion, SignOff, VersionDocument
from goldenthread.plan.queries.version_approval import in_the_way
from goldenthread.plan.queries.version_chain import chain_faults, head_of
from goldenthread.plan.queries.version_changes import _known
from goldenthread.plan.queries.versions import document_of, signers, state_of
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import BaselineActivity
from goldenthread.workspace.models import InboxItem


@pytest.fixture
def ready(scene):
    """A plan that may be approved: every leaf step moves a figure, and somebody answers for it."""
    for objective in scene.cast.office.objectives.all():
        objective.targets.filter(is_required=False)
    return scene


def propose(scene, because="The first plan"):
    return versions.propose_version(plan=scene.plan, because=because, by=scene.cast.head)


def told_in_the_way(scene, version, day=None):
    return [str(one) for one in in_the_way(scene.plan, version, day or timezone.localdate())]


def whole(plan):
    return list(chain_faults(plan))


def test_a_version_holds_the_plan_as_it_stood_by_ids_and_without_names(scene):
    version = propose(scene)
    told = json.loads(version.document.text)
    assert told["plan"] == scene.plan.pk
    assert scene.step.pk in told["tables"]["steps"]["id"]
    for name in (scene.step.activity.name, scene.cast.head.name, scene.objective.title):
        assert name not in version.document.text
    assert version.baseline.activities.count() == version.plan.schedule.activities.filter(dates__isnull=False).count()
    assert version.document.text == document_of(scene.plan, timezone.localdate()), "canonical: the same plan gives the same text"
    assert whole(scene.plan) == []


def test_what_changed_between_two_versions_makes_the_second_from_the_first(scene):
    first = propose(scene)
    versions.withdraw_version(version=first, by=scene.cast.head)
    actions.add_step(plan=scene.plan, name="New", by=scene.cast.head, duration=480)
    purpose.edit_target(target=scene.target, changes={"value": scene.target.value - 0.5}, by=scene.cast.head)
    second = propose(scene, "More")
    old, new = state_of(first), state_of(second)
    found = compare(old, new)
    assert found["steps"].added.keys.size == 1
    assert set(found["targets"].changed) == {"value"}
    again = apply(old, found)
    assert all(t.is_empty for t in compare(again, new).values())


def test_one_version_is_proposed_at_a_time_and_needs_a_reason(scene):
    with pytest.raises(Refused, match="what changed"):
        propose(scene, " ")
    propose(scene)
    with pytest.raises(Refused, match="proposed already"):
        propose(scene)


def test_what_stands_in_the_way_is_said_in_sentences(scene):
    version = propose(scene)
    versions.object_to(version=version, because="Nobody asked operations", by=scene.cast.pmo)
    assert f"{scene.cast.pmo} objects: Nobody asked operations." in told_in_the_way(scene, version)


def test_who_may_not_plan_proposes_nothing(scene):
    with pytest.raises(Forbidden):
        versions.propose_version(plan=scene.plan, because="Mine", by=scene.cast.nobody)
    with pytest.raises(Forbidden):
        versions.approve_version(version=propose(scene), by=scene.cast.pmo)


def test_an_open_objection_stands_in_the_way_until_it_is_answered(scene):
    version = propose(scene)
    objection = versions.object_to(version=version, because="Nobody asked operations.", by=scene.cast.pmo)
    said = f"{scene.cast.pmo} objects: Nobody asked operations."
    assert said in told_in_the_way(scene, version)
    with pytest.raises(Refused, match="Nobody asked operations"):
        versions.approve_version(version=version, by=scene.cast.head)
    with pytest.raises(Refused, match="how it was resolved"):
        versions.answer_objection(objection=objection, answer="RESOLVED", because="", by=scene.cast.head)
    versions.answer_objection(objection=objection, answer="OVERRULED", because="They were asked in May.", by=scene.cast.head)
    assert said not in told_in_the_way(scene, version)
    with pytest.raises(Refused, match="not open any more"):
        versions.answer_objection(objection=objection, answer="RESOLVED", because="Twice", by=scene.cast.head)
    assert whole(scene.plan) == []


def test_who_agrees_after_all_takes_the_objection_back(scene):
    version = propose(scene)
    versions.object_to(version=version, because="Too fast.", by=scene.cast.pmo)
    versions.sign(version=version, by=scene.cast.pmo)
    assert not [text for text in told_in_the_way(scene, version) if "objects" in text]


def test_once_everybody_asked_agrees_it_is_signed(scene):
    version = propose(scene)
    asked = list(signers(scene.plan, scene.today))
    assert asked
    for person in asked:
        assert PlanVersion.objects.get().state == PlanVersion.State.PROPOSED
        versions.sign(version=version, by=person)
    assert PlanVersion.objects.get().state == PlanVersion.State.SIGNED
    versions.object_to(version=version, because="On second thoughts, no.", by=asked[0])
    assert PlanVersion.objects.get().state == PlanVersion.State.PROPOSED


def test_a_stranger_is_not_asked_to_sign(scene):
    version = propose(scene)
    with pytest.raises(Forbidden):
        versions.sign(version=version, by=scene.cast.nobody)


def test_a_step_that_leads_nowhere_needs_an_exception_that_still_holds(scene):
    step = actions.add_step(plan=scene.plan, name="Archive", by=scene.cast.head, accountable=scene.cast.pmo)
    day = timezone.localdate()
    version = propose(scene)
    loose = f"“{step.activity}” names nothing that it moves, supervises or has to meet, and has no exception."
    assert loose in told_in_the_way(scene, version)
    versions.except_step(step=step, because="The law asks soon", until=day + timedelta(days=30), by=scene.cast.head)
    assert loose not in told_in_the_way(scene, version)
    assert loose in told_in_the_way(scene, version, day + timedelta(days=31))


def clear(scene, monkeypatch):
    """Nothing but what the test puts there stands in the way."""
    monkeypatch.setattr("goldenthread.plan.actions.versions.in_the_way", lambda *_: [])


def test_a_version_in_force_supersedes_the_one_before_and_no_undo_takes_that_back(scene, monkeypatch):
    clear(scene, monkeypatch)
    first = versions.approve_version(version=propose(scene), by=scene.cast.head)
    assert (first.state, scene.fresh(scene.plan).approved_on) == ("IN_FORCE", timezone.localdate())
    second = versions.approve_version(version=propose(scene, "Again"), by=scene.cast.head)
    assert [v.state for v in PlanVersion.objects.order_by("number")] == ["SUPERSEDED", "IN_FORCE"]
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(changeset=Changeset.objects.latest("pk"), by=scene.cast.head)
    with pytest.raises(Refused, match="is in force already"):
        versions.approve_version(version=second, by=scene.cast.head)
    with pytest.raises(Refused, match="is superseded already"):
        versions.withdraw_version(version=first, by=scene.cast.head)
    assert whole(scene.plan) == []
    assert head_of(scene.plan).place == 5


def test_to_have_read_it_is_kept_once(scene, monkeypatch):
    clear(scene, monkeypatch)
    version = versions.approve_version(version=propose(scene), by=scene.cast.head)
    for _ in range(2):
        versions.see_version(version=version, by=scene.cast.member)
    assert PlanEvent.objects.filter(what="SEEN").count() == 1


TAMPERING = {
    "an event was changed": lambda v: PlanEvent.objects.filter(place=2).update(what="OVERRULED"),
    "an event was removed": lambda v: PlanEvent.objects.filter(place=2).delete(),
    "the last events were cut off": lambda v: PlanEvent.objects.filter(place__gte=3).delete(),
    "what the version holds was changed": lambda v: VersionDocument.objects.update(text=v.document.text + " "),
    "a date of its baseline was changed": lambda v: BaselineActivity.objects.filter(
        pk=BaselineActivity.objects.earliest("pk").pk
    ).update(finish="2031-01-01"),
    "a row of its baseline was removed": lambda v: BaselineActivity.objects.earliest("pk").delete(),
    "the row says another state": lambda v: PlanVersion.objects.update(state="SUPERSEDED"),
    "the digest was made to fit": lambda v: PlanVersion.objects.update(digest="0" * 64),
}


@pytest.mark.parametrize("how", TAMPERING, ids=str)
def test_tampering_is_found_and_told(scene, monkeypatch, how):
    clear(scene, monkeypatch)
    version = propose(scene)
    versions.sign(version=version, by=scene.cast.pmo)
    versions.approve_version(version=version, by=scene.cast.head)
    head = head_of(scene.plan)
    assert list(chain_faults(scene.plan, (head.place, head.hash))) == []
    TAMPERING[how](scene.fresh(version))
    assert list(chain_faults(scene.plan, (head.place, head.hash)))


def test_a_whole_chain_written_anew_is_found_by_the_head_noted_outside(scene):
    from goldenthread.plan.mapping.event_chain import hash_of

    propose(scene)
    head = head_of(scene.plan)
    forged = PlanEvent.objects.get()
    forged.person = scene.cast.pmo
    forged.hash = hash_of(forged)
    forged.save()
    assert whole(scene.plan) == []
    assert "another hash" in "".join(chain_faults(scene.plan, (head.place, head.hash)))


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def decisions_of(scene, person):
    page = scene.cast.client(person).get("/").content.decode()
    return [words for words in ("Agree to the version proposed, or object", "Read what changes for you") if words in page]


def test_today_asks_for_a_word_and_tells_what_changes_until_it_is_read(scene, monkeypatch):
    clear(scene, monkeypatch)
    first = propose(scene)
    assert decisions_of(scene, scene.cast.head) == ["Agree to the version proposed, or object"]
    versions.sign(version=first, by=scene.cast.head)
    assert decisions_of(scene, scene.cast.head) == []
    versions.approve_version(version=first, by=scene.cast.head)
    assert telling.tell(scene.fresh(first)) == 0, "nothing was in force before"
    schedule.edit_activity(activity=scene.step.activity, changes={"duration": 9600}, by=scene.cast.head)
    second = versions.approve_version(version=propose(scene, "Longer"), by=scene.cast.head)
    assert telling.tell(second) > 0
    assert telling.tell(second) == 0, "told once for ever"
    member = scene.cast.member
    assert decisions_of(scene, member) == ["Read what changes for you"]
    client = scene.cast.client(member)
    page = client.get(f"/plan/versions/{second.pk}/changes").content.decode()
    assert "Your work changed: " in page
    assert scene.step.activity.name in page
    assert client.post(f"/plan/versions/{second.pk}/read").status_code == 303
    assert decisions_of(scene, member) == []
    mine, theirs = (text(scene.cast.client(one).get(f"/plan/versions/{second.pk}")) for one in (scene.cast.head, member))
    assert "Read and seen" in mine
    assert re.search(r"1 of \d+ people told", mine)
    assert re.search(r"1 of \d+ people told", theirs)
    assert "Read and seen" not in theirs, "who has read it is for the chair alone"
    edit_organisation(organisation=scene.cast.organisation, changes={"shows_who_has_read": False}, by=scene.cast.admin)
    assert "Read and seen" not in text(scene.cast.client(scene.cast.head).get(f"/plan/versions/{second.pk}"))
    assert "you have read it" in client.get(f"/plan/versions/{second.pk}/changes").content.decode()
    assert whole(scene.plan) == []


def test_who_reads_what_changes_costs_eight_statements(scene, monkeypatch):
    clear(scene, monkeypatch)
    versions.approve_version(version=propose(scene), by=scene.cast.head)
    schedule.edit_activity(activity=scene.step.activity, changes={"duration": 9600}, by=scene.cast.head)
    version = versions.approve_version(version=propose(scene, "Longer"), by=scene.cast.head)
    client = scene.cast.client(scene.cast.member)
    client.get(f"/plan/versions/{version.pk}/changes")
    _known.cache_clear()
    with CaptureQueriesContext(connection) as seen:
        page = client.get(f"/plan/versions/{version.pk}/changes").content.decode()
    assert "Your work changed: " in page
    assert len(seen) <= 8, [query["sql"][:80] for query in seen]


def test_a_worker_killed_while_telling_has_told_nobody_and_tells_everybody_the_next_time(scene, monkeypatch):
    clear(scene, monkeypatch)
    versions.approve_version(version=propose(scene), by=scene.cast.head)
    schedule.edit_activity(activity=scene.step.activity, changes={"duration": 9600}, by=scene.cast.head)
    version = versions.approve_version(version=propose(scene, "Longer"), by=scene.cast.head)
    told, notify = [], telling.notify

    def killed(**said):
        told.append(said)
        if len(told) == 2:
            raise KeyboardInterrupt
        return notify(**said)

    monkeypatch.setattr(telling, "notify", killed)
    with pytest.raises(KeyboardInterrupt):
        telling.tell(version)
    assert not InboxItem.objects.filter(link=telling.address_of(version)).exists()
    monkeypatch.setattr(telling, "notify", notify)
    people = telling.tell(version)
    assert people == InboxItem.objects.filter(link=telling.address_of(version)).values("person").distinct().count() >= 2


def test_the_pages_of_a_version_walk_from_proposal_to_force(scene, monkeypatch):
    clear(scene, monkeypatch)
    head, pmo = scene.cast.client(scene.cast.head), scene.cast.client(scene.cast.pmo)
    assert "No version yet" in head.get("/plan/versions").content.decode()
    assert head.post("/plan/versions/propose", {"because": "The board asked"}).status_code == 303
    version = PlanVersion.objects.get()
    page = f"/plan/versions/{version.pk}"
    assert pmo.post(f"{page}/sign", {"verdict": "OBJECTS", "because": "Too fast."}).status_code == 303
    objection = SignOff.objects.get()
    shown = head.get(page).content.decode()
    assert "Too fast." in shown
    assert f"/plan/objections/{objection.pk}/answer" in shown
    answered = {"answer": "RESOLVED", "because": "A month more.", "version": objection.version}
    assert pmo.post(f"/plan/objections/{objection.pk}/answer", answered).status_code == 403
    assert head.post(f"/plan/objections/{objection.pk}/answer", answered | {"version": 99}).status_code == 409
    assert head.post(f"/plan/objections/{objection.pk}/answer", answered).status_code == 303
    assert head.post(f"{page}/approve").status_code == 303
    shown = head.get(page).content.decode()
    for words in ("In force", "A month more.", "Objection resolved", "Approved"):
        assert words in shown, words
    assert "first version" in head.get(f"{page}/changes").content.decode()


def test_the_plan_is_compared_with_what_was_in_force_and_not_with_what_was_only_proposed(scene, monkeypatch):
    clear(scene, monkeypatch)
    client = scene.cast.client(scene.cast.head)
    version = propose(scene)
    assert "Version 1" not in text(client.get("/plan"))
    versions.approve_version(version=version, by=scene.cast.head)
    assert "Version 1" in text(client.get("/plan"))
    versions.withdraw_version(version=propose(scene, "Not this"), by=scene.cast.head)
    shown = text(client.get("/plan"))
    assert "Version 2" not in shown
    assert "re-baselined" not in shown
