"""The hours with no line to a goal are one figure: every page, command and answer says the same for the same work."""

from datetime import date

from goldenthread.engine.work_hours import WorkHours
from goldenthread.plan import actions as plan
from goldenthread.plan import queries as plans
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Objective
from goldenthread.resources import actions as resources
from goldenthread.thread import queries
from tests.thread.conftest import TODAY, Scene, text


def spread(scene: Scene) -> None:
    """More logged than left, a duty, a project with hours, a service no longer offered with hours."""
    head, member = scene.cast.head, scene.cast.member
    resources.log_time(person=member, work=scene.steps[1].activity, minutes=10 * 60, by=member)
    plan.add_duty(plan=scene.plan, name="Return", source="Act 9", by=head, minutes=120, next_due=date(2026, 12, 1))
    plan.make_occurrences(plan=scene.plan, today=TODAY)
    resources.log_time(person=member, work=scene.projects[0], minutes=5 * 60, by=None)
    service = purpose.add_service(office=scene.cast.office, name="Slide packs", by=head)
    resources.log_time(person=member, work=service, minutes=3 * 60, by=member)
    purpose.stop_service(service=service, by=head, goes_to="nobody")


def test_map_gaps_result_and_team_say_one_figure(scene):
    spread(scene)
    head, office = scene.cast.head, scene.cast.office
    plan_alone = WorkHours(8 + 8, 2, 10 + 8)
    gaps = plans.gaps(office, TODAY, head)
    assert gaps.hours == WorkHours(16, 2, 18 + 5 + 3)
    assert gaps.plan_hours == plan_alone
    assert queries.thread_map(head).hours == plan_alone
    assert list(queries.team_today(head, TODAY).hours.values()) == [plan_alone]
    shown = queries.result(queries.first_run(head), office, head, TODAY)
    assert (shown.hours, shown.plan_hours) == (gaps.hours, plan_alone)


def test_the_boxes_of_the_map_hold_every_hour_of_its_headline(scene):
    spread(scene)
    drawn = queries.thread_map(scene.cast.head)
    notes = {title: note for title, note, *_ in drawn.nodes.values()}
    assert notes["Outside any step"] == "duty · 2 h"
    assert notes["Step 1"] == "no line to a goal · 10 h"


def test_the_pages_say_it_in_the_same_words(scene):
    spread(scene)
    client = scene.cast.client(scene.cast.head)
    assert "36 h of work in the plan: 16 h on the thread, 2 h for duties, 18 h with no line to a goal." in text(
        client.get("/map")
    )
    gaps = text(client.get("/gaps"))
    assert "26 h with no line to a goal, in 5 rows" in gaps
    assert "36 h, 18 h with no line to a goal" in gaps
    assert "36 h of work in the plan, 18 h with no line to a goal." in text(client.get("/?team"))
    assert "18 h of 36 h, with no line to a goal. With projects and services no longer offered: 26 h of 44 h." in text(
        client.get("/start/result")
    )


def test_work_for_a_goal_whose_time_has_passed_counts_as_the_gaps_count_it(scene):
    """The map once counted any contribution as a line."""
    Objective.objects.update(state="APPROVED", valid_to=date(2026, 11, 1))
    drawn = queries.thread_map(scene.cast.head)
    assert drawn.hours == plans.gaps(scene.cast.office, TODAY, scene.cast.head).plan_hours == WorkHours(0, 0, 4 * 8)
    assert {weight for source, target, weight in drawn.links if target.startswith("step:")} == {0.0}, "no gold into a gap"
