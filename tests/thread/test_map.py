"""The thread map of a large office: what can be read is drawn, the rest stands together, and nothing is lost of it."""

import re
from datetime import date

from goldenthread.accounts import actions as accounts
from goldenthread.engine.work_hours import WorkHours
from goldenthread.plan import actions as plan
from goldenthread.plan.actions.forecasts import make_forecast
from goldenthread.purpose import actions as purpose
from goldenthread.schedule.actions import postponed_dates
from goldenthread.thread import queries
from goldenthread.thread.queries.board import MOST, Board, Node
from tests.thread.conftest import HOUR, Scene, goal, text


def boxes(response) -> list[str]:
    return re.findall(r'data-thread-node="([^"]+)"', response.content.decode())


def column(found: list[str], *kinds: str) -> list[str]:
    return [key for key in found if key.split(":")[0] in kinds]


def box_hours(note: str) -> tuple[int, int]:
    """What a box of the plan says: hours in it, and hours of them on the thread."""
    found = [int(part.replace(",", "")) for part in re.findall(r"[\d,]+", note)]
    if " of " in note:
        return found[1], found[0]
    return found[0], found[0] if note.startswith("on the thread") else 0


def grow(scene: Scene, count: int) -> None:
    """Steps of rising hours, some that lead nowhere."""
    by = scene.cast.head
    with accounts.changeset(title="Plan", by=by), postponed_dates():
        for n in range(count):
            effort = {f"effort_{name}": (n + 1) * HOUR for name in ("low", "likely", "high")}
            step = plan.add_step(plan=scene.plan, name=f"Large {n}", by=by, duration=8 * HOUR, **effort)
            if n % 3:
                plan.contribute(kpi=scene.kpi, step=step, size="M", by=by)


def test_a_small_office_is_drawn_whole(scene):
    response = scene.cast.client(scene.cast.head).get("/map")
    assert len(column(boxes(response), "step")) == 4
    assert "Draw everything" not in text(response)


def test_of_a_large_office_the_strongest_are_drawn_and_the_rest_stands_together(scene):
    grow(scene, 60)
    client = scene.cast.client(scene.cast.head)
    response = client.get("/map")
    found = boxes(response)
    assert len(column(found, "step")) == MOST
    assert found.count("more:3") == 1
    assert f"and {64 - MOST} more" in text(response)
    assert f"{64 - MOST} more stand together" in text(response)
    assert 'data-href="/plan"' in response.content.decode()
    whole = client.get("/map?all=1")
    assert len(column(boxes(whole), "step")) == 64
    assert "more:3" not in boxes(whole)


def test_the_headline_counts_everything_and_equals_the_boxes(scene):
    grow(scene, 60)
    small = queries.thread_map(scene.cast.head)
    whole = queries.thread_map(scene.cast.head, is_whole=True)
    every = 4 * 8 + sum(range(1, 61))
    on_thread = 2 * 8 + sum(n + 1 for n in range(60) if n % 3)
    assert small.hours == whole.hours == WorkHours(on_thread, 0, every - on_thread)
    for drawn in (small, whole):
        work = [box_hours(drawn.nodes[key][1]) for key in drawn.flow.order if key.startswith("step:") or key == "more:3"]
        assert (sum(hours for hours, _ in work), sum(carried for _, carried in work)) == (every, on_thread)


def test_a_long_step_without_a_goal_is_not_hidden_behind_small_ones_with_one(scene):
    grow(scene, 60)  # Large 57 leads nowhere and takes 58 hours
    assert "Large 57" in text(scene.cast.client(scene.cast.head).get("/map"))


def test_gathering_ends_every_line_of_what_it_gathers_in_the_one_box():
    board = Board()
    board.add(2, "kpi:1", Node("Kpi", ""))
    for n in range(30):
        board.add(3, f"step:{n}", Node(f"Step {n}", "", hours=float(n), carried=float(n)))
        board.tie("kpi:1", f"step:{n}", 1.0 if n else 0.0)
    assert board.gather(10) == 20
    assert board.columns[3] == [f"step:{n}" for n in range(20, 30)] + ["more:3"]
    assert board.links["kpi:1", "more:3"] == 1.0
    assert len(board.links) == 11
    more = board.nodes["more:3"]
    assert (more.hours, more.carried, more.title) == (sum(range(20)), sum(range(20)), "and 20 more")


def test_of_a_full_map_each_box_keeps_its_strongest_lines_and_none_loses_its_way():
    board = Board()
    for n in range(10):
        board.add(2, f"kpi:{n}", Node(f"Kpi {n}", ""))
        board.add(3, f"step:{n}", Node(f"Step {n}", ""))
    for kpi in range(10):
        for step in range(10):
            board.tie(f"kpi:{kpi}", f"step:{step}", float(kpi * 10 + step))
    assert board.thin_out(2) == 100 - len(board.links)
    assert len(board.links) <= 40
    for n in range(10):
        assert board.links[f"kpi:{n}", "step:9"] == n * 10 + 9  # its strongest
        assert board.links["kpi:9", f"step:{n}"] == 90 + n
    assert ("kpi:3", "step:3") not in board.links


def test_the_box_that_gathers_stands_last(scene):
    grow(scene, 60)
    drawn = queries.thread_map(scene.cast.head)
    below = max(y for key, (_, y) in drawn.flow.places.items() if key.startswith("step:"))
    assert drawn.flow.places["more:3"][1] > below


def test_one_box_too_many_stays_a_box():
    board = Board()
    for n in range(11):
        board.add(4, f"person:{n}", Node(f"Person {n}", ""))
    assert board.gather(10) == 0
    assert len(board.columns[4]) == 11


def drafts(scene: Scene, count: int) -> None:
    """Objectives as an imported strategy brings them: drafts with figures of their own that no work moves."""
    with accounts.changeset(title="Strategy", by=scene.cast.head):
        for n in range(count):
            goal(scene.cast, f"Imported {n}")


def test_drafts_without_work_give_way_to_what_is_worked_at(scene):
    drafts(scene, 40)
    response = scene.cast.client(scene.cast.head).get("/map")
    found, shown = boxes(response), text(response)
    assert len(column(found, "objective")) == 1
    assert len(column(found, "kpi")) == 1
    assert {"more:1", "more:2"} <= set(found)
    assert "and 40 more draft, no work yet" in shown
    assert "drafts without work give way first. 80 more stand together" in shown


def test_a_strategy_of_drafts_alone_is_drawn(scene):
    drafts(scene, 40)
    with accounts.changeset(title="Nothing of our own", by=scene.cast.head):
        purpose.retire_objective(objective=scene.objective, reason="Not ours any more", by=scene.cast.head)
    found = boxes(scene.cast.client(scene.cast.head).get("/map"))
    assert len(column(found, "objective")) == len(column(found, "kpi")) == MOST


def test_a_few_drafts_stand_beside_the_others(scene):
    drafts(scene, 3)
    found = boxes(scene.cast.client(scene.cast.head).get("/map"))
    assert len(column(found, "objective")) == 4


def test_lines_into_a_box_that_gathers_are_measured_with_the_others_of_their_columns(scene):
    drafts(scene, 40)
    drawn = queries.thread_map(scene.cast.head)
    board = {(source.split(":")[0], target.split(":")[0]): weight for source, target, weight in drawn.links}
    assert board["more", "more"] <= board["objective", "kpi"]


def test_an_objective_whose_day_has_passed_shows_what_became_of_it(scene):
    make_forecast(office=scene.cast.office)
    title = lambda drawn: drawn.nodes[f"objective:{scene.objective.pk}"]
    assert title(queries.thread_map(scene.cast.head))[1].startswith("basis")
    late = queries.thread_map(scene.cast.head, day=date(2028, 1, 1))
    assert title(late)[1:3] == ("date passed", "not reached")
