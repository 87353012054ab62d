"""Planning together: who sees a session, what is proposed and done, which objections stand in the way, who took part."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from goldenthread.accounts import actions as people
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import may, visible
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan import actions
from goldenthread.plan.actions import session_proposals as proposals
from goldenthread.plan.actions import sessions, versions
from goldenthread.plan.models import AgendaItem, PlanningSession, Step
from goldenthread.plan.queries import session_steps
from goldenthread.plan.queries import sessions as reads
from goldenthread.plan.queries.session_record import together_of
from goldenthread.plan.queries.version_approval import in_the_way
from goldenthread.plan.queries.version_chain import chain_faults
from goldenthread.schedule import actions as schedule
from goldenthread.workspace.actions import answer_question, ask_question
from goldenthread.workspace.models import InboxItem


def hold(scene, *people, **options):
    """An open session about the scene's step, held by the head of PMO."""
    today = timezone.localdate()
    given = {"name": "Autumn", "purpose": "Agree on the steps", "days": (today, today + timedelta(days=7)), "by": scene.cast.head}
    who = people or (scene.cast.pmo, scene.cast.nobody)
    return sessions.open_session(plan=scene.plan, steps=[(scene.step, "")], people=who, **given | options)


def item_of(session):
    return AgendaItem.objects.select_related("session__plan", "step__activity").get(session=session)


def step(scene):
    return Step.objects.select_related("activity", "plan").get(pk=scene.step.pk)


def told(scene, version):
    return [str(one) for one in in_the_way(scene.plan, version, timezone.localdate())]


def test_who_is_invited_and_could_not_see_the_plan_sees_the_session_and_no_more(scene):
    session = hold(scene, scene.cast.nobody)
    guest = scene.cast.nobody
    assert may(guest, Act.VIEW, session)
    (item,) = reads.items_of(session, guest)
    assert item.row.step_id == scene.step.pk
    assert (item.days, item.hours, item.accountable) == (10.0, 20.0, scene.cast.head.name)
    assert not may(guest, Act.VIEW, scene.step)
    assert not visible(Step.objects.all(), guest).exists()
    assert reads.items_of(session, scene.cast.people["CLIENT"]) == []


def test_those_invited_are_told_once_and_find_it_on_today_until_they_took_part(scene):
    from goldenthread.thread.queries.decisions import decisions

    session = hold(scene)
    assert InboxItem.objects.filter(link=f"/plan/sessions/{session.pk}", needs_answer=True).count() == 2
    assert [one.title for one in decisions(scene.cast.nobody)] == ["Autumn"]
    sessions.say(session=session, about=item_of(session), stance="AGREES", because="", by=scene.cast.nobody)
    assert decisions(scene.cast.nobody) == []
    assert [one.title for one in decisions(scene.cast.pmo) if "Take part" in one.asked] == ["Autumn"]
    sessions.close_session(session=session, agreed="All of it", by=scene.cast.head)
    assert not [one for one in decisions(scene.cast.pmo) if "Take part" in one.asked]
    assert InboxItem.objects.filter(title="Autumn is closed", body="All of it").count() == 2


def test_a_session_needs_steps_people_and_days_in_order(scene):
    today = timezone.localdate()
    for wrong, given in (
        ("at least one person", {"people": ()}),
        ("what it is for", {"purpose": " "}),
        ("before it begins", {"days": (today, today - timedelta(days=1))}),
        ("steps", {"steps": ()}),
    ):
        usual = {"steps": [(scene.step, "")], "people": [scene.cast.pmo], "purpose": "Agree", "days": (today, today)}
        with pytest.raises(Refused, match=wrong):
            sessions.open_session(plan=scene.plan, name="Autumn", by=scene.cast.head, **usual | given)
    with pytest.raises(Forbidden):
        hold(scene, by=scene.cast.people["TEAM_MEMBER"])


def test_the_agenda_offers_what_lacks_something_and_the_steps_of_one_objective(scene):
    actions.add_step(plan=scene.plan, name="Nobody's", by=scene.cast.head, duration=480)
    moving = actions.add_step(plan=scene.plan, name="Moves it", by=scene.cast.head, duration=480, accountable=scene.cast.pmo)
    effect = actions.contribute(kpi=scene.kpi, step=moving, effect=(-0.1, -0.2, -0.3), by=scene.cast.head)
    rows = {one.name: one.because for one in session_steps.candidates(scene.plan, scene.cast.head, scene.today)}
    assert rows["Nobody's"] == "nobody answers for it, its effect is not confirmed"
    assert rows["Clients decide"] == "its effect is not confirmed"
    actions.confirm_contribution(contribution=effect, by=scene.cast.head)
    rows = {one.name: one.because for one in session_steps.candidates(scene.plan, scene.cast.head, scene.today)}
    assert rows["Moves it"] == ""
    later = scene.today + timedelta(days=400)
    rows = {one.name: one.because for one in session_steps.candidates(scene.plan, scene.cast.head, later)}
    assert rows["Moves it"] == "not looked at for long"
    serving = session_steps.candidates(scene.plan, scene.cast.head, scene.today, scene.objective)
    assert [one.name for one in serving] == ["Moves it"]


@pytest.mark.parametrize(
    ("what", "value", "reads_as"),
    [
        ("DAYS", "12.5", lambda s: s.activity.duration == 6000),
        ("HOURS", "30", lambda s: s.activity.effort_likely == 1800),
        ("START", "2099-03-02", lambda s: str(s.activity.not_before) == "2099-03-02"),
        ("DEADLINE", "2099-05-02", lambda s: str(s.activity.deadline) == "2099-05-02"),
        ("DELIVERABLE", "A signed list", lambda s: s.deliverable == "A signed list"),
        ("DROP", "", lambda s: s.activity.cancelled_on is not None),
    ],
)
def test_an_accepted_proposal_is_done_as_one_action_that_names_it_and_can_be_undone(scene, what, value, reads_as):
    item = item_of(hold(scene))
    row = proposals.propose_change(item=item, what=what, value=value, because="We said so", by=scene.cast.nobody)
    assert not reads_as(step(scene))
    proposals.accept_proposal(proposal=row, by=scene.cast.pmo, version=row.version, seen=step(scene).whole_version)
    assert reads_as(step(scene))
    made = Changeset.objects.latest("pk")
    assert made.title == f"Accept {row} of Clients decide, by {scene.cast.nobody}"
    assert (made.by, made.reason) == (scene.cast.pmo, "We said so")
    undo(changeset=made, by=scene.cast.pmo)
    assert not reads_as(step(scene))
    row.refresh_from_db()
    assert row.state == "OPEN"


def test_a_new_step_and_a_new_accountable_are_proposed_too(scene):
    session = hold(scene)
    item = item_of(session)
    new = proposals.propose_change(item=item, what="NEW", value="Ask the board", because="First", by=scene.cast.nobody)
    proposals.accept_proposal(proposal=new, by=scene.cast.head)
    assert {str(row.step) for row in session.items.all()} == {"Clients decide", "Ask the board"}
    who = proposals.propose_change(item=item, what="ACCOUNTABLE", who=scene.cast.pmo, because="She knows", by=scene.cast.nobody)
    assert who.was == scene.cast.head.name
    proposals.accept_proposal(proposal=who, by=scene.cast.head)
    assert step(scene).raci.get(letter="A").person == scene.cast.pmo


def test_what_cannot_be_read_or_has_no_reason_is_not_proposed(scene):
    item = item_of(hold(scene))
    for wrong, given in (
        ("not a number", {"what": "DAYS", "value": "soon"}),
        ("not a day", {"what": "START", "value": "31.02.2027"}),
        ("who is to answer", {"what": "ACCOUNTABLE"}),
        ("Say why", {"what": "DROP", "because": " "}),
        ("what is to change", {"what": "COLOUR", "value": "red"}),
    ):
        with pytest.raises(Refused, match=wrong):
            proposals.propose_change(item=item, by=scene.cast.nobody, **{"because": "So", **given})
    with pytest.raises(Forbidden):
        proposals.propose_change(item=item, what="DROP", because="So", by=scene.cast.people["TEAM_MEMBER"])


def test_a_step_that_changed_since_the_page_was_drawn_is_not_overwritten(scene):
    item = item_of(hold(scene))
    row = proposals.propose_change(item=item, what="HOURS", value="30", because="So", by=scene.cast.nobody)
    saw = step(scene).whole_version
    actions.edit_step(step=step(scene), changes={"effort_low": 60, "effort_likely": 60, "effort_high": 60}, by=scene.cast.head)
    with pytest.raises(Conflict):
        proposals.accept_proposal(proposal=row, by=scene.cast.pmo, seen=saw)
    assert step(scene).activity.effort_likely == 60


def test_a_proposal_is_declined_with_a_reason_or_withdrawn_by_its_author_and_decided_once(scene):
    item = item_of(hold(scene))
    first, second = (
        proposals.propose_change(item=item, what="HOURS", value=hours, because="So", by=scene.cast.nobody)
        for hours in ("30", "40")
    )
    with pytest.raises(Forbidden):
        proposals.accept_proposal(proposal=first, by=scene.cast.nobody)
    with pytest.raises(Refused, match="why it is declined"):
        proposals.decline_proposal(proposal=first, because="", by=scene.cast.pmo)
    proposals.decline_proposal(proposal=first, because="Too much", by=scene.cast.pmo)
    with pytest.raises(Refused, match="declined already"):
        proposals.accept_proposal(proposal=first, by=scene.cast.pmo)
    with pytest.raises(Forbidden):
        proposals.withdraw_proposal(proposal=second, by=scene.cast.pmo)
    proposals.withdraw_proposal(proposal=second, by=scene.cast.nobody)
    assert second.state == "WITHDRAWN"


def test_an_open_objection_from_a_session_stands_in_the_way_of_the_version_until_it_is_answered(scene):
    session = hold(scene)
    word = sessions.say(session=session, about=item_of(session), stance="OBJECTS", because="No hours.", by=scene.cast.nobody)
    sessions.close_session(session=session, agreed="Most of it", by=scene.cast.head)
    version = versions.propose_version(plan=scene.plan, because="First", by=scene.cast.head)
    said = f"{scene.cast.nobody} objects to “Clients decide” in the session “Autumn”: No hours."
    (row,) = [one for one in in_the_way(scene.plan, version, timezone.localdate()) if str(one) == said]
    assert row.session == session.pk
    with pytest.raises(Refused, match=r"No hours\."):
        versions.approve_version(version=version, by=scene.cast.head)
    with pytest.raises(Forbidden):
        sessions.answer_word(word=word, answer="OVERRULED", because="Enough", by=scene.cast.pmo)
    with pytest.raises(Refused, match="how it was resolved"):
        sessions.answer_word(word=word, answer="RESOLVED", because="", by=scene.cast.head)
    sessions.answer_word(word=word, answer="OVERRULED", because="Two days a week are freed.", by=scene.cast.head)
    assert said not in told(scene, version)
    with pytest.raises(Refused, match="not open any more"):
        sessions.answer_word(word=word, answer="RESOLVED", because="Twice", by=scene.cast.head)


def test_an_objection_goes_with_its_author_s_consent_or_with_the_proposal_that_it_is_about(scene):
    session = hold(scene)
    item, version = item_of(session), versions.propose_version(plan=scene.plan, because="First", by=scene.cast.head)
    sessions.say(session=session, about=item, stance="OBJECTS", because="No hours.", by=scene.cast.nobody)
    sessions.say(session=session, about=item, stance="SAYS", because="Still thinking.", by=scene.cast.nobody)
    assert any("No hours." in text for text in told(scene, version))
    sessions.say(session=session, about=item, stance="AGREES", because="", by=scene.cast.nobody)
    assert not any("No hours." in text for text in told(scene, version))
    row = proposals.propose_change(item=item, what="HOURS", value="30", because="So", by=scene.cast.nobody)
    sessions.say(session=session, about=row, stance="OBJECTS", because="Too many.", by=scene.cast.pmo)
    assert any("a proposal for “Clients decide”" in text for text in told(scene, version))
    proposals.decline_proposal(proposal=row, because="True", by=scene.cast.head)
    assert not any("Too many." in text for text in told(scene, version))


def test_an_objection_can_be_undone_by_nobody(scene):
    session = hold(scene)
    sessions.say(session=session, about=item_of(session), stance="OBJECTS", because="No hours.", by=scene.cast.nobody)
    made = Changeset.objects.latest("pk")
    for person in (scene.cast.head, scene.cast.nobody, None):
        with pytest.raises((Refused, Forbidden)):
            undo(changeset=made, by=person)


def test_the_meter_counts_those_invited_and_names_the_missing_for_who_holds_the_session_alone(scene):
    cast = scene.cast
    session = hold(scene, cast.pmo, cast.nobody, cast.member)
    proposals.propose_change(item=item_of(session), what="HOURS", value="30", because="So", by=cast.nobody)
    sessions.say(session=session, about=item_of(session), stance="SAYS", because="I am not invited", by=cast.head)
    whole, proposed, estimated, said = reads.meter(session, cast.head)
    assert [(part.count, part.of) for part in (whole, proposed, estimated, said)] == [(1, 3), (1, 3), (0, 3), (0, 3)]
    assert whole.share == pytest.approx(1 / 3)
    assert set(whole.missing) == {cast.pmo.name, cast.member.name}
    for person in (cast.pmo, cast.nobody):
        assert [part.missing for part in reads.meter(session, person)] == [()] * 4
    cast.head.organisation.shows_who_has_read = False
    assert reads.meter(session, cast.head)[0].missing == ()


def test_staff_with_a_part_in_the_plan_whom_nobody_invited_are_reported(scene):
    cast = scene.cast
    session, today = hold(scene, cast.pmo), timezone.localdate()
    assert reads.left_out(scene.plan, [session.pk], today) == sorted([cast.head, cast.member], key=lambda p: p.name)
    for day, found in ((timedelta(days=30), [cast.head, cast.member]), (timedelta(days=-1), [cast.head])):
        Person.objects.filter(pk=cast.member.pk).update(leaves_on=timezone.localdate() + day)
        assert set(reads.left_out(scene.plan, [session.pk], today)) == set(found), "who leaves next month is here until then"
    Person.objects.filter(pk=cast.member.pk).update(leaves_on=None)
    sessions.invite(session=session, people=[cast.head, cast.member], by=cast.head)
    assert reads.left_out(scene.plan, [session.pk], today) == []
    with pytest.raises(Refused, match="not invited yet"):
        sessions.invite(session=session, people=[cast.head], by=cast.head)


def test_a_version_carries_by_ids_who_took_part_and_who_was_left_out(scene):
    cast = scene.cast
    session = hold(scene, cast.pmo, cast.nobody)
    sessions.say(session=session, about=item_of(session), stance="AGREES", because="", by=cast.nobody)
    first = versions.propose_version(plan=scene.plan, because="First", by=cast.head)
    held = json.loads(first.document.text)["together"]
    assert held == {
        "sessions": [session.pk], "invited": sorted([cast.pmo.pk, cast.nobody.pk]), "took_part": [cast.nobody.pk],
        "left_out": sorted([cast.head.pk, cast.member.pk]),
    }  # fmt: skip
    assert cast.nobody.name not in first.document.text
    told_head, told_pmo = together_of(first, cast.head), together_of(first, cast.pmo)
    assert (told_head.took_part, told_head.invited, told_head.missing) == (1, 2, (cast.pmo.name,))
    assert (told_pmo.took_part, told_pmo.left_out, told_pmo.names, told_pmo.missing) == (1, 2, (), ())
    assert list(chain_faults(scene.plan)) == []
    sessions.close_session(session=session, agreed="Done", by=cast.head)
    versions.withdraw_version(version=first, by=cast.head)
    assert together_of(versions.propose_version(plan=scene.plan, because="Second", by=cast.head), cast.head).sessions == 1
    versions.withdraw_version(version=scene.plan.versions.get(number=2), by=cast.head)
    assert together_of(versions.propose_version(plan=scene.plan, because="Third", by=cast.head), cast.head) is None


def test_a_closed_session_takes_nothing_more_and_can_be_opened_again_by_undo(scene):
    session = hold(scene)
    with pytest.raises(Refused, match="what was agreed"):
        sessions.close_session(session=session, agreed=" ", by=scene.cast.head)
    sessions.close_session(session=session, agreed="All", by=scene.cast.head, version=session.version)
    made = Changeset.objects.latest("pk")
    item = item_of(session)
    with pytest.raises(Refused, match="closed"):
        sessions.say(session=item.session, about=item, stance="AGREES", because="", by=scene.cast.nobody)
    undo(changeset=made, by=scene.cast.head)
    assert PlanningSession.objects.get().state == "OPEN"


def test_the_parts_of_a_step_are_its_own_even_where_the_one_above_is_asked_about_too(scene):
    inner = actions.add_step(plan=scene.plan, name="Inner", by=scene.cast.head, parent=scene.step, duration=480)
    made = schedule.add_activity(schedule=scene.plan.schedule, name="Task", by=None, parent=inner.activity)
    top, below = scene.step.activity_id, inner.activity_id
    for asked in ((top, below), (below, top)):
        assert session_steps.leaves_below(asked) == {top: [made], below: [made]}
    assert session_steps.leaves_below([made.pk]) == {made.pk: []}


def test_what_somebody_without_an_account_answers_by_mail_is_said_in_the_session(scene):
    guest = people.add_person(name="Gita Guest", email="gita@clients.example", by=None)
    session = hold(scene, guest, scene.cast.pmo)
    sent = ask_question(
        asked=guest, ref_kind="planningsession", ref_id=session.pk, question_kind="FREE", by=scene.cast.head,
        text="What do you think of Autumn?",
    )  # fmt: skip
    answer_question(secret=sent.address.rsplit("/", 1)[1], answer="Not before the audit.")
    (word,) = reads.words_of(session, scene.cast.pmo)
    assert (word.person, word.stance, word.because) == (guest, "SAYS", "Not before the audit.")
    assert reads.meter(session, scene.cast.pmo)[0].count == 1
    stranger = people.add_person(name="Stan Stranger", email="stan@clients.example", by=None)
    other = ask_question(
        asked=stranger, ref_kind="planningsession", ref_id=session.pk, question_kind="FREE", by=scene.cast.head, text="And you?"
    )
    answer_question(secret=other.address.rsplit("/", 1)[1], answer="I was not invited.")
    assert len(reads.words_of(session, scene.cast.pmo)) == 1
