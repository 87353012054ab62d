"""A plan brought in leaves nothing out without a word: what became rows and what was said to be left out make up the file."""

from datetime import date, timedelta

import pytest

from goldenthread.formats.limits import read_guarded
from goldenthread.purpose.actions.strategies import add_strategy
from goldenthread.purpose.actions.strategy_losses import losses
from goldenthread.purpose.mapping.aims import aims_of
from goldenthread.purpose.models import Strategy, StrategyPart
from tests.formats.material import real_file

TODAY = date(2026, 11, 23)


def result(kind: str, number: object, day: object, words: str = "") -> str:
    return f"<{kind}><NumberOfUnits>{number}</NumberOfUnits><EndDate>{day}</EndDate><Description>{words}</Description></{kind}>"


RESULTS = [
    result("TargetResult", 5, "2027-06-30"),
    result("TargetResult", 6, "2027-06-30"),
    result("ActualResult", 9, "2026-01-31"),
    result("ActualResult", 8, "2026-01-31", "counted again"),
    result("ActualResult", 7, ""),
    result("ActualResult", "", "2026-02-28", "a good month"),
    result("ActualResult", 3, TODAY + timedelta(days=1)),
]
PLAN = f"""<?xml version="1.0"?><PerformancePlanOrReport><Name>P</Name><StrategicPlanCore>
<Organization><Name>Works</Name><Stakeholder><Name>All</Name></Stakeholder></Organization>
<Goal><Name>Water for all people</Name><Description>Everywhere.</Description><OtherInformation>See annex.</OtherInformation>
<Objective><Name>Fewer leaks in the east</Name><Identifier>_1</Identifier><PerformanceIndicator>
<MeasurementDimension>Leaks</MeasurementDimension><MeasurementInstance>{"".join(RESULTS)}</MeasurementInstance>
</PerformanceIndicator></Objective>
<Objective><Name>Fewer leaks in the west</Name><Identifier>_1</Identifier></Objective></Goal>
</StrategicPlanCore></PerformancePlanOrReport>""".encode()


def messages(field: str) -> list[str]:
    return [message for _, name, message in losses(read_guarded("stratml", PLAN), TODAY) if name == field]


def test_every_figure_that_becomes_no_row_is_named_with_its_line():
    said = [loss for loss in losses(read_guarded("stratml", PLAN), TODAY) if loss[1] in ("ActualResult", "TargetResult")]
    assert all(", line " in place for place, _, _ in said)
    reasons = [message for _, name, message in said if name == "ActualResult"]
    for word in ("same day", "no date", "no number", "a day to come"):
        assert sum(word in reason for reason in reasons) == 1, word
    assert len(reasons) == 4
    assert len(messages("TargetResult")) == 1


def test_what_becomes_no_objective_of_its_own_is_named():
    assert any("in the west" in message for message in messages("Identifier"))


def test_words_that_become_no_row_are_kept_as_they_stand(cast):
    plan = read_guarded("stratml", PLAN)
    add_strategy(office=cast.office, aims=aims_of(plan), by=cast.head, title="Import", plan=plan, file_name="p.xml")
    said = repr([*Strategy.objects.values_list("said"), *StrategyPart.objects.values_list("said", "goal")])
    for word in ("Everywhere.", "See annex.", "counted again", "a good month", "All", "Fewer leaks in the west"):
        assert repr(word) in said


def test_of_two_figures_of_one_day_the_later_in_the_file_is_kept():
    (aim,) = aims_of(read_guarded("stratml", PLAN))
    assert dict(aim.indicators[0].figures)[date(2026, 1, 31)] == 8


@pytest.mark.parametrize("name", ["SMLC2023.xml", "OECD.AI.xml"])
def test_rows_and_losses_of_a_real_plan_make_up_the_file(cast, name):
    plan = read_guarded("stratml", real_file(f"stratml/{name}"))
    added = add_strategy(office=cast.office, aims=aims_of(plan), by=cast.head, title="Import")
    named = [field for _, field, _ in losses(plan, date.today())]
    assert added.measurements + named.count("ActualResult") == plan.counts()["actuals"]
    assert added.targets + named.count("TargetResult") == plan.counts()["targets"]
