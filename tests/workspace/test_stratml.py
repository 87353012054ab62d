"""StratML taken in as drafts: what becomes an objective, a KPI, a target, a figure; what is not understood; twice is once."""

from datetime import date
from pathlib import Path

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Role
from goldenthread.purpose.models import Kpi, Measurement, Objective, Target
from goldenthread.workspace import imports

DATA = Path(__file__).parents[2] / "../shared/data/stratml"
needs_files = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data/stratml with real plans is not here")
PLAN = b"""<?xml version="1.0" encoding="UTF-8"?>
<PerformancePlanOrReport xmlns="http://www.stratml.net/PerformancePlanOrReport" Type="Performance_Report">
<Name>Plan of the works</Name><StrategicPlanCore>
<Organization><Name>Aldermere Water</Name></Organization>
<Goal><Name>Water that stays in the pipes</Name><Identifier>g1</Identifier>
 <Objective><Name>Leaks</Name><Description>Lose less water on the way to the customer</Description><Identifier>o1</Identifier>
  <PerformanceIndicator><MeasurementDimension>Share of water lost</MeasurementDimension><UnitOfMeasurement>%</UnitOfMeasurement>
   <Identifier>i1</Identifier>
   <MeasurementInstance>
    <TargetResult><NumberOfUnits>15</NumberOfUnits><StartDate>2027-01-01</StartDate><EndDate>2027-12-31</EndDate></TargetResult>
    <ActualResult><NumberOfUnits>22.5</NumberOfUnits><StartDate>2025-01-01</StartDate><EndDate>2025-12-31</EndDate></ActualResult>
    <ActualResult><NumberOfUnits>#N/A</NumberOfUnits><EndDate>2024-12-31</EndDate></ActualResult>
   </MeasurementInstance></PerformanceIndicator></Objective></Goal>
<Goal><Name>A goal that stands alone</Name><Identifier>g2</Identifier></Goal>
<Surprise>What is this?</Surprise>
</StrategicPlanCore></PerformancePlanOrReport>"""


@pytest.fixture
def run(cast):
    """Take a file in, as the head of PMO unless said otherwise."""

    def go(data=PLAN, *, by=None, dry_run=False, name="plan.xml"):
        return imports.run("stratml", name, data, by=by or cast.head, office=cast.office, dry_run=dry_run)

    return go


def test_a_dry_run_counts_and_lists_what_is_not_understood(run):
    found = run(dry_run=True)
    assert found["counts"]["objectives"] == 1
    assert (found["counts"]["goals"], found["counts"]["indicators"], found["counts"]["actuals"]) == (2, 1, 2)
    assert any("Surprise" in entry["place"] + entry["what"] for entry in found["not_understood"])
    assert not Objective.objects.exists()


def test_a_share_of_which_the_file_holds_more_than_all_gets_no_limits(run):
    run(data=PLAN.replace(b">15<", b">115<"))
    assert (Kpi.objects.get().floor, Kpi.objects.get().ceiling) == (None, None)


def test_objectives_are_drafts_with_their_figures(run):
    run()
    leaks = Objective.objects.get(source_key="o1")
    assert (leaks.title, leaks.state) == ("Leaks: Lose less water on the way to the customer", "DRAFT")
    assert leaks.leadership_goal == "Water that stays in the pipes"
    kpi = Kpi.objects.get()
    assert (kpi.name, kpi.unit, kpi.direction) == ("Share of water lost", "%", "FALL")
    assert (kpi.floor, kpi.ceiling) == (0, 100)
    target = Target.objects.get()
    assert (target.value, target.due_on, target.baseline, target.baseline_on) == (
        15.0,
        date(2027, 12, 31),
        22.5,
        date(2025, 12, 31),
    )
    assert list(Measurement.objects.values_list("on", "value")) == [(date(2025, 12, 31), 22.5)]
    assert Objective.objects.get(source_key="g2").title == "A goal that stands alone"


def test_taken_in_twice_it_is_there_once_and_a_new_figure_is_added(run):
    run()
    run()
    later = PLAN.replace(
        b"<NumberOfUnits>#N/A</NumberOfUnits><EndDate>2024-12-31", b"<NumberOfUnits>24</NumberOfUnits><EndDate>2024-12-31"
    )
    run(later)
    counts = [model.objects.count() for model in (Objective, Kpi, Target, Measurement)]
    assert counts == [2, 1, 1, 2]


def test_it_is_one_action_and_one_undo(run, cast):
    run()
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert [model.objects.count() for model in (Objective, Kpi, Target)] == [0, 0, 0]
    assert not Measurement.objects.filter(withdrawn_at__isnull=True).exists()


def test_who_may_not_edit_objectives_takes_no_strategy_in(run, cast):
    for role in (Role.PROJECT_ADMINISTRATOR, Role.PORTFOLIO_MANAGER):
        with pytest.raises(Forbidden):
            run(by=cast.people[role])
    assert not Objective.objects.exists()


@pytest.mark.parametrize(
    "data",
    [PLAN[:-40], PLAN.replace(b"?>", b"?><!DOCTYPE a>", 1), b"<a/>", PLAN.replace(b"Leaks", b"Le\0aks"), b"<" + b"a>" * 9],
    ids=["cut", "doctype", "other", "nul", "deep"],
)
def test_what_is_no_stratml_is_refused_with_its_place(run, data):
    with pytest.raises(Refused) as refusal:
        run(data)
    assert refusal.value.message
    assert not Objective.objects.exists()


@needs_files
def test_the_real_plans_come_in_whole(run, cast):
    wanted = {
        "HHIOP20200304.xml": {"goals": 41, "objectives": 386, "stakeholders": 522},
        "SMLC2023.xml": {"indicators": 21, "measurements": 22, "actuals": 77},
    }
    for name, counts in wanted.items():
        found = run((DATA / name).read_bytes(), name=name)
        assert {key: found["counts"][key] for key in counts} == counts
    assert Objective.objects.count() >= 399
    undo(changeset=Changeset.objects.filter(title="Import HHIOP20200304.xml").get(), by=cast.head)
    assert Objective.objects.count() == 13
