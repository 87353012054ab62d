"""The outline: rows of every kind are added, moved, edited in place and compared with a baseline."""

from datetime import timedelta
from itertools import pairwise

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Conflict, Forbidden, Refused
from goldenthread.plan import actions, queries
from goldenthread.plan.actions import cells, rows
from goldenthread.plan.models import Step
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity, ActivityDates, Relationship
from goldenthread.ui import writing


@pytest.fixture
def tree(scene):
    """An initiative with two steps; the first has three tasks, each after the one before."""
    head = scene.cast.head
    top = rows.add_row(plan=scene.plan, name="Top", by=head)
    first = rows.add_row(plan=scene.plan, name="First", by=head, inside=top)
    second = rows.add_row(plan=scene.plan, name="Second", by=head, after=first)
    tasks = [rows.add_row(plan=scene.plan, name=name, by=head, inside=first) for name in "abc"]
    for before, after in pairwise(tasks):
        schedule.relate(predecessor=before, successor=after, by=head)
    return {row.name: row for row in (top, first, second, *tasks)}


def fresh(row: Activity) -> Activity:
    return Activity.objects.select_related("schedule__scope", "step__plan", "parent").get(pk=row.pk)


def names(scene) -> list[str]:
    found = queries.plan_outline(scene.plan).rows
    return [f"{r.row.number} {r.activity.name}" for r in found if r.activity.name != scene.step.activity.name]


def test_a_row_becomes_what_its_place_asks_for(scene, tree):
    assert names(scene) == ["2 Top", "2.1 First", "2.1.1 a", "2.1.2 b", "2.1.3 c", "2.2 Second"]
    kinds = dict(Step.objects.values_list("activity__name", "step_kind"))
    assert (kinds["Top"], kinds["First"], kinds["Second"]) == ("INITIATIVE", "STEP", "STEP")
    assert not {"a", "b", "c"} & set(kinds)


def test_tasks_move_before_after_and_inside(scene, tree):
    head = scene.cast.head
    rows.move_row(row=fresh(tree["c"]), where="before", other=fresh(tree["a"]), by=head)
    assert names(scene)[2:5] == ["2.1.1 c", "2.1.2 a", "2.1.3 b"]
    rows.move_row(row=fresh(tree["a"]), where="inside", other=fresh(tree["Second"]), by=head)
    assert names(scene)[2:] == ["2.1.1 c", "2.1.2 b", "2.2 Second", "2.2.1 a"]
    undo(changeset=Changeset.objects.latest("id"), by=head)
    assert names(scene)[2:5] == ["2.1.1 c", "2.1.2 a", "2.1.3 b"]


def test_a_task_stays_below_a_step(scene, tree):
    with pytest.raises(Refused, match="stays below a step"):
        rows.move_row(row=fresh(tree["a"]), where="before", other=fresh(tree["Top"]), by=scene.cast.head)


@pytest.mark.parametrize(
    ("action", "picked", "expected"),
    [
        ("up", "bc", ["2.1.1 b", "2.1.2 c", "2.1.3 a"]),
        ("down", "ab", ["2.1.1 c", "2.1.2 a", "2.1.3 b"]),
        ("indent", "bc", ["2.1.1 a", "2.1.1.1 b", "2.1.1.2 c"]),
        ("outdent", "ab", ["2.1.1 c", "2.2 a", "2.3 b"]),
    ],
)
def test_several_rows_move_together_and_keep_their_order(scene, tree, action, picked, expected):
    before = Changeset.objects.count()
    rows.act_on_rows(rows=[fresh(tree[name]) for name in reversed(picked)], action=action, by=scene.cast.head)
    assert names(scene)[2:5] == expected
    assert Changeset.objects.count() == before + 1


def test_parts_of_a_picked_row_go_with_it_once(scene, tree):
    rows.act_on_rows(rows=[fresh(tree["a"]), fresh(tree["Second"])], action="stop", by=scene.cast.head)
    assert set(Activity.objects.exclude(cancelled_on=None).values_list("name", flat=True)) == {"a", "Second"}
    rows.act_on_rows(rows=[fresh(tree["First"]), fresh(tree["b"])], action="down", by=scene.cast.head)
    assert names(scene) == ["2 Top", "2.1 Second", "2.2 First", "2.2.1 a", "2.2.2 b", "2.2.3 c"]


def test_shifting_a_step_shifts_its_work_once(scene, tree):
    """What waits for other work of the step follows by its logic; the network then is as much later as was asked."""
    day = {d.activity.name: d.early_start for d in ActivityDates.objects.select_related("activity")}
    rows.act_on_rows(rows=[fresh(tree["First"])], action="shift", days="28", by=scene.cast.head)
    moved = dict(Activity.objects.filter(not_before__isnull=False).values_list("name", "not_before"))
    assert moved == {"a": day["a"] + timedelta(days=28)}
    assert ActivityDates.objects.get(activity=tree["b"]).early_start >= day["b"] + timedelta(days=25)


@pytest.mark.parametrize(
    ("typed", "kind", "days"), [("2.1.1", "FS", 0), ("2.1.1ss", "SS", 0), ("2.1.1 FS + 2d", "FS", 2), ("2.1.1−1.5d", "FS", -1.5)]
)
def test_what_a_row_waits_for_is_typed_as_planners_write_it(scene, tree, typed, kind, days):
    cells.edit_cell(row=fresh(tree["Second"]), field="waits_for", value=typed, by=scene.cast.head)
    link = Relationship.objects.get(successor=tree["Second"])
    assert (link.predecessor, link.relationship_kind, link.lag) == (tree["a"], kind, days * 480)
    shown = next(r for r in queries.plan_outline(scene.plan).rows if r.activity.name == "Second").waits_for
    cells.edit_cell(row=fresh(tree["Second"]), field="waits_for", value=", ".join(shown), by=scene.cast.head)
    assert Relationship.objects.get(successor=tree["Second"]) == link, "what the outline shows, typed again, changes nothing"
    cells.edit_cell(row=fresh(tree["Second"]), field="waits_for", value="", by=scene.cast.head)
    assert not Relationship.objects.filter(successor=tree["Second"]).exists()


def test_hours_left_are_those_of_the_whole_at_its_progress(scene, tree):
    head = scene.cast.head
    cells.edit_cell(row=fresh(tree["a"]), field="progress", value="75 %", by=head)
    cells.edit_cell(row=fresh(tree["a"]), field="left", value="5 h", by=head)
    assert fresh(tree["a"]).effort_likely == 20 * 60


def test_a_sum_is_not_edited(scene, tree):
    with pytest.raises(Refused, match="sum of its parts"):
        cells.edit_cell(row=fresh(tree["First"]), field="progress", value="50", by=scene.cast.head)


def test_a_second_writer_of_a_cell_is_told(scene, tree):
    cells.edit_cell(row=fresh(tree["a"]), field="days", value="3", by=scene.cast.head, version=tree["a"].version)
    with pytest.raises(Conflict):
        cells.edit_cell(row=fresh(tree["a"]), field="days", value="4", by=scene.cast.head, version=tree["a"].version)


def test_who_may_not_plan_touches_no_row(scene, tree):
    member, task = scene.cast.member, fresh(tree["a"])
    for attempt in (
        lambda: rows.add_row(plan=scene.plan, name="x", by=member, inside=tree["First"]),
        lambda: rows.move_row(row=task, where="down", by=member),
        lambda: rows.stop_row(row=task, by=member),
        lambda: rows.remove_row(row=task, by=member),
        lambda: cells.edit_cell(row=task, field="name", value="x", by=member),
        lambda: rows.act_on_rows(rows=[task], action="stop", by=member),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_task_is_removed_with_its_links_and_comes_back(scene, tree):
    rows.remove_row(row=fresh(tree["c"]), by=scene.cast.head)
    assert "2.1.3 c" not in names(scene)
    undo(changeset=Changeset.objects.latest("id"), by=scene.cast.head)
    assert "2.1.3 c" in names(scene)
    assert Relationship.objects.filter(successor__name="c").exists()


def test_the_slip_against_a_baseline_is_said_for_parts_and_sums(scene, tree):
    head = scene.cast.head
    early = schedule.set_baseline(schedule=scene.plan.schedule, name="Early", by=head, on=scene.today - timedelta(days=9))
    cells.edit_cell(row=fresh(tree["a"]), field="days", value="11", by=head)
    late = schedule.set_baseline(schedule=scene.plan.schedule, name="Late", by=head)
    cells.edit_cell(row=fresh(tree["a"]), field="days", value="1", by=head)
    found = {r.activity.name: r for r in queries.plan_outline(scene.plan, baseline=early.pk).rows}
    assert [found[name].slip for name in ("a", "b", "First", "Top")] == [0, 0, 0, 0]
    found = {r.activity.name: r for r in queries.plan_outline(scene.plan, baseline=late.pk).rows}
    # Ten working days less: at least twelve calendar days wherever the weekends and holidays fall.
    assert found["a"].slip_words.endswith("days earlier")
    assert all(found[name].slip <= -12 for name in ("a", "b", "c", "First", "Top"))
    assert found["Second"].slip == 0
    page = scene.cast.client(head).get("/plan").content.decode()
    assert "Against “Late”" in page
    assert "re-baselined 1 time" in page
    assert "Against “Early”" in scene.cast.client(head).get(f"/plan?baseline={early.pk}").content.decode()
    assert "Against" not in scene.cast.client(head).get("/plan?baseline=none").content.decode()


def test_letters_are_given_and_taken_as_one_action(scene):
    head, pmo, step = scene.cast.head, scene.cast.pmo, scene.step
    before = Changeset.objects.count()
    actions.set_letters(step=step, person=pmo, letters="AR", by=head)
    assert Changeset.objects.count() == before + 1
    assert set(step.raci.filter(person=pmo).values_list("letter", flat=True)) == {"A", "R"}
    assert step.raci.filter(letter="A").count() == 1
    with pytest.raises(Refused, match="exactly one Accountable"):
        actions.set_letters(step=step, person=pmo, letters="C", by=head)
    assert set(step.raci.filter(person=pmo).values_list("letter", flat=True)) == {"A", "R"}, "a refusal changes nothing"


def test_the_headline_is_the_sum_of_the_rows_under_it(scene, tree):
    pieces = Activity.objects.filter(schedule=scene.plan.schedule, children__isnull=True)
    for at, piece in enumerate(pieces):
        schedule.report_progress(activity=piece, by=scene.cast.head, progress=(25 * at) % 100)
    shown = scene.cast.client(scene.cast.head).get("/plan").content.decode()
    expected = sum((p.effort_likely or 0) * (100 - p.progress) / 100 for p in pieces.all())
    assert f"{writing.hours(expected)} left" in shown
