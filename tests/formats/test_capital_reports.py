import csv
import datetime as dt
import io

import pytest

from goldenthread.formats.bad_cells import counted
from goldenthread.formats.capital_reports import COLUMNS, read_capital
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import read_guarded
from tests.formats.material import csv_of, real_file

HEAD = ",".join([*COLUMNS.values(), "Total Schedule Changes"])
ROW = "05/01/2014 12:00:00 AM,3,Weir,Water,DEP,Design,09/23/2013,182980960,01/14/2020,270"


def read(*rows):
    return read_capital(csv_of(HEAD, *rows))


def test_a_report_is_read_month_first_and_the_totals_are_not():
    (found,) = read(ROW).reports
    assert (found.reported_on, found.completion) == (dt.date(2014, 5, 1), dt.date(2020, 1, 14))
    assert (found.project, found.phase, found.budget) == ("3", "Design", 182_980_960)
    assert 270 not in [getattr(found, name) for name in found.__slots__]


@pytest.mark.parametrize(
    ("old", "new", "said", "kept"),
    [
        ("01/14/2020", "", "Forecast Completion: missing", 1),
        ("01/14/2020", "#REF!", "Forecast Completion: no date", 1),
        ("01/14/2020", "when the tunnel is dry", "Forecast Completion: no date", 1),
        ("01/14/2020", "01/14/2014", "Forecast Completion: before its own report", 1),
        ("182980960", "", "Budget Forecast: missing", 1),
        ("182980960", "0", "Budget Forecast: no amount", 1),
        ("182980960", "-5", "Budget Forecast: no amount", 1),
        (",Design,", ",,", "Current Phase: missing", 1),
        (",3,", ",,", "PID: missing", 0),
        ("05/01/2014 12:00:00 AM", "spring", "Date Reported As Of: no date", 0),
    ],
)
def test_a_cell_that_is_not_right_is_listed_with_its_line(old, new, said, kept):
    found = read(ROW.replace(",3,", ",4,"), ROW.replace(old, new))
    assert counted(found.bad_cells) == {said: 1}
    assert found.bad_cells[0].place == "line 3"
    assert len(found.reports) == 1 + kept


def test_a_project_reported_twice_on_one_day_counts_once():
    found = read(ROW, ROW)
    assert counted(found.bad_cells) == {"project stands there twice in one report": 1}
    assert len(found.reports) == 1


def test_a_file_without_its_columns_is_refused():
    with pytest.raises(FormatError, match="Current Phase"):
        read_guarded("capital-reports", csv_of(HEAD.replace("Current Phase", "Stage"), ROW))


def test_the_real_file_is_whole():
    found = read_guarded("capital-reports", real_file("nyc-capital/capital_projects.csv"))
    rows = list(csv.DictReader(io.StringIO(real_file("nyc-capital/capital_projects.csv").decode("utf-8-sig"))))
    assert len(found.reports) == len(rows) == 1_032
    assert len({report.project for report in found.reports}) == 182
    assert len({report.reported_on for report in found.reports}) == 15
    for name in ("Design Start", "Forecast Completion", "Budget Forecast", "Current Phase"):
        assert counted(found.bad_cells)[f"{name}: missing"] == sum(not row[name] for row in rows)
    assert sum(report.budget is not None for report in found.reports) == sum(
        float(row["Budget Forecast"] or 0) > 0 for row in rows
    )
