"""Performance.gov taken into an office: goals as objectives, quarters as figures, one action that one undo takes back."""

import json
import time
from datetime import date

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Refused
from goldenthread.purpose.models import Kpi, Measurement, Objective, Strategy, StrategyPart, Target
from goldenthread.workspace import imports
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import kinds
from tests.formats.material import real_file
from tests.formats.test_performance_plan import record

GOALS = [
    {"goal_id": "G1", "goal_type": "APG", "goal_name": "Dry cellars everywhere", "goal_description": "In every street",
     "organization_abbreviation": "WTR", "organization_name": "Water Agency"}
]  # fmt: skip
TARGETS = [record(1, "38"), record(2, "31"), record(3, "#N/A"), record(4, "18", value_start="40")]


@pytest.fixture
def run(cast):
    def go(records, *, dry_run=False):
        data = records if isinstance(records, bytes) else json.dumps(records).encode()
        return imports.run("performance-gov", "file.json", data, by=cast.head, office=cast.office, dry_run=dry_run)

    return go


def everything():
    return [model.objects.count() for model in (Objective, Kpi, Target, Measurement, Strategy, StrategyPart)]


def test_a_dry_run_counts_and_lists_and_writes_nothing(run):
    found = run(TARGETS, dry_run=True)
    assert {key: found["counts"][key] for key in ("goals", "indicators", "targets", "actuals")} == {
        "goals": 1, "indicators": 1, "targets": 1, "actuals": 3,
    }  # fmt: skip
    assert {"place": "record 3 > value_current", "what": "spreadsheet error", "text": "#N/A"} in found["not_understood"]
    assert everything() == [0] * 6


def test_goals_then_targets_make_one_objective_with_its_figures(run):
    run(GOALS)
    run(TARGETS)
    objective = Objective.objects.get()
    assert (objective.title, objective.leadership_goal) == ("Dry cellars everywhere", "Agency priority goals of Water Agency")
    target = Target.objects.get()
    assert (target.objective, target.value, target.baseline, target.due_on) == (objective, 20.0, 40.0, date(2022, 9, 30))
    assert (target.kpi.name, target.kpi.direction, target.kpi.cadence) == ("Leaks", "FALL", "QUARTERLY")
    assert list(Measurement.objects.order_by("on").values_list("on", "value")) == [
        (date(2021, 12, 31), 38.0),
        (date(2022, 3, 31), 31.0),
        (date(2022, 9, 30), 18.0),
    ]


def test_a_missing_start_gives_no_baseline(run):
    run([record(quarter, value, value_start="") for quarter, value in ((1, "38"), (2, "31"))])
    assert (Target.objects.get().baseline, Target.objects.get().baseline_on) == (None, None)


def test_the_next_quarter_adds_its_figure_and_nothing_else(run):
    run(TARGETS[:1])
    before = everything()
    run(TARGETS[:2])
    assert everything() == [*before[:3], 2, *before[4:]]


def test_one_undo_takes_it_back(run, cast):
    run(TARGETS)
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    assert everything() == [0] * 6


def test_another_json_is_refused(run):
    with pytest.raises(Refused, match="not a list of goals"):
        run([{"a": 1}])


def test_the_wizard_knows_the_files_by_their_fields():
    likeness = {key: kind.likeness("a.json", json.dumps(TARGETS).encode()) for key, kind in kinds().items()}
    assert max(likeness, key=likeness.get) == ImportedFile.FileKind.PERFORMANCE
    assert kinds()[ImportedFile.FileKind.PERFORMANCE].likeness("a.json", b'[{"a": 1}]') == 0.0


def test_2392_figures_come_in_within_five_seconds(run):
    """Of the processor's time, so that a busy machine does not decide; a loop of one statement a row takes many times as long."""
    names = [f"Indicator {n}" for n in range(598)]
    records = [record(quarter, str(100 + quarter), indicator=name) for name in names for quarter in (1, 2, 3, 4)]
    data, started = json.dumps(records).encode(), time.process_time()
    found = run(data)
    assert found["counts"]["actuals"] == Measurement.objects.count() == 2392
    assert time.process_time() - started < 5


def test_the_real_files_come_in_whole(run, cast):
    run(real_file("us-performance-gov/goals.json"))
    found = run(real_file("us-performance-gov/targets.json"))
    assert everything()[:4] == [259, 126, 126, 314]
    assert found["problems"] == []
    undo(changeset=Changeset.objects.latest("id"), by=cast.head)
    undo(changeset=Changeset.objects.filter(title="Import file.json").earliest("id"), by=cast.head)
    assert everything() == [0] * 6
