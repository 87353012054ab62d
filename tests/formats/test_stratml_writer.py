"""StratML written: every file keeps to the published schema, and reading it back gives an equal plan."""

import datetime as dt
import functools
import string
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from goldenthread.formats.strategy import (
    Goal,
    Indicator,
    Measurement,
    Objective,
    Organisation,
    Plan,
    Relationship,
    Result,
    Role,
    Stakeholder,
    Statement,
    Submitter,
)
from goldenthread.formats.stratml import read_stratml
from goldenthread.formats.stratml_writer import write_stratml
from tests.formats.material import DATA, real_file

SCHEMAS = {1: "StrategicPlanISOVersion20140401.xsd", 2: "PerformancePlanOrReport20160216.xsd"}
FILES = ["HHIOP20200304.xml", "OECD.AI.xml", "PMOAI.xml", "SMLC2023.xml"]
BLANKS = ["schema/blank-Performance-Plan.xml", "schema/blank-Performance-Report.xml", "schema/blank-Strategic-Plan.xml"]


@functools.cache
def schema(part: int) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(real_file(f"stratml/schema/{SCHEMAS[part]}")))


def assert_valid(data: bytes, part: int) -> None:
    judge = schema(part)
    assert judge.validate(etree.fromstring(data)), judge.error_log


def comparable(plan: Plan) -> Plan:
    """A plan as the other part of the standard can say it, where both have room for it."""
    return replace(plan, part=0)


@pytest.mark.parametrize("name", [*FILES, *BLANKS])
@pytest.mark.parametrize("part", [None, 2])
def test_a_real_plan_is_written_valid_and_read_back_equal(name, part):
    plan = read_stratml(real_file(f"stratml/{name}"))
    written = write_stratml(plan, part)
    assert written.left_out == ()
    assert_valid(written.data, part or plan.part)
    again = read_stratml(written.data)
    assert comparable(again) == comparable(plan)
    assert again.counts() == plan.counts()
    assert write_stratml(again, part).data == written.data


@pytest.mark.parametrize("name", [*FILES, *BLANKS])
def test_part_1_keeps_what_it_has_room_for_and_counts_the_rest(name):
    plan = read_stratml(real_file(f"stratml/{name}"))
    written = write_stratml(plan, 1)
    assert_valid(written.data, 1)
    before, after = plan.counts(), read_stratml(written.data).counts()
    for key in ("organisations", "stakeholders", "values", "goals", "objectives"):
        assert after[key] == before[key]
    counted = dict(written.left_out)
    assert counted.get("PerformanceIndicator", 0) == before["indicators"]
    assert counted.get("ActualResult", 0) == before["actuals"]
    assert counted.get("TargetResult", 0) == before["targets"]
    assert counted.get("Role", 0) == sum(len(one.roles) for one in plan.stakeholders())


# Plans of every shape, legal or not: what a reader can have found in a file.
letters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t<>&\"']]>?")
text = st.text(letters, max_size=12).map(str.strip)
words = text.filter(bool)
legal = st.text(string.ascii_letters, min_size=1, max_size=3)  # short, so that some stand there twice
identifier = (legal | text).filter(lambda said: "${" not in said)
day = st.none() | st.dates(dt.date(1901, 1, 1), dt.date(2199, 12, 31))
number = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False, places=4)
some = functools.partial(st.lists, max_size=2)


def tuples(of):
    return some(of).map(tuple)


def one_of_or(*names):
    return st.sampled_from(["", *names]) | text


results = st.builds(
    Result,
    number=number,
    descriptor=text,
    descriptor_value=text,
    description=text,
    start=day,
    finish=day,
    baseline=st.none() | number,
    baseline_on=day,
) | st.builds(Result, number=st.none(), text=st.just("about three dozen") | st.just("#REF!") | st.just(""), finish=day)
roles = st.builds(Role, name=text, description=text, types=tuples(st.sampled_from(["Performer", "Beneficiary"]) | words))
stakeholders = st.builds(Stakeholder, name=text, description=text, type=one_of_or("Person", "Organization"), roles=tuples(roles))
relationships = st.builds(
    Relationship, type=one_of_or("Peer_To"), identifier=identifier, referents=tuples(words), name=text, description=text
)
indicators = st.builds(
    Indicator,
    dimension=text,
    unit=text,
    identifier=identifier,
    sequence=text,
    type=one_of_or("Quantitative"),
    stage=one_of_or("Outcome"),
    other_information=text,
    direction=st.sampled_from(["", "RISE", "FALL", "BAND"]),
    measurements=tuples(st.builds(Measurement, targets=tuples(results), actuals=tuples(results))),
    relationships=tuples(relationships),
)
described = {
    "name": text,
    "description": text,
    "identifier": identifier,
    "sequence": text,
    "other_information": text,
    "stakeholders": tuples(stakeholders),
    "indicators": tuples(indicators),
}
statements = st.builds(Statement, name=text, description=text, identifier=identifier)
plans = st.builds(
    Plan,
    name=text,
    part=st.just(2),
    type=one_of_or("Strategic_Plan", "Performance_Report"),
    description=text,
    other_information=text,
    identifier=identifier,
    organisations=tuples(
        st.builds(
            Organisation, name=text, acronym=text, identifier=identifier, description=text, stakeholders=tuples(stakeholders)
        )
    ),
    vision=st.none() | statements,
    mission=st.none() | statements,
    values=tuples(statements),
    goals=tuples(st.builds(Goal, **described, objectives=tuples(st.builds(Objective, **described)))),
    start=day,
    finish=day,
    published=day,
    source=text | st.sampled_from(["https://aldermere.example/a?b=c#d", "http://[::", "ftp:// x", "%zz"]),
    submitter=st.none() | st.builds(Submitter, given_name=text, surname=text, phone=text, email=text, identifier=identifier),
)


@settings(max_examples=60, deadline=None)
@given(plan=plans)
def test_any_plan_comes_back_equal(plan):
    assert read_stratml(write_stratml(plan).data) == plan


@settings(max_examples=60, deadline=None)
@given(plan=plans, part=st.sampled_from([1, 2]))
def test_any_plan_is_valid(plan, part):
    if not (DATA / "stratml/schema").is_dir():
        pytest.skip("the published schemas are absent")
    assert_valid(write_stratml(plan, part).data, part)


def made(**fields) -> Plan:
    return Plan(name="Plan", part=2, type="Strategic_Plan", **fields)


def test_an_identifier_that_xml_does_not_take_gets_a_stand_in_and_is_known_again():
    plan = made(goals=(Goal("A", identifier="3.1 a"), Goal("B", identifier="3.1 a"), Goal("C", identifier="_ok")))
    root = etree.fromstring(write_stratml(plan).data)
    standing = [node.text for node in root.iter("{*}Identifier")]
    assert len(set(standing)) == 3
    assert standing[2] == "_ok"
    assert write_stratml(plan).data == write_stratml(plan).data
    assert [goal.identifier for goal in read_stratml(write_stratml(plan).data).goals] == ["3.1 a", "3.1 a", "_ok"]


def test_characters_that_xml_cannot_hold_do_not_break_the_file():
    plan = made(goals=(Goal("Be\0ll\x07", identifier="a\0b", description="\ud800"),))
    (goal,) = read_stratml(write_stratml(plan).data).goals
    assert (goal.name, goal.identifier) == ("Be\ufffdll\ufffd", "a\ufffdb")


def test_the_element_order_and_names_are_those_of_the_standard():
    result = Result(Decimal("1250.50"), finish=dt.date(2027, 3, 31), description="in euros")
    indicator = Indicator("Cost", "EUR", "_i", measurements=(Measurement((result,), (result,)),))
    plan = made(goals=(Goal("Save", objectives=(Objective("Spend less", "More", "_o", indicators=(indicator,)),)),))
    root = etree.fromstring(write_stratml(plan).data)
    assert root.tag == "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}PerformancePlanOrReport"
    names = [etree.QName(node).localname for node in root.iter("{*}TargetResult", "{*}NumberOfUnits", "{*}EndDate")]
    assert names == ["TargetResult", "EndDate", "NumberOfUnits", "EndDate", "NumberOfUnits"]
    assert root.findtext(".//{*}NumberOfUnits") == "1250.50"


@pytest.mark.parametrize("note", ["[1]", "{", '{"identifier": 1}', '{"identifier": "\\u0000"}', '{"name": "\\ud800"}', "{" * 900])
def test_a_note_that_is_not_ours_is_listed_and_changes_nothing(note):
    data = write_stratml(made(goals=(Goal("A", identifier="_a"),))).data
    plan = read_stratml(data.replace(b"<Goal>", b"<Goal><?goldenthread " + note.encode() + b"?>"))
    assert plan.goals[0].identifier == "_a"
    assert [miss.what for miss in plan.not_understood] == ["an unknown note"]
