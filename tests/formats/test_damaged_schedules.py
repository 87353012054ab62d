"""Schedules with random damage, random tables read back, and packed files: read or refused in words, never an error of ours."""

import gzip
import os
import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from goldenthread.formats import schedule_kind, transport
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded, read_measured
from goldenthread.formats.schedule_kind import unpacked
from goldenthread.formats.schedule_reader import read_schedule
from goldenthread.formats.schedule_summary import summary
from goldenthread.formats.xer_tables import read_tables
from tests.formats.schedules import WEIR, activity, harbour, mspdi, task, xer

FILES = {"mspdi": WEIR, "xer": xer(harbour())}
SCRAPS = [
    b"\t",
    b"\r\n",
    b"%R\t",
    b"%T\t",
    b"<",
    b"</Task>",
    b"0",
    b"-",
    b"9" * 30,
    b"\xff",
    b"\x7f",
    b"(",
    b")",
    b"&#0;",
    b"\0",
    b"||",
    b"e99",
]
RUNS = int(os.environ.get("SCHEDULE_FUZZ_RUNS") or 0)  # 0: as many as go into SECONDS of a processor, a minute for both readers
SECONDS, FEWEST = 30, 2_000


VALUES = [
    b"-1",
    b"PT-8H",
    b"-PT99999999999H0M0S",
    b"9" * 40,
    b"1e308",
    b"NaN",
    b"10000-01-01T00:00:00",
    b"0000-00-00",
    b"2027-02-30 08:00",
]
VALUES += [
    b"24:00:00",
    b"99:99",
    b"",
    b" ",
    "\u0664\u00b2".encode(),
    b"Y",
    b"-65535",
    b"(0||CalendarData()())",
    b"1,5",
    b"0x10",
    b"2027-03-01T08:00:00Z",
]


def wrong_value(data: bytes, chance: random.Random) -> bytes:
    """Up to ten values replaced, the rest of the file left whole."""
    for _ in range(chance.randint(1, 10)):
        places = list(re.finditer(rb">[^<>]*<|\t[^\t\r\n]*(?=\t|\r)", data))
        place = chance.choice(places)
        edge = place[0][:1], b"<" if place[0].endswith(b"<") else b""
        data = data[: place.start()] + edge[0] + chance.choice(VALUES) + edge[1] + data[place.end() :]
    return data


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to four hurts: cut off, flipped, put in, taken out, doubled."""
    if chance.random() < 0.5:
        return wrong_value(data, chance)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(data)))
        to = min(len(data), at + chance.randint(1, 60))
        hurt = chance.randrange(12)
        if hurt == 0:
            data = data[:at]
        elif hurt < 4:
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        elif hurt < 8:
            data = data[:at] + chance.choice(SCRAPS) + data[at + chance.randrange(3) :]
        elif hurt < 10:
            data = data[:at] + data[to:]
        else:
            data = data[:to] + data[at:]
    return data


@pytest.mark.parametrize("kind", FILES)
def test_damage_is_read_or_refused_in_words(kind):
    chance = random.Random(f"{kind} {os.environ.get('SCHEDULE_FUZZ_SEED', '')}")
    read = refused = wordless = 0
    slowest = 0.0
    until = time.process_time() + SECONDS
    while read + refused < RUNS or (not RUNS and time.process_time() < until):
        data = damaged(FILES[kind], chance)
        began = time.process_time()
        try:
            told = read_schedule(data)
        except FormatError as refusal:
            wordless += not refusal.message.endswith(".")
            refused += 1
        else:
            summary(told)
            read += 1
        slowest = max(slowest, time.process_time() - began)
    print(f"{kind}: {read} read, {refused} refused, slowest {slowest * 1000:.0f} ms")
    assert read + refused >= FEWEST
    assert min(read, refused) > (read + refused) * 0.05
    assert slowest < 1.0
    assert not wordless


WORDS = some.text(some.characters(codec="utf-8", exclude_characters="\t\r\n\0\x7f", exclude_categories=("Cs",)), max_size=12)
NAMES = some.from_regex(r"[a-z]{1,6}_[a-z]{1,6}", fullmatch=True)
COLUMNS = some.lists(NAMES, min_size=1, max_size=6, unique=True)


@some.composite
def tables(draw):
    found = {}
    for name in draw(some.lists(some.from_regex(r"[A-Z]{2,9}", fullmatch=True), min_size=1, max_size=4, unique=True)):
        columns = draw(COLUMNS)
        found[name] = draw(some.lists(some.fixed_dictionaries(dict.fromkeys(columns, WORDS)), min_size=1, max_size=5))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), some.sampled_from(["utf-8-sig", "utf-16"]), some.sampled_from(["\n", "\r\n"]))
def test_any_tables_are_read_back_as_they_were_written(written, encoding, line):
    read = read_tables(xer(written, encoding=encoding, line=line)).tables
    assert {name: list(table.columns) for name, table in read.items()} == {name: list(rows[0]) for name, rows in written.items()}
    assert {name: table.rows for name, table in read.items()} == {
        name: [[row[column] for column in rows[0]] for row in rows] for name, rows in written.items()
    }


@settings(max_examples=40, deadline=None)
@given(
    some.lists(some.integers(0, 40), min_size=1, max_size=40), some.lists(some.tuples(some.integers(0, 45), some.integers(0, 45)))
)
def test_any_outline_and_any_links_keep_every_activity(parents, links):
    """WBS rows under any others, themselves included: each stands once in the outline, above what it holds."""
    made = harbour()
    made["PROJWBS"] = [
        {"wbs_id": str(key), "proj_id": "1", "parent_wbs_id": str(above), "wbs_name": "W", "wbs_short_name": "w", "seq_num": "1"}
        for key, above in enumerate(parents)
    ]
    columns = dict.fromkeys(made["TASK"][0], "")
    made["TASK"] = [{**columns, "task_id": str(key), "proj_id": "1", "wbs_id": str(key)} for key in range(len(parents))]
    made["TASKPRED"] = [
        {"task_pred_id": str(n), "task_id": str(a), "pred_task_id": str(b), "pred_type": "PR_FS"}
        for n, (a, b) in enumerate(links)
    ]
    project = read_schedule(xer(made)).projects[0]
    place = {row.id: n for n, row in enumerate(project.tasks)}
    assert len(place) == len(project.tasks) == 2 * len(parents)
    assert all(row.parent_id is None or place[row.parent_id] < place[row.id] for row in project.tasks)
    assert {(one.successor_id, one.predecessor_id) for one in project.relationships} == {
        (str(a), str(b)) for a, b in links if a != b and max(a, b) < len(parents)
    }


@pytest.mark.parametrize("kind", FILES)
def test_a_gzipped_file_reads_as_the_plain_one_and_goes_through_the_guarded_child(kind):
    plain = read_schedule(FILES[kind])
    assert read_schedule(gzip.compress(FILES[kind])) == plain
    assert transport.unpack(transport.pack(plain)) == plain
    assert read_guarded("schedule", gzip.compress(FILES[kind])) == plain


def test_a_gzip_bomb_is_stopped_at_the_limit(monkeypatch):
    monkeypatch.setattr(schedule_kind, "PLAN_BYTES", 2**20)
    with pytest.raises(FormatError, match="unpacks to more than 1 MiB"):
        unpacked(gzip.compress(b"0" * 5 * 2**20))
    with pytest.raises(FormatError, match="limit is 1 MiB"):
        unpacked(b"<" * 2 * 2**20)


def test_a_damaged_gzip_file_is_refused():
    packed = gzip.compress(WEIR)
    with pytest.raises(FormatError, match="cut short"):
        read_schedule(packed[:-20])
    with pytest.raises(FormatError, match="damaged"):
        read_schedule(packed[:20] + b"\xff" * 50 + packed[70:])
    assert unpacked(packed + packed) == WEIR + WEIR


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "binary file of Microsoft Project"),
        (b"PK\x03\x04" + b"\0" * 100, "zip archive"),
        (b"MPX,Microsoft Project", "MPX"),
        (b"%PDF-1.7", "PDF"),
        (b"name,start\nA,2027-01-01\n", "neither Microsoft Project XML nor Primavera XER"),
        (b" \r\n ", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
    ],
)
def test_other_files_are_told_apart_by_what_they_hold(data, words):
    with pytest.raises(FormatError, match=words):
        read_schedule(data)


def test_faults_in_every_row_are_named_up_to_a_hundred_and_then_counted():
    found = read_schedule(mspdi("".join(task(key, "T", Start="never") for key in range(1, 251)))).not_carried
    assert len(found) == 101
    assert sum(one.count for one in found) == 250


def test_four_thousand_activities_are_read_in_seconds():
    rows = "".join(task(key, f"Row {key}", 1, Duration="PT8H0M0S", Start="2027-03-01T08:00:00") for key in range(1, 4001))
    began = time.process_time()
    assert len(read_schedule(mspdi(rows)).projects[0].tasks) == 4000
    assert time.process_time() - began < 5


def test_elements_nested_without_end_are_refused():
    nested = b"<Project>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</Project>"
    with pytest.raises(FormatError, match="nested more than 100 deep"):
        read_schedule(nested)


@pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="takes half a minute: set LONG_TESTS=1 to run it")
def test_fifty_thousand_activities_with_links_and_assignments_go_through_the_guarded_child():
    made, chance = harbour(), random.Random(50)
    made["TASK"] = [
        activity(key, "11", f"Activity {key}", total_float_hr_cnt=f"{chance.random() * 900:.4f}", task_code=f"A{key:06}")
        for key in range(1, 50_001)
    ]
    made["TASKPRED"] = [
        {"task_pred_id": f"{key}{n}", "task_id": str(key), "pred_task_id": str(chance.randrange(1, key)), "pred_type": "PR_FS"}
        for key in range(2, 50_001)
        for n in (0, 1)
    ]
    one = made["TASKRSRC"][0]
    made["TASKRSRC"] = [
        one | {"taskrsrc_id": str(key), "task_id": str(key), "remain_qty": str(key % 80)} for key in range(1, 50_001)
    ]
    file, cost = read_measured("schedule", xer(made))
    print(f"{cost.peak_bytes / 2**20:.0f} MiB, {cost.cpu_seconds:.1f} s of processor")
    assert len([task for task in file.projects[0].tasks if not task.is_summary]) == 50_000
    assert len(file.projects[0].assignments) == 50_000
    assert cost.peak_bytes < 512 * 2**20


def test_a_namespace_that_the_second_pass_could_not_split_is_refused_by_the_first():
    with pytest.raises(FormatError, match="The XML is broken"):
        read_schedule(WEIR.replace(b"microsoft.com/project", b"microsoft.com/p}oject"))
