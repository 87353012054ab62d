"""Good files with random damage, the same damage every time: read or refused in words, never an error of ours, never a hang."""

import datetime as dt
import io
import random
import re
import time
import zipfile

import pytest

from goldenthread.formats import limits
from goldenthread.formats.archive import open_archive
from goldenthread.formats.errors import FormatError
from goldenthread.formats.project_lists import read_project_file
from goldenthread.formats.stratml import read_stratml
from tests.formats.material import csv_of, ods_cell, ods_of, xlsx_of, zip_of

SLOWEST = 1.0
TEXTS = [
    csv_of(
        "Ref;Projekt;Budget (k€);Start;Ampel", "A-1;Alpha;1.234,5;01.02.2026;grün", "A-2;Beta;geheim;03.04.2026;rot", "Total;;1;;"
    ),
    csv_of(
        '"Project","Start, planned","Cost\r\n($ M)"',
        '"say ""hi""",05/01/2014 12:00:00 AM,1.5',
        "B,13/13/2020,(2)",
        encoding="utf-16",
    ),
    csv_of(
        "Project name,Alpha,Beta,Gamma", "Department,A,B,C", "Start date,1 Jan 2026,TBC,", "Budget,£1,£2,n/a", encoding="cp1252"
    ),
]
RESULT = "<ActualResult><NumberOfUnits>5</NumberOfUnits><StartDate>2024-01-01</StartDate></ActualResult>"
KPI = (
    f"<PerformanceIndicator><Identifier>_1</Identifier><MeasurementInstance>{RESULT}</MeasurementInstance></PerformanceIndicator>"
)
OBJECTIVE = f"<Objective><Name>More</Name><Stakeholder><Role><RoleType>Performer</RoleType></Role></Stakeholder>{KPI}</Objective>"
PLANS = [f"<StrategicPlan><StrategicPlanCore><Goal>{OBJECTIVE}</Goal></StrategicPlanCore></StrategicPlan>".encode()]
BOOKS = [
    xlsx_of(
        (
            "P",
            [
                ["Project", "Budget", "Start"],
                ["A", 5, dt.date(2026, 1, 2)],
                ["B", ("=", "#REF!"), None],
                ["Total", ("percent", 7), None],
            ],
        )
    ),
    ods_of(f'<table:table table:name="S"><table:table-row>{ods_cell("Project")}{ods_cell(5)}</table:table-row></table:table>'),
]
SCRAPS = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"#REF!",
    b"nan",
    b"1e999",
    b"-",
    b"%",
    b"\xff",
    b"\x9d",
    b"9" * 400,
    b"31/12/10000",
    b"<",
    b"</",
    b"&",
    b"<!DOCTYPE a>",
    b"Total",
    b"\xef\xbb\xbf",
    b"(((",
    b"sep=;\n",
    b" " * 300,
    b"'" * 30,
    b"a" * 3000,
    "١٢½²−".encode(),
    b"\xff\xfe",
]
VALUES = [
    b"-1",
    b"99999999999",
    b"1e999",
    b"NaN",
    b"",
    b"ZZZ99999999",
    b"A0",
    b"1A",
    b"s",
    b"e",
    b"d",
    b"str",
    b"inlineStr",
    b"b",
    b"#REF!",
    b"x" * 300,
    b"B2:A1",
    b"2958466",
    b"-5.5",
    b"1899-12-31",
    b"0%",
    b"[$x-407]",
]


def damaged(data: bytes, dice: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at, how = dice.randrange(len(broken) + 1), dice.randrange(4)
        if how == 0:
            broken[at:at] = dice.choice(SCRAPS)
        elif how == 1:
            broken[at : at + 1] = dice.choice(SCRAPS)
        elif how == 2:
            del broken[at : at + dice.randint(1, 60)]
        else:
            broken[at:at] = broken[at : at + dice.randint(1, 200)] * dice.randint(1, 4)
    return bytes(broken)


def damaged_inside(data: bytes, dice: random.Random) -> bytes:
    """Values replaced inside the parts of an archive, which stays well-formed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(dice.randint(1, 4)):
        name = dice.choice([name for name in parts if name.startswith("xl/") or name == "content.xml"])
        spots = [found.span(1) for found in re.finditer(rb'(?<==)"([^"<>]*)"|>([^<>]+)<', parts[name]) if found[1] is not None]
        first, last = dice.choice(spots)
        parts[name] = parts[name][:first] + dice.choice(VALUES) + parts[name][last:]
    return zip_of(parts)


def outcome(read, data: bytes) -> str:
    started = time.process_time()
    try:
        limits.check_upload(data)
        read(data)
        answer = "read"
    except FormatError as refusal:
        answer = refusal.message
    assert time.process_time() - started < SLOWEST
    return answer


@pytest.mark.parametrize("seed", range(4))
def test_text_and_xml(seed):
    dice = random.Random(seed)
    told = [outcome(read_project_file, damaged(dice.choice(TEXTS), dice)) for _ in range(250)]
    told += [outcome(read_stratml, damaged(dice.choice(PLANS), dice)) for _ in range(400)]
    assert 50 < told.count("read") < len(told)
    assert all(message == "read" or message.endswith(".") for message in told)


def test_the_outside_of_archives():
    dice = random.Random(5)
    for _ in range(400):
        outcome(open_archive, damaged(dice.choice(BOOKS), dice))


def test_the_inside_of_workbooks_through_the_child():
    dice = random.Random(6)
    told = [
        outcome(lambda data: limits.read_guarded("projects", data), damaged_inside(dice.choice(BOOKS), dice)) for _ in range(25)
    ]
    assert "read" in told
