"""The commands that hold the forecasts against published figures: their JSON, their tables, what they refuse."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from goldenthread.config import backtesting
from goldenthread.kit.errors import Refused
from tests import product
from tests.evidence.published import agencies, capital, goals, reports, targets


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "goals.json").write_bytes(goals(8))
    (tmp_path / "targets.json").write_bytes(
        targets([*agencies(), {**agencies()[0], "value_current": "#N/A", "indicator": "Odd"}])
    )
    (tmp_path / "capital.csv").write_bytes(capital(reports()))
    return tmp_path


def test_a_year_of_targets_is_told_as_one_document(files: Path):
    told = product.must(files / "data", "backtest", "performance-gov", str(files / "goals.json"), str(files / "targets.json"))
    assert {"n", "excluded", "brier", "log_loss", "baselines", "skill", "skill_interval", "reliability"} <= set(told)
    assert list(told["baselines"]) == ["base_rate", "pace", "pace_buckets", "at_target"]
    assert all("brier" in rule for rule in told["baselines"].values())
    assert told["baselines"]["pace"]["log_loss"] is None, "a rule that is certain and wrong"
    assert told["skill"] == pytest.approx(1 - told["brier"] / told["baselines"]["base_rate"]["brier"])
    assert told["skill_interval"][0] < told["skill"] < told["skill_interval"][1]
    assert sum(row["n"] for row in told["reliability"]) == told["n"]
    assert told["malformed"]["counts"]["value_current: spreadsheet error"] == 1
    assert sum(told["malformed"]["counts"].values()) == len(told["malformed"]["cells"])
    assert not (files / "data" / "golden-thread.sqlite3").exists()


def test_capital_projects_are_told_as_one_document(files: Path, capsys: pytest.CaptureFixture[str]):
    backtesting.capital(str(files / "capital.csv"), json=True)
    told = json.loads(capsys.readouterr().out)
    for name in ("slip_1y", "slip_2y", "budget_1y"):
        assert {"n", "projects", "crps", "official", "official_spread", "skill", "interval", "cover80"} <= set(told[name])
    slip = told["slip_1y"]
    assert slip["skill"] == pytest.approx(1 - slip["crps"] / slip["official"])
    assert slip["interval"][0] < slip["skill"] < slip["interval"][1]
    assert told["budget_1y"]["official"] == 0.0, "no planted budget ever changes"


def test_people_get_tables(files: Path, capsys: pytest.CaptureFixture[str]):
    backtesting.performance_gov(str(files / "goals.json"), str(files / "targets.json"), json=False)
    said = capsys.readouterr().out
    assert "at its target already, in two buckets" in said
    assert "chance said" in said
    backtesting.capital(str(files / "capital.csv"), json=False)
    said = capsys.readouterr().out
    assert "slip by the third next report" in said
    assert "-0%" not in said


@pytest.mark.parametrize(
    ("command", "names", "said"),
    [
        (backtesting.performance_gov, ("targets.json", "goals.json"), "the wrong way round"),
        (backtesting.performance_gov, ("goals.json", "none.json"), "none.json cannot be read"),
        (backtesting.performance_gov, ("goals.json", "one.json"), "No two agencies"),
        (backtesting.capital, ("goals.json",), "Date Reported As Of"),
        (backtesting.capital, ("few.csv",), "often enough"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(files: Path, command, names: tuple[str, ...], said: str):
    (files / "one.json").write_bytes(targets(agencies(count=1)))
    (files / "few.csv").write_bytes(capital(reports(projects=2)))
    with pytest.raises(Refused, match=said):
        command(*(str(files / name) for name in names), json=True)


def test_the_plot_has_a_dot_for_every_row_of_the_table(files: Path, capsys: pytest.CaptureFixture[str]):
    given = (str(files / "goals.json"), str(files / "targets.json"))
    backtesting.performance_gov(*given, json=True, plot=str(files / "targets.svg"))
    bins = json.loads(capsys.readouterr().out)["reliability"]
    drawn = ET.parse(files / "targets.svg").getroot().iter("{http://www.w3.org/2000/svg}circle")
    assert len(list(drawn)) == len(bins) + 1, "and one in the key"
    backtesting.capital(str(files / "capital.csv"), json=False, plot=str(files / "dates.svg"))
    drawn = ET.parse(files / "dates.svg").getroot().iter("{http://www.w3.org/2000/svg}circle")
    assert len(list(drawn)) == 2 * 9 + 2
    with pytest.raises(Refused, match="cannot be written"):
        backtesting.capital(str(files / "capital.csv"), json=False, plot=str(files / "none" / "dates.svg"))


def test_a_refusal_ends_with_code_1_and_no_trace(files: Path):
    done = product.run(files / "data", "backtest", "capital", str(files / "goals.json"))
    assert (done.code, "Traceback" in done.err, "no column" in done.err) == (1, False, True)
