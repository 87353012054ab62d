"""Forecasts from history beside a fit of each series on its own: time, and pinball loss on others' published figures.

The peer is statsmodels in an environment of its own in the folder of the benchmarks, fetched once by the installer that the
product uses; where that cannot be had, a word stands in the table. Two of its models are fitted: a random walk with drift, which
is our own model without a class, and a local level; the quicker one counts for time, the better one for loss.
"""

import json
import subprocess
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from goldenthread.engine.class_of_others import classes_of_others
from goldenthread.engine.drift import DriftOptions
from goldenthread.engine.histories import Histories
from goldenthread.engine.outlook import Asked, outlook
from goldenthread.engine.range_scores import pinball
from goldenthread.engine.reference_class import Cases, reference_class
from goldenthread.evidence.mapping import capital
from goldenthread.evidence.mapping import performance as targets
from goldenthread.evidence.queries.capital import usual_slip
from goldenthread.evidence.queries.performance import foretold
from goldenthread.formats.capital_reports import read_capital
from goldenthread.formats.performance_gov import read_targets

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "../shared/data"
PROGRAM = Path(__file__).with_name("one_by_one.py")
MODELS = ("random walk with drift", "local level")
LEVELS = tuple(i / 20 for i in range(1, 20))
COUNT, POINTS, SAMPLE = 10_000, 24, 100


def peer(folder: Path) -> Path | None:
    """The peers' Python with statsmodels, fetched at first; None where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        uv = str(ROOT / ".gt" / "boot" / "bin" / "uv")
        for words in (("venv", "--quiet", str(folder)), ("pip", "install", "--quiet", "--python", str(python), "statsmodels")):
            if subprocess.run([uv, *words], check=False, capture_output=True).returncode:
                return None
    ready = subprocess.run([str(python), "-c", "import statsmodels"], check=False, capture_output=True)
    return python if ready.returncode == 0 else None


def one_by_one(python: Path, series: list[list[float | None]], ahead: list[int], model: str) -> dict[str, Any]:
    """What the peer says of these series."""
    asked = json.dumps({"series": series, "ahead": ahead, "levels": LEVELS, "model": model})
    done = subprocess.run([str(python), str(PROGRAM)], input=asked, text=True, capture_output=True, check=True)
    return json.loads(done.stdout)


def portfolio() -> tuple[Histories, Asked, np.ndarray]:
    """10,000 targets with 24 monthly points each, and their values."""
    r = np.random.default_rng(1)
    values = 50 + np.cumsum(r.normal(0.3, 1.0, (COUNT, POINTS)), axis=1)
    days = np.tile(np.arange(POINTS) * 30.0, COUNT)
    none = np.full(COUNT, np.nan)
    histories = Histories(np.arange(COUNT + 1) * POINTS, days, values.reshape(-1))
    return histories, Asked(np.full(COUNT, 12.0), np.full(COUNT, 180.0), none, none), values


def ours(rounds: int = 5) -> float:
    """Best seconds for the whole portfolio, learning a class of as many cases included."""
    histories, asked, values = portfolio()
    cases = Cases(histories, asked.way, asked.ahead, values[:, -1] + 1.0)
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        seen = outlook(histories, asked, DriftOptions(reference=reference_class(cases)))
        seen.quantiles(LEVELS)
        seen.chance(np.full(COUNT, 62.0), np.full(COUNT, np.inf))
        taken.append(time.perf_counter() - begun)
    return min(taken)


def ours_by_the_others() -> float:
    """Seconds for the same where nobody learns from himself, the classes proven on their own past, as the product does."""
    histories, asked, values = portfolio()
    begun = time.perf_counter()
    found = classes_of_others(histories, asked.way, asked.ahead, np.arange(COUNT))
    for place, learnt in enumerate(found.classes):
        rows = np.flatnonzero(found.of == place)
        part = Histories(
            np.arange(rows.size + 1) * POINTS, np.tile(np.arange(POINTS) * 30.0, rows.size), values[rows].reshape(-1)
        )
        some = Asked(asked.way[rows], asked.ahead[rows], asked.floor[rows], asked.ceiling[rows])
        outlook(part, some, DriftOptions(reference=learnt)).quantiles(LEVELS)
    return time.perf_counter() - begun


def theirs(python: Path) -> tuple[float, str]:
    """Seconds for the portfolio by the quicker model, measured on a sample of it; and the version."""
    _, _, values = portfolio()
    found = [one_by_one(python, values[:SAMPLE].tolist(), [6] * SAMPLE, model) for model in MODELS]
    return min(f["seconds"] for f in found) * COUNT / SAMPLE, found[0]["version"]


def losses(python: Path) -> dict[str, tuple[int, float, float, int]]:
    """By data set: rows, our mean pinball loss, the better model's, and how many of its fits failed."""
    rows = list(targets.questions(read_targets((DATA / "us-performance-gov/targets.json").read_bytes())).rows)
    series = [[dict(row.figures).get(q * targets.QUARTER) for q in range(row.quarter + 1)] for row in rows]
    outcome, size = np.array([row.outcome for row in rows]), np.array([abs(row.way) for row in rows])
    ahead = [targets.LAST - row.quarter for row in rows]
    found = {"targets, parts of the way": _compared(python, foretold(rows, LEVELS)[1], series, ahead, outcome, size)}
    found["dates, days"] = _compared(python, *slips())
    return found


def slips() -> tuple[Any, list[list[float | None]], list[int], Any, Any]:
    """Every dated slip of the back-test: our quantiles, the dates told so far, reports ahead, the date that came, no scale."""
    file = read_capital((DATA / "nyc-capital/capital_projects.csv").read_bytes())
    story = capital.story(file, steps=3, what=capital.DAYS)
    reports = sorted(file.reports, key=lambda report: report.reported_on)
    names = sorted({report.project for report in file.reports})
    quantiles, series, outcome = [], [], []
    for day in np.unique(story.asked_on).tolist():
        seen = usual_slip(file, day=date.fromordinal(day))
        for i, row in enumerate(np.flatnonzero(story.asked_on == day)):
            if seen is None or not seen.known[i] or not np.isfinite(story.outcome[row]):
                continue
            told = [(r.reported_on, r.completion) for r in reports if r.project == names[story.project[row]]]
            series.append([end.toordinal() if end else None for on, end in told if on.toordinal() <= day])
            now = day + story.remaining[row]
            quantiles.append(now + seen.quantiles(LEVELS)[i])
            outcome.append(now + story.outcome[row])
    return np.array(quantiles), series, [3] * len(series), np.array(outcome), np.ones(len(series))


def _compared(
    python: Path, quantiles: Any, series: list[list[float | None]], ahead: list[int], outcome: Any, size: Any
) -> tuple[int, float, float, int]:
    def loss(some: Any) -> float:
        return float((pinball(LEVELS, some, outcome).mean(axis=1) / size).mean())

    fits = [one_by_one(python, series, ahead, model) for model in MODELS]
    best = min(fits, key=lambda fit: loss(np.array(fit["quantiles"])))
    return len(series), loss(quantiles), loss(np.array(best["quantiles"])), best["failed"]


def rows(folder: Path) -> list[tuple[str, str, str]]:
    """The rows of the table."""
    mine = ours()
    found = [("Forecast from history, 10,000 targets with 24 points", f"{mine:.2f} s", "under 5 s")]
    found.append(("The same, each drawn to the class of the others", f"{ours_by_the_others():.2f} s", "under 5 s"))
    python = peer(folder)
    if python is None:
        return [*found, ("The same, each fitted on its own by statsmodels", "not compared: it could not be fetched", "")]
    seconds, version = theirs(python)
    found += [
        (f"The same, each fitted on its own by statsmodels {version}", f"{seconds:.0f} s, from {SAMPLE} of them", ""),
        ("Ratio", f"{seconds / mine:.0f} ×", "at least 30 ×"),
    ]
    if not DATA.is_dir():
        return [*found, ("Pinball loss beside it", "not compared: the published figures are not at hand", "")]
    for name, (count, own, other, failed) in losses(python).items():
        told = f"{own:.3g} to its {other:.3g} ({failed} of its fits failed: last value taken)"
        found.append((f"Pinball loss on {count} published {name}", told, "at most its"))
    return found
