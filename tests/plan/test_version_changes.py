"""What changed between two versions: whose work, of which kind, and which decision caused it."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts import actions as accounts
from goldenthread.engine.table_compare import apply, compare
from goldenthread.plan import actions
from goldenthread.plan.actions import versions
from goldenthread.plan.mapping.version_changes import between, many, of_person
from goldenthread.plan.queries.version_changes import _said, changes_between, in_a_sentence, states_of
from goldenthread.purpose import actions as purpose
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity

DAY = 480


def propose(scene, because="As it stands"):
    version = versions.propose_version(plan=scene.plan, because=because, by=scene.cast.head)
    versions.withdraw_version(version=version, by=scene.cast.head)
    return scene.fresh(version)


@pytest.fixture
def work(scene):
    """A step that moves the figure, with three tasks one after the other: of a member, a member and nobody."""
    by = scene.cast.head
    actions.contribute(kpi=scene.kpi, step=scene.step, size="M", by=by)
    tasks = [
        schedule.add_activity(schedule=scene.plan.schedule, name=f"Task {n}", parent=scene.step.activity, duration=5 * DAY, by=by)
        for n in range(3)
    ]
    for first, then in pairwise(tasks):
        schedule.relate(predecessor=first, successor=then, by=by)
    for task in tasks[:2]:
        schedule.assign(activity=task, person=scene.cast.member, by=by)
    scene.tasks = tasks
    return scene


def told(scene, old, new, person=None):
    return {(c.subject, c.kind): c for c in changes_between(old, new, scene.cast.head, person)}


def test_a_longer_task_moves_what_follows_and_is_the_cause_of_all_of_it(work):
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    second = propose(work)
    found = told(work, first, second)
    assert {key for key in found if key[0].startswith("Task")} == {
        ("Task 0", "moved"), ("Task 0", "re_estimated"), ("Task 1", "moved"), ("Task 2", "moved"),
    }  # fmt: skip
    roots = {change.cause.root for key, change in found.items() if key[0].startswith("Task")}
    assert roots == {("activities", work.tasks[0].pk)}
    assert found["Task 2", "moved"].days >= 5
    assert found["Task 2", "moved"].cause.by == work.cast.head.name
    assert "“Task 0” changed on " in found["Task 2", "moved"].cause.words


def test_work_changed_after_a_target_was_changed_is_caused_by_the_target(work):
    first = propose(work)
    purpose.edit_target(target=work.target, changes={"value": work.target.value - 1}, by=work.cast.head)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    second = propose(work)
    mine = changes_between(first, second, work.cast.head, work.cast.member)
    assert {change.cause.root for change in mine} == {("targets", work.target.pk)}
    sentence = in_a_sentence(mine)
    assert sentence.startswith("Your work changed: ")
    assert f"because the target of {work.kpi.name} fell to" in sentence


def test_work_changed_before_the_target_was_is_not_caused_by_it(work):
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    purpose.edit_target(target=work.target, changes={"value": work.target.value - 1}, by=work.cast.head)
    found = told(work, first, propose(work))
    assert found["Task 0", "re_estimated"].cause.root == ("activities", work.tasks[0].pk)


def test_who_gets_work_reads_added_and_who_gives_it_dropped(work):
    first = propose(work)
    schedule.unassign(activity=work.fresh(work.tasks[1]), person=work.cast.member, by=work.cast.head)
    schedule.assign(activity=work.fresh(work.tasks[1]), person=work.cast.pmo, by=work.cast.head)
    second = propose(work)
    assert ("Task 1", "dropped") in told(work, first, second, work.cast.member)
    assert ("Task 1", "added") in told(work, first, second, work.cast.pmo)
    handed = told(work, first, second)["Task 1", "re_assigned"]
    assert handed.what == (("done by", work.cast.member.name, work.cast.pmo.name),)


def test_a_stopped_task_a_new_one_a_new_link_and_a_new_effect_each_have_a_line(work):
    by = work.cast.head
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[2]), changes={"cancelled_on": work.today}, by=by)
    new = schedule.add_activity(schedule=work.plan.schedule, name="Fresh", parent=work.step.activity, duration=DAY, by=by)
    schedule.assign(activity=new, person=work.cast.member, by=by)
    schedule.relate(predecessor=work.tasks[0], successor=new, by=by)
    given = work.step.contributions.get()
    actions.edit_contribution(contribution=given, changes={"chance": 50}, by=by)
    found = told(work, first, propose(work))
    assert ("Task 2", "dropped") in found
    assert ("Fresh", "added") in found
    assert ("Fresh", "re_linked") not in found, "of new work its links go without saying"
    assert (work.step.activity.name, "effect_changed") in found
    assert ("chance, %", "80", "50") in found[work.step.activity.name, "effect_changed"].what


def test_for_everybody_and_for_each_the_difference_applied_to_the_old_gives_the_new(work):
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    schedule.unassign(activity=work.fresh(work.tasks[1]), person=work.cast.member, by=work.cast.head)
    old, new = states_of(first, propose(work))
    people = [None, work.cast.member.pk, work.cast.head.pk, work.cast.pmo.pk]
    for person in people:
        before, after = (old, new) if person is None else (of_person(old, person), of_person(new, person))
        again = apply(before, compare(before, after))
        assert all(table.is_empty for table in compare(again, after).values()), person


def test_each_line_has_one_root_and_no_line_is_told_twice(work):
    first = propose(work)
    purpose.edit_target(target=work.target, changes={"value": work.target.value - 1}, by=work.cast.head)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    actions.set_raci(step=work.step, person=work.cast.pmo, letter="R", by=work.cast.head)
    schedule.assign(activity=work.step.activity, person=work.cast.head, by=work.cast.head)
    made = between(*states_of(first, propose(work)))
    assert [line.key for line in made.lines if line.kind == "re_assigned"] == [work.step.activity.pk]
    assert len({(line.kind, line.table, line.key) for line in made.lines}) == len(made.lines)
    assert all(len(line.root) == 2 for line in made.lines)


def test_what_one_may_not_see_is_not_named(work):
    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 10 * DAY}, by=work.cast.head)
    second = propose(work)
    for change in changes_between(first, second, work.cast.nobody):
        assert not change.subject.startswith("Task")
        assert "Task" not in change.cause.words
        assert change.what == ()


def test_a_target_of_a_confidential_objective_on_an_open_figure_tells_nobody_its_value(work):
    by = work.cast.head
    secret = purpose.add_objective(office=work.cast.office, title="Sell the depot", by=by, is_confidential=True)
    target = purpose.set_target(
        objective=secret, kpi=work.kpi, by=by, baseline=5.5, baseline_on=date(2026, 1, 1), value=2.5, due_on=date(2099, 1, 1)
    )
    first = propose(work)
    purpose.edit_target(target=target, changes={"value": 1.25}, by=by)
    second = propose(work)
    for viewer, sees in ((by, True), (work.cast.member, False)):
        said = repr(changes_between(first, second, viewer))
        assert ("1.25" in said or "1.3" in said or "1.2" in said) is sees


def test_statements_do_not_grow_with_what_changed(work):
    def statements(old, new):
        with CaptureQueriesContext(connection) as seen:
            changes_between(old, new, work.cast.head, work.cast.member)
        return len(seen)

    first = propose(work)
    schedule.edit_activity(activity=work.fresh(work.tasks[0]), changes={"duration": 6 * DAY}, by=work.cast.head)
    second = propose(work)
    few = statements(first, second)
    with accounts.changeset(title="Many", by=work.cast.head):
        for n in range(20):
            task = schedule.add_activity(
                schedule=work.plan.schedule, name=f"More {n}", parent=work.step.activity, by=work.cast.head
            )
            schedule.assign(activity=task, person=work.cast.member, by=work.cast.head)
    assert statements(first, propose(work)) <= few
    assert few <= 5  # the two documents among them, which a page reads with the versions
    assert Activity.objects.count() > 20


def test_what_a_cell_holds_is_told_in_words():
    assert _said("contributions", "shown", "REFUTED") == "shown not to work"
    assert _said("contributions", "shown", "") == "not judged"
    assert _said("objectives", "state", "ACHIEVED") == "achieved"
    assert _said("targets", "is_required", 0) == "no"
    assert _said("objectives", "state", None) == "–"
    assert many("effect changed", 3) == "effects changed"
    assert many("effect changed", 1) == "effect changed"
    assert many("added", 3) == "added"
