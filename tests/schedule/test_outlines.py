"""The outline of a schedule is kept while nothing of it changes; a page equals that of a full reading, whatever was done."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit import history
from goldenthread.schedule import actions, queries
from goldenthread.schedule.models import Activity, Assignment, Relationship, Resource, Schedule, StatedBaseline
from goldenthread.schedule.queries import outlines
from tests.schedule.conftest import MONDAY, network

FILTERS: list[dict[str, str]] = [
    *({"show": show} for show in queries.timelines.SHOWN),
    *({"level": "1"}, {"level": "2"}, {"q": "b"}, {"q": "c", "show": "critical"}, {"who": "Crew"}, {"page": "2"}),
    *(
        {"zoom": "month"},
        {"against": "file-3"},
        {"under": "Part"},
        {"folded": "Part"},
        {"under": "Part", "level": "1"},
        {"rows": "Part"},
    ),
]


SAID = (
    *("pk", "parent", "depth", "data", "start", "finish", "total_float", "free_float", "is_critical", "progress", "baseline"),
    *("people", "pieces", "drivers", "place", "is_context", "is_folded", "is_group", "slip"),
)


@pytest.fixture(autouse=True)
def keeps(monkeypatch):
    """Every outline is kept, however small, and nothing of another test."""
    monkeypatch.setattr(outlines, "LARGE", 1)
    outlines.forget_outlines()
    yield
    outlines.forget_outlines()


@pytest.fixture
def plan(schedule: Schedule, monkeypatch) -> dict[str, Activity]:
    """Two levels, a stopped row, a milestone, bounds, progress, two baselines of a file, and a crew."""
    monkeypatch.setattr(queries.timelines, "SIZES", (5, 50))
    made = network(schedule, "A 5; B 1 after A; C 3 after A; D 2 after B; M 0 after D C; X 1; E 4 after A; F 2 after E")
    part = actions.add_activity(schedule=schedule, name="Part", by=None)
    deep = actions.add_activity(schedule=schedule, name="Deeper", by=None, parent=part)
    with changeset(title="Furnish", by=None), actions.postponed_dates():
        for name, parent in (("B", part), ("C", deep), ("D", deep)):
            made[name].refresh_from_db()
            actions.move_activity(activity=made[name], parent=parent, by=None)
        crew = Resource(name="Crew")
        crew.save()
        Assignment(activity=made["B"], resource=crew).save()
        changes = {
            "M": {"is_milestone": True},
            "A": {"deadline": MONDAY, "stated_start": MONDAY, "stated_finish": MONDAY},
            "X": {"cancelled_on": MONDAY},
            "E": {"actual_start": MONDAY, "progress": 40},
            "F": {"constraint_kind": "FNLT", "constraint_date": MONDAY},
        }
        for name, values in changes.items():
            history.change(Activity.objects.get(name=name), values)
        for number, name, days in ((0, "A", 1), (0, "C", 30), (3, "D", 2), (0, "D", 3)):
            StatedBaseline(activity=made[name], number=number, start=MONDAY, finish=MONDAY + timedelta(days=days)).save()
    outlines.forget_outlines()
    return {**made, "Part": part}


def told(schedule: Schedule, said: dict[str, str]) -> list[object]:
    """All that a page says."""
    key = str(Activity.objects.get(name="Part").pk) if "Part" in said.values() else ""
    said = {name: key if value == "Part" else value for name, value in said.items()}
    found = queries.timeline(Schedule.objects.get(pk=schedule.pk), queries.Filters.of(said), MONDAY, with_people=True)
    lines = [[getattr(line, name) for name in SAID] for line in found.rows]
    figures = [getattr(found, name) for name in found.__dataclass_fields__ if name not in {"page", "rows", "over"}]
    return [lines, figures, found.page.paginator.count, found.over and found.over.pk]


def test_a_page_of_what_is_kept_is_that_of_a_full_reading(schedule, plan, monkeypatch):
    for said in FILTERS:
        told(schedule, said)  # so that it is kept
        kept = told(schedule, said)
        with monkeypatch.context() as whole:
            whole.setattr(outlines, "LARGE", 10**9)
            assert kept == told(schedule, said), said


CHANGES: dict[str, Callable[[Schedule], object]] = {
    "renamed": lambda _: actions.edit_activity(activity=Activity.objects.get(name="B"), changes={"name": "Bee"}, by=None),
    "renamed past the history": lambda _: Activity.objects.filter(name="C").update(name="Person 7"),
    "longer": lambda _: actions.edit_activity(activity=Activity.objects.get(name="E"), changes={"duration": 9000}, by=None),
    "moved": lambda _: actions.move_activity(
        activity=Activity.objects.get(name="A"), parent=Activity.objects.get(name="Part"), by=None
    ),
    "stopped": lambda _: actions.cancel_activity(activity=Activity.objects.get(name="C"), by=None),
    "added": lambda schedule: actions.add_activity(schedule=schedule, name="New", by=None, duration=480),
    "bound": lambda _: actions.edit_activity(activity=Activity.objects.get(name="B"), changes={"deadline": MONDAY}, by=None),
    "no longer waited for": lambda _: actions.unrelate(
        relationship=Relationship.objects.get(predecessor__name="B", successor__name="D"), by=None
    ),
    "frozen": lambda schedule: actions.set_baseline(schedule=schedule, name="Now", by=None, on=date(2027, 3, 5)),
    "assigned": lambda _: Assignment(activity=Activity.objects.get(name="E"), resource=Resource.objects.get(name="Crew")).save(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen_on_the_next_page(schedule, plan, what, monkeypatch):
    asked = [{}, {"show": "critical"}, {"q": "e"}, {"who": "Crew"}, {"show": "late"}]
    before = [told(schedule, said) for said in asked]
    with changeset(title=what, by=None):
        CHANGES[what](schedule)
    after = [told(schedule, said) for said in asked]
    assert before != after
    with monkeypatch.context() as whole:
        whole.setattr(outlines, "LARGE", 10**9)
        assert after == [told(schedule, said) for said in asked]


def test_an_undo_is_seen_on_the_next_page(kept_cast):
    with changeset(title="Start", by=kept_cast.head):
        schedule = actions.add_schedule(scope=kept_cast.office.scope, name="Plan", data_date=MONDAY)
        made = network(schedule, "A 5; B 1 after A")
    before = told(schedule, {})
    actions.edit_activity(activity=made["A"], changes={"duration": 4800}, by=kept_cast.head)
    changed = told(schedule, {})
    undo(changeset=Changeset.objects.latest("id"), by=kept_cast.fresh(kept_cast.head))
    assert changed != before == told(schedule, {})


def test_what_is_kept_holds_no_words(schedule, plan):
    told(schedule, {})
    ((_, outline),) = outlines._kept._known.values()
    assert {type(getattr(outline, name)).__name__ for name in outline.__dataclass_fields__} == {"array", "dict"}
    held = [*outline.places, *outline.places.values(), *outline.frozen]
    assert {type(one) for one in held} <= {int, str}
    assert [one for one in held if isinstance(one, str)] == ["file-0"]


def test_a_page_asks_as_much_and_reads_as_much_of_a_large_schedule_as_of_a_small_one(schedule, monkeypatch):
    network(schedule, "; ".join(f"W{n} 1" + (f" after W{n - 1}" if n else "") for n in range(60)))
    counts = []
    for rows in (60, 460):
        with changeset(title="More", by=None):
            missing = rows - Activity.objects.filter(schedule=schedule).count()
            for n in range(missing):
                Activity(schedule=schedule, name=f"More {n}", position=1000 + n).save()
        told(schedule, {})
        with monkeypatch.context() as whole, CaptureQueriesContext(connection) as seen:
            whole.setattr(outlines, "_read", None)  # who would read all rows, fails
            told(schedule, {})
        counts.append((len(seen), sum(len(one["sql"]) for one in seen.captured_queries) // 1000))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 10
