"""StratML taken in, written, and taken in elsewhere: the rows are equal; nobody gets out what he or she may not see."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.formats import strategy as plans
from goldenthread.formats.stratml import read_stratml
from goldenthread.formats.stratml_writer import write_stratml
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Role
from goldenthread.purpose.models import Kpi, Measurement, Objective, Target
from goldenthread.purpose.queries.strategy_export import live_plan
from goldenthread.workspace import imports
from tests.formats.material import real_file
from tests.workspace.test_stratml import PLAN

DAY = date(2026, 11, 26)
FILES = ["HHIOP20200304.xml", "OECD.AI.xml", "PMOAI.xml", "SMLC2023.xml"]


@pytest.fixture
def take_in(cast):
    """Take a file in as the head of PMO."""

    def go(data):
        return imports.run("stratml", "plan.xml", data, by=cast.head, office=cast.office)

    return go


def written(cast, by=None) -> bytes:
    return write_stratml(live_plan(cast.office, by or cast.head, DAY).plan).data


def rows(office) -> dict[str, list]:
    """What an office's objectives say, without ids: KPIs that an objective names, with their figures."""
    named = Kpi.objects.filter(office=office, targets__isnull=False).distinct()
    target = ("objective__title", "kpi__name", "value", "baseline", "baseline_on", "due_on")
    return {
        "objectives": sorted(
            Objective.objects.filter(office=office).values_list("title", "detail", "leadership_goal", "source_key", "valid_to")
        ),
        "kpis": sorted(named.values_list("name", "unit", "direction", "definition", "source_key")),
        "targets": sorted(Target.objects.filter(kpi__office=office).values_list(*target), key=repr),
        "measurements": sorted(Measurement.objects.filter(kpi__in=named).values_list("kpi__name", "on", "value")),
    }


def test_rows_are_equal_after_the_way_out_and_in(cast, take_in):
    take_in(PLAN)
    before, data = rows(cast.office), written(cast)
    emptied(cast)
    take_in(data)
    assert rows(cast.office) == before
    assert before["kpis"][0][2] == "FALL"
    assert [len(found) for found in before.values()] == [2, 1, 1, 1]


@pytest.mark.parametrize("name", FILES)
def test_rows_of_a_real_plan_are_equal_after_the_way_out_and_in(cast, take_in, name):
    take_in(real_file(f"stratml/{name}"))
    before, data = rows(cast.office), written(cast)
    emptied(cast)
    take_in(data)
    assert rows(cast.office) == before
    assert written(cast) == data


def emptied(cast) -> None:
    """Nothing is left of the import, as in an office that never saw it."""
    undo(changeset=Changeset.objects.filter(title="Import plan.xml").latest("id"), by=cast.head)
    Measurement.objects.all().delete()
    Kpi.objects.all().delete()
    assert not Objective.objects.exists()


def test_what_was_made_here_is_known_again_and_keeps_its_direction_and_baseline(cast, take_in):
    with changeset(title="Own work", by=cast.head):
        goal = Objective(office=cast.office, title="Fewer leaks", detail="In the east", leadership_goal="Save water")
        kpi = Kpi(office=cast.office, name="Leaks", unit="a week", direction="FALL")
        goal.save()
        kpi.save()
        Target(objective=goal, kpi=kpi, baseline=30.5, baseline_on=date(2026, 1, 1), value=12.25, due_on=date(2027, 6, 30)).save()
        Measurement(kpi=kpi, on=date(2026, 5, 1), value=28.0).save()
    data = written(cast)
    plan = read_stratml(data)
    (one,) = plan.objectives()
    (result,) = (aim for measurement in one.indicators[0].measurements for aim in measurement.targets)
    assert (result.number, result.baseline, one.indicators[0].direction) == (Decimal("12.25"), Decimal("30.5"), "FALL")
    before = rows(cast.office)
    take_in(data)
    assert rows(cast.office) == before
    take_in(data.replace(one.identifier.encode(), b"_another"))
    assert sorted(Objective.objects.values_list("title", "detail")) == [("Fewer leaks", "In the east")] * 2


def test_confidential_objectives_go_out_only_with_who_may_see_them(cast, take_in):
    take_in(PLAN)
    with changeset(title="Hide", by=cast.head):
        hidden = Objective.objects.get(source_key="o1")
        hidden.is_confidential = True
        hidden.save()
    assert b"Leaks" in written(cast)
    said = written(cast, by=cast.pmo)
    assert b"Leaks" not in said
    assert b"Share of water lost" not in said
    assert b"A goal that stands alone" in said


def test_who_may_export_no_objectives_gets_no_file(cast):
    for role in (Role.TEAM_MEMBER, Role.CLIENT, Role.PROJECT_MANAGER):
        with pytest.raises(Forbidden):
            written(cast, by=cast.people[role])


def test_what_has_no_place_in_the_file_is_counted(cast, take_in):
    take_in(PLAN)
    with changeset(title="Change", by=cast.head):
        gone = Objective.objects.get(source_key="g2")
        gone.state = Objective.State.RETIRED
        gone.save()
        Kpi(office=cast.office, name="Alone").save()
    live = live_plan(cast.office, cast.head, DAY)
    assert dict(live.left_out) == {"objectives that are retired": 1, "KPIs that no objective names": 1}


def large(indicators: int, figures: int) -> bytes:
    """A plan with that many measurements in all."""
    days = [date.fromordinal(date(2015, 1, 1).toordinal() + 7 * n) for n in range(figures)]
    found = tuple(
        plans.Indicator(
            f"KPI {n}",
            "m3",
            f"_i{n}",
            measurements=tuple(plans.Measurement(actuals=(plans.Result(Decimal(n + k), finish=d),)) for k, d in enumerate(days)),
        )
        for n in range(indicators)
    )
    goal = plans.Goal("Water for all people", objectives=(plans.Objective("Lose less of it", identifier="_o", indicators=found),))
    return write_stratml(plans.Plan("Large", 2, goals=(goal,))).data


def test_a_plan_of_2392_measurements_is_written_many_rows_a_statement(cast, take_in):
    asked = []
    for indicators, figures in ((2, 23), (8, 299)):
        with CaptureQueriesContext(connection) as seen:
            found = take_in(large(indicators, figures).replace(b"KPI ", b"KPI %d " % figures))
        assert found["counts"]["measurements"] == indicators * figures
        asked.append(len(seen))
    assert Measurement.objects.count() == 46 + 2392
    assert asked[1] - asked[0] < 2346 / 30  # a statement a row would be fifty times as many, with history a hundred
