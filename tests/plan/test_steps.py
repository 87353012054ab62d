"""Steps: one accountable person, moves in the tree, several rows at once, duties with proof."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.plan import actions
from goldenthread.plan.actions import cells, rows, sessions, versions
from goldenthread.plan.actions.duties import following
from goldenthread.plan.models import DutyOccurrence, Raci, Step
from goldenthread.schedule.models import Activity, ActivityDates
from goldenthread.ui import writing


def test_exactly_one_is_accountable(scene):
    actions.set_raci(step=scene.step, person=scene.cast.pmo, letter="A", by=scene.cast.head)
    assert list(Raci.objects.filter(step=scene.step, letter="A").values_list("person__name", flat=True)) == [scene.cast.pmo.name]
    with pytest.raises(Refused, match="exactly one Accountable"):
        actions.clear_raci(step=scene.step, person=scene.cast.pmo, letter="A", by=scene.cast.head)


def test_who_is_responsible_is_assigned_and_taken_off_again(scene):
    actions.set_raci(step=scene.step, person=scene.cast.pmo, letter="R", by=scene.cast.head)
    assert scene.step.activity.assignments.filter(resource__person=scene.cast.pmo).exists()
    actions.clear_raci(step=scene.step, person=scene.cast.pmo, letter="R", by=scene.cast.head)
    assert not scene.step.activity.assignments.filter(resource__person=scene.cast.pmo).exists()


def tree(plan) -> list[tuple[str, int]]:
    """Names and depths in outline order."""
    from goldenthread.schedule.queries import outline

    activities = list(Activity.objects.filter(schedule=plan.schedule_id).select_related("dates").order_by("position", "id"))
    return [(r.activity.name, r.depth) for r in outline(activities)]


def test_moves_by_one_place(scene):
    head = scene.cast.head
    a, b, c = (actions.add_step(plan=scene.plan, name=n, by=head) for n in "ABC")
    start = [("Clients decide", 0), ("A", 0), ("B", 0), ("C", 0)]
    assert tree(scene.plan) == start
    rows.move_row(row=scene.fresh(c).activity, where="up", by=head)
    assert [n for n, _ in tree(scene.plan)] == ["Clients decide", "A", "C", "B"]
    rows.move_row(row=scene.fresh(c).activity, where="indent", by=head)
    assert tree(scene.plan)[1:3] == [("A", 0), ("C", 1)]
    rows.move_row(row=scene.fresh(b).activity, where="indent", by=head)
    assert tree(scene.plan)[1:] == [("A", 0), ("C", 1), ("B", 1)]
    rows.move_row(row=scene.fresh(c).activity, where="outdent", by=head)
    assert tree(scene.plan)[1:] == [("A", 0), ("B", 1), ("C", 0)]
    with pytest.raises(Refused):
        rows.move_row(row=scene.fresh(scene.step).activity, where="up", by=head)
    del a


MOVES = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["up", "down", "indent", "outdent"])), max_size=12)


def test_random_moves_keep_a_tree_and_lose_nothing(scene):
    head = scene.cast.head
    names = [f"S{i}" for i in range(5)]
    steps = [actions.add_step(plan=scene.plan, name=n, by=head) for n in names]

    @settings(max_examples=12)
    @given(MOVES)
    def run(moves):
        for i, where in moves:
            before = tree(scene.plan)
            try:
                rows.move_row(row=scene.fresh(steps[i]).activity, where=where, by=head)
            except Refused:
                assert tree(scene.plan) == before
            after = tree(scene.plan)
            assert sorted(n for n, _ in after) == sorted(n for n, _ in before)
            assert all(depth <= previous + 1 for (_, previous), (_, depth) in pairwise(after))

    run()


def test_several_rows_are_one_action(scene):
    head = scene.cast.head
    steps = [actions.add_step(plan=scene.plan, name=n, by=head) for n in "AB"]
    before = Changeset.objects.count()
    expected = ActivityDates.objects.get(activity__name="A").early_start + timedelta(days=14)
    rows.act_on_rows(rows=[s.activity for s in steps], action="shift", by=head, days="14")
    assert Changeset.objects.count() == before + 1
    assert set(Activity.objects.filter(name__in="AB").values_list("not_before", flat=True)) == {expected}
    undo(changeset=Changeset.objects.latest("id"), by=head)
    assert set(Activity.objects.filter(name__in="AB").values_list("not_before", flat=True)) == {None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", "NaN"),
        ("hours", "1e9"),
        ("left", "-3"),
        ("waits_for", "77"),
        ("waits_for", "before"),
        ("progress", "140"),
        ("not_before", "31/31/2027"),
        ("pk", "3"),
    ],
)
def test_cells_refuse_what_is_no_value(scene, field, value):
    with pytest.raises(Refused) as refusal:
        cells.edit_cell(row=scene.step.activity, field=field, value=value, by=scene.cast.head)
    assert refusal.value.field in {field, "field"}


def test_a_step_with_effects_is_stopped_not_removed(scene):
    actions.contribute(kpi=scene.kpi, step=scene.step, by=scene.cast.head, size="M")
    with pytest.raises(Refused, match="Stop it instead"):
        actions.remove_step(step=scene.step, by=scene.cast.head)
    actions.stop_step(step=scene.step, by=scene.cast.head, because="no longer wanted")
    assert scene.fresh(scene.step).activity.cancelled_on == scene.today


def test_a_step_that_a_version_holds_or_that_was_talked_about_is_stopped_not_removed(scene):
    other = actions.add_step(plan=scene.plan, name="Another", by=scene.cast.head)
    days = (scene.today, scene.today)
    session = sessions.open_session(
        plan=scene.plan,
        name="Autumn",
        purpose="Agree",
        days=days,
        steps=[(other, "")],
        people=[scene.cast.pmo],
        by=scene.cast.head,
    )
    sessions.say(session=session, about=session.items.get(), stance="OBJECTS", because="Too dear", by=scene.cast.pmo)
    with pytest.raises(Refused, match="what was said stays"):
        actions.remove_step(step=other, by=scene.cast.head)
    versions.propose_version(plan=scene.plan, because="The first", by=scene.cast.head)
    with pytest.raises(Refused, match="a version of the plan"):
        actions.remove_step(step=scene.fresh(scene.step), by=scene.cast.head)


def test_a_member_may_not_plan(scene):
    with pytest.raises(Forbidden):
        actions.add_step(plan=scene.plan, name="Mine", by=scene.cast.member)
    assert not Step.objects.filter(activity__name="Mine").exists()


@pytest.mark.parametrize(
    ("cadence", "day", "expected"),
    [
        ("WEEKLY", date(2027, 1, 31), date(2027, 2, 7)),
        ("MONTHLY", date(2027, 1, 31), date(2027, 2, 28)),
        ("QUARTERLY", date(2027, 11, 30), date(2028, 2, 29)),
        ("YEARLY", date(2028, 2, 29), date(2029, 2, 28)),
        ("ONCE", date(2027, 1, 1), None),
    ],
)
def test_duties_fall_due_on_real_days(cadence, day, expected):
    assert following(cadence, day) == expected


def test_a_shorter_month_does_not_pull_the_next_ones_back(scene):
    """31 Jan, 28 Feb, 31 Mar: duties and recurring steps alike; a new day set by hand counts from itself."""
    plan, head = scene.plan, scene.cast.head
    duty = actions.add_duty(plan=plan, name="Return", source="Act", by=head, cadence="MONTHLY", next_due=date(2027, 1, 31))
    actions.edit_step(step=scene.step, changes={"repeats": "MONTHLY", "next_on": date(2027, 1, 31)}, by=head)
    for day in (date(2027, 1, 20), date(2027, 2, 20), date(2027, 3, 20), date(2027, 4, 20)):
        actions.make_occurrences(plan=plan, today=day)
        actions.make_repeats(plan=plan, today=day)
    expected = [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    assert list(duty.occurrences.order_by("due_on").values_list("due_on", flat=True))[:4] == expected
    made = scene.step.activity.children.exclude(deadline=None).order_by("deadline").values_list("deadline", flat=True)
    assert list(made)[:4] == expected
    actions.edit_step(step=scene.fresh(scene.step), changes={"next_on": date(2027, 6, 30)}, by=head)
    actions.make_repeats(plan=plan, today=date(2027, 6, 1))
    assert scene.fresh(scene.step).next_on == date(2027, 7, 30)


def test_an_undo_of_what_recurs_stays_undone_when_the_job_runs_again(scene):
    plan, head, soon = scene.plan, scene.cast.head, scene.today + timedelta(days=30)
    actions.edit_step(step=scene.step, changes={"repeats": "MONTHLY", "next_on": soon}, by=head)
    actions.add_duty(plan=plan, name="Return", source="Act", by=head, cadence="MONTHLY", next_due=soon)
    made = {actions.make_repeats: scene.step.activity.children, actions.make_occurrences: DutyOccurrence.objects}
    for make, counted in made.items():
        before = counted.count()
        assert make(plan=plan, today=scene.today) == 1
        undo(changeset=Changeset.objects.latest("pk"), by=None)
        assert make(plan=plan, today=scene.today) == 0
        assert counted.count() == before
        assert make(plan=plan, today=scene.today + timedelta(days=30)) == 1, "the next time comes all the same"


def test_a_duty_makes_its_work_once_and_wants_proof(scene):
    duty = actions.add_duty(
        plan=scene.plan, name="Register", source="Data law", by=scene.cast.head, holder=scene.cast.member, cadence="MONTHLY",
        next_due=scene.today + timedelta(days=5), minutes=20, proof_wanted="Link",
    )  # fmt: skip
    assert actions.make_occurrences(plan=scene.plan, today=scene.today) >= 1
    assert actions.make_occurrences(plan=scene.plan, today=scene.today) == 0
    occurrence = DutyOccurrence.objects.filter(duty=duty).earliest("due_on")
    with pytest.raises(Refused, match="wants proof"):
        actions.prove(occurrence=occurrence, proof=" ", by=scene.cast.member)
    actions.prove(occurrence=occurrence, proof="register/2027", by=scene.cast.member)
    assert scene.fresh(occurrence).activity.is_done


def test_the_list_of_duties_says_what_is_due_first_and_still_open(scene):
    due, by = scene.today + timedelta(days=5), scene.cast.head
    actions.add_duty(plan=scene.plan, name="Register", source="Law", by=by, cadence="WEEKLY", next_due=due, proof_wanted="Link")

    def shown() -> str:
        return scene.cast.client(by).get("/plan/duties").content.decode()

    assert writing.date(due) in shown()
    assert actions.make_occurrences(plan=scene.plan, today=scene.today) > 1
    assert writing.date(due) in shown()
    actions.prove(occurrence=DutyOccurrence.objects.earliest("due_on"), proof="register/2027", by=by)
    assert f'data-label="Next due"><div>{writing.date(due + timedelta(days=7))}' in shown()


def test_a_duty_named_on_its_page_justifies_a_step(scene):
    client = scene.cast.client(scene.cast.head)
    said = {"name": "Report", "source": "The Water Act", "cadence": "YEARLY", "minutes": "60", "step": scene.step.pk}
    assert client.post("/plan/duties/add", said).status_code == 303
    assert scene.fresh(scene.step).goal_answer == "DUTY"
    assert f"/plan/steps/{scene.step.pk}" in client.get("/plan/duties").content.decode()


def test_a_recurring_step_makes_each_time_once_under_itself(scene):
    soon = scene.today + timedelta(days=3)
    changes = {"repeats": "WEEKLY", "next_on": soon, "repeat_minutes": 90, "repeats_until": scene.today + timedelta(days=20)}
    actions.edit_step(step=scene.step, changes=changes, by=scene.cast.head)
    actions.set_raci(step=scene.step, person=scene.cast.member, letter="R", by=scene.cast.head)
    before = scene.step.activity.children.count()
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 3
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 0
    made = scene.step.activity.children.order_by("-pk")[:3]
    assert scene.step.activity.children.count() == before + 3
    assert [(a.deadline, a.effort_likely) for a in reversed(made)] == [(soon + timedelta(days=7 * n), 90) for n in range(3)]
    assert {row.resource.person_id for a in made for row in a.assignments.select_related("resource")} == {scene.cast.member.pk}
    assert scene.fresh(scene.step).next_on == soon + timedelta(days=21)


def test_what_was_missed_of_a_recurring_step_is_not_made_up_for(scene):
    long_ago = scene.today - timedelta(days=7 * 60 + 1)
    actions.edit_step(step=scene.step, changes={"repeats": "WEEKLY", "next_on": long_ago}, by=scene.cast.head)
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 5
    assert min(scene.step.activity.children.exclude(deadline=None).values_list("deadline", flat=True)) > scene.today


def test_what_ends_before_its_next_time_is_left_alone(scene):
    ends = scene.today + timedelta(days=10)
    changes = {"repeats": "WEEKLY", "next_on": ends + timedelta(days=5), "repeats_until": ends}
    actions.edit_step(step=scene.step, changes=changes, by=scene.cast.head)
    actions.add_duty(
        plan=scene.plan, name="Register", source="Data law", by=scene.cast.head, cadence="MONTHLY",
        next_due=ends + timedelta(days=5), valid_to=ends,
    )  # fmt: skip
    before = Changeset.objects.count()
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 0
    assert actions.make_occurrences(plan=scene.plan, today=scene.today) == 0
    assert Changeset.objects.count() == before  # else each hour would ask for a new forecast


def test_a_day_that_has_its_work_gets_no_second(scene):
    soon = {"repeats": "WEEKLY", "next_on": scene.today + timedelta(days=30)}
    actions.edit_step(step=scene.step, changes=soon, by=scene.cast.head)
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 1
    actions.edit_step(step=scene.fresh(scene.step), changes=soon, by=scene.cast.head)  # set back by hand
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 0


def test_what_recurs_says_on_its_form_when_it_is_due(scene):
    client = scene.cast.client(scene.cast.head)
    address = f"/plan/steps/{scene.step.pk}/edit"
    said = {"name": "Slide pack", "step_kind": "STEP", "mode": "DIRECT", "repeats": "WEEKLY", "version": scene.step.whole_version}
    assert client.post(address, said).status_code == 422
    assert client.post(address, said | {"next_on": "2027-03-01", "each": "2"}).status_code == 303
    row = scene.fresh(scene.step)
    assert (row.repeats, row.next_on, row.repeat_minutes) == ("WEEKLY", date(2027, 3, 1), 120)


def test_a_stopped_step_recurs_no_more(scene):
    actions.edit_step(step=scene.step, changes={"repeats": "MONTHLY", "next_on": scene.today}, by=scene.cast.head)
    actions.stop_step(step=scene.step, because="nobody reads it", by=scene.cast.head)
    assert actions.make_repeats(plan=scene.plan, today=scene.today) == 0


def test_a_form_drawn_before_the_activity_was_renamed_does_not_take_the_name_back(scene):
    """A step stands in two tables: what somebody wrote into either of them since is a later version of it."""
    actions.edit_step(step=scene.fresh(scene.step), changes={"deliverable": "Before"}, by=scene.cast.head)  # its day is today now
    seen = scene.fresh(scene.step).whole_version
    actions.edit_step(step=scene.fresh(scene.step), changes={"name": "Renamed"}, by=scene.cast.head, version=seen)
    with pytest.raises(Conflict) as lost:
        actions.edit_step(step=scene.fresh(scene.step), changes={"name": "Clients decide"}, by=scene.cast.head, version=seen)
    assert [(d.field, d.theirs) for d in lost.value.differences] == [("name", "Renamed")]
    assert scene.fresh(scene.step).activity.name == "Renamed"
