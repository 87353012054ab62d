"""A strategy that came in is kept whole: office and back gives equal data; nothing leaks; one undo takes all of it back."""

from dataclasses import replace
from datetime import date

import pytest

from goldenthread.accounts.actions import add_person, changeset
from goldenthread.accounts.actions.erasure import erase_person
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.queries import visible
from goldenthread.accounts.undo import undo
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.stratml import read_stratml
from goldenthread.formats.stratml_writer import write_stratml
from goldenthread.kit.history import records
from goldenthread.purpose.mapping.aims import GoalFigure, aims_of
from goldenthread.purpose.models import Kpi, Measurement, Objective, Strategy, StrategyPart, Target
from goldenthread.purpose.queries.strategy_export import live_plan
from goldenthread.workspace import imports
from tests.formats.material import real_file
from tests.purpose.stated import PLAN

DAY = date(2026, 11, 26)
FILES = ["HHIOP20200304.xml", "OECD.AI.xml", "PMOAI.xml", "SMLC2023.xml"]


@pytest.fixture
def take_in(cast):
    def go(data, kind="stratml", name="plan.xml"):
        return imports.run(kind, name, data, by=cast.head, office=cast.office)

    return go


@pytest.fixture
def out(cast):
    """The office's strategy as a reader finds it in the file that goes out."""

    def go(by=None):
        return read_stratml(write_stratml(live_plan(cast.office, by or cast.head, DAY).plan, None).data)

    return go


@pytest.mark.parametrize("name", FILES)
def test_a_real_plan_comes_out_of_an_office_as_it_went_in(take_in, out, name):
    data = real_file(f"stratml/{name}")
    take_in(data)
    assert out() == read_guarded("stratml", data)


def changed(model, by, key="source_key", **what):
    """Change the row that came in under a key."""
    (named, fields) = what.pop("named"), what
    with changeset(title="A change", by=by):
        row = model.objects.get(**{key: named})
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


def goal_named(plan, name):
    return next(goal for goal in plan.goals if goal.name == name)


def test_a_plan_comes_out_of_an_office_as_it_went_in(take_in, out):
    take_in(PLAN)
    assert out() == read_stratml(PLAN)


def test_one_undo_takes_all_of_it_back(take_in, cast):
    take_in(PLAN)
    assert (Strategy.objects.count(), StrategyPart.objects.count()) == (1, 3)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    for model in (Strategy, StrategyPart, Objective, Kpi, Target, Measurement):
        assert not model.objects.exists()


def test_what_was_changed_here_goes_out_changed_and_the_rest_as_it_came(take_in, out, cast):
    take_in(PLAN)
    changed(Objective, cast.head, named="o1", title="Far fewer leaks in the east", leadership_goal="Dry cellars by next year")
    changed(Kpi, cast.head, named="i1", name="Water lost on the way")
    with changeset(title="Figures", by=cast.head):
        target = Target.objects.get()
        target.value = 12.0
        target.save()
        wrong, right = Measurement.objects.order_by("on")
        wrong.withdrawn_at, right.value = Changeset.objects.latest("id").at, 22.0
        wrong.save()
        right.save()
        Measurement(kpi=target.kpi, on=date(2026, 6, 30), value=19.5).save()
    found = out()
    (one,) = goal_named(found, "Dry cellars by next year").objectives
    (indicator,) = one.indicators
    assert (one.name, one.identifier, indicator.dimension) == ("Far fewer leaks in the east", "o1", "Water lost on the way")
    assert [s.name for s in one.stakeholders] == ["Eastern district"]
    assert (indicator.stage, indicator.relationships[0].name) == ("Outcome", "carries the pumps")
    results = [r for m in indicator.measurements for r in m.targets]
    assert [(str(r.number), r.start) for r in results] == [("12", date(2027, 1, 1))]
    actuals = [(r.finish, str(r.number), r.description) for m in indicator.measurements for r in m.actuals]
    assert actuals == [(date(2025, 12, 31), "22", "by meter"), (date(2026, 6, 30), "19.5", "")]
    assert "Water that stays in the pipes" not in [goal.name for goal in found.goals]
    assert replace(found, goals=()) == replace(read_stratml(PLAN), goals=())
    assert goal_named(found, "Pumps that never stand still") == goal_named(read_stratml(PLAN), "Pumps that never stand still")


def test_who_reads_what_was_changed_finds_no_baseline_where_there_is_none(take_in, out, cast):
    take_in(PLAN)
    with changeset(title="Figures", by=cast.head):
        target = Target.objects.get()
        target.baseline, target.baseline_on = None, None
        target.save()
        Measurement(kpi=target.kpi, on=date(2020, 6, 30), value=9.5).save()
    (aim, _) = aims_of(out())
    (indicator,) = aim.indicators
    assert (indicator.direction, indicator.targets) == ("FALL", [GoalFigure(15.0, date(2027, 12, 31))])


def test_of_a_confidential_objective_nothing_goes_out_to_who_may_not_see_it(take_in, out, cast):
    take_in(PLAN)
    changed(Objective, cast.head, named="o2", is_confidential=True)
    assert out() == read_stratml(PLAN)
    said = write_stratml(live_plan(cast.office, cast.pmo, DAY).plan).data
    for word in (b"pump", b"Pump", b"Bo Marsh", b"o2"):
        assert word not in said
    parts = repr(list(visible(StrategyPart.objects.all(), cast.pmo).values()))
    assert "ump" not in parts.replace("carries the pumps", "")  # said of what may be seen; left out where it is read
    assert b"Eastern district" in said


def test_what_is_retired_goes_out_no_more(take_in, out, cast):
    take_in(PLAN)
    changed(Objective, cast.head, named="o1", state="RETIRED")
    assert [goal.name for goal in out().goals] == ["Pumps that never stand still"]


def test_a_later_edition_takes_the_place_of_the_earlier_one_and_its_undo_brings_that_back(take_in, out, cast):
    take_in(PLAN)
    later = PLAN.replace(b"Ada Quill", b"Cas Tern").replace(b"2024-02-03", b"2025-02-03")
    take_in(later)
    assert Strategy.objects.count() == 1
    assert out() == read_stratml(later)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert out() == read_stratml(PLAN)


def test_the_same_file_again_writes_nothing_of_it(take_in):
    take_in(PLAN)
    before = list(StrategyPart.objects.values_list("pk", "version"))
    take_in(PLAN)
    assert list(StrategyPart.objects.values_list("pk", "version")) == before
    assert Strategy.objects.get().version == 1


def test_two_strategies_of_an_office_go_out_as_one(take_in, out):
    take_in(PLAN)
    other = PLAN.replace(b">p1<", b">p2<").replace(b">o1<", b">o3<").replace(b">g1<", b">g3<").replace(b">Care<", b">Trust<")
    take_in(other.replace(b"Fewer leaks in the east", b"Fewer leaks in the west"), name="other.xml")
    found = out()
    assert [value.name for value in found.values] == ["Trust", "Care"]
    names = [one.name for one in found.objectives()]
    assert sorted(names) == ["Fewer leaks in the east", "Fewer leaks in the west", "Fewer stops of pump seven"]


def test_who_is_erased_is_named_in_no_strategy_and_in_no_former_edition_of_one(take_in, out, cast):
    take_in(PLAN)
    take_in(PLAN.replace(b"Bo Marsh", b"Bo Marsh and Ada Quill"))
    for name in ("Ada Quill", "Bo Marsh"):
        person = add_person(name=name, email=f"{name[:2].lower()}@aldermere.example", by=cast.admin)
        erase_person(person=person, reason="asked", typed=name, by=cast.admin)
    rows = [Strategy.objects, StrategyPart.objects, records(Strategy), records(StrategyPart)]
    said = repr([list(found.values_list("said", flat=True)) for found in rows])
    assert "Ada" not in said
    assert "Bo" not in said
    assert "Person " in repr(out())
