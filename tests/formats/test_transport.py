"""What a child process hands over is rebuilt exactly, and nothing but this room's own plain data is ever built."""

import datetime as dt
import json
import tracemalloc
from decimal import Decimal

import pytest

from goldenthread.formats import limits, transport
from goldenthread.formats.project_lists import ProjectOptions, read_project_file
from goldenthread.formats.tables import ColumnSettings, Settings, detect
from goldenthread.formats.workbook import read_workbook
from tests.formats.material import csv_of, xlsx_of

DATA = csv_of("Ref,Project,Start,Budget", "P1,Älpha 🟢,13/01/2026,£1.50", "P2,Beta,withheld,£2", "P3,Gamma,14/01/2026,£3")


@pytest.mark.parametrize(
    "result",
    [
        detect(DATA),
        read_workbook(DATA),
        read_project_file(DATA),
        None,
        (1, 2.5, "x"),
        {"a": dt.datetime(2026, 1, 2, 3)},
        Decimal("1.10"),
    ],
)
def test_results_come_back_equal(result):
    assert transport.unpack(transport.pack(result)) == result


def test_packing_holds_little_beside_what_it_packs():
    """An encoder that is given everything at once keeps every number and name of it as a piece of text of its own."""
    rows = tuple(tuple(float(number) for number in range(30)) for _ in range(2_000))
    tracemalloc.start()
    packed = transport.pack({"result": (rows,)})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert transport.unpack(packed) == {"result": (rows,)}
    assert peak < 2 * len(packed)


def test_through_a_child_is_the_same_as_here():
    data = xlsx_of(("P", [["Ref", "Project", "Start", "Budget"], ["P1", "A", dt.date(2026, 1, 2), 5], ["P2", "B", None, 6.5]]))
    options = ProjectOptions(Settings(columns={"3": ColumnSettings(kind="money", power=3)}))
    through, cost = limits.read_measured("projects", data, options)
    assert through == read_project_file(data, options)
    assert [project.budget for project in through.projects.projects] == [5000, 6500]
    assert cost.in_child
    assert 0 < cost.peak_bytes < limits.MEMORY_BYTES


def test_small_text_is_read_without_a_child():
    assert limits.read_measured("table", DATA)[1].in_child is False


@pytest.mark.parametrize(
    "tag",
    [
        "os:system",
        "subprocess:Popen",
        "tables:detect",
        "..os:system",
        "limits:READERS",
        "workbook:calamine",
        "tables:__builtins__",
    ],
)
def test_nothing_else_is_built(tag):
    with pytest.raises((ValueError, ImportError)):
        transport.unpack(json.dumps({"$c": tag, "v": ["echo"]}).encode())


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("GT_SECRET_KEY", "hush")
    assert "GT_SECRET_KEY" not in limits._PASSED_ON
    assert limits.read_guarded("workbook", xlsx_of(("P", [["a"], [1]]))).kind == "xlsx"


def test_what_cannot_be_carried_is_an_error_here():
    with pytest.raises(TypeError):
        transport.pack(object())
