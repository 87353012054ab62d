"""The benchmarks: `./gt bench` runs them and writes their table into docs/performance.md.

Ratios are taken in turns within one run, so that a busy machine slows both sides. The large organisation is loaded once into
.gt/bench (`--fresh` loads it anew); `--quick` visits each page four times only; `--dry-run` prints the table without writing it;
`history` measures the forecasts from history alone, and writes nothing; `engine` the planning engine and `versions` the versions
of a large plan, each into a table of its own.
"""

import gzip
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".gt" / "bench"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
ENGINE_BEGIN, ENGINE_END = "<!-- engine: begin -->", "<!-- engine: end -->"
VERSIONS_BEGIN, VERSIONS_END = "<!-- versions: begin -->", "<!-- versions: end -->"
PAGES = {
    "Today": "/",
    "Map": "/map",
    "Objectives": "/objectives",
    "Plan": "/plan",
    "Gaps": "/gaps",
    "Projects, 200 rows": "/projects?size=200",
}
VISITS, QUICK_VISITS = 15, 4
ITEMS = 40  # different item pages that are asked beside Redmine's
Row = tuple[str, str, str]


def set_up(*, fresh: bool) -> dict[str, Any]:
    """Start Django on the folder of the benchmarks and load the large organisation unless it is there."""
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    given = {"GT_DATA_DIR": str(FOLDER), "GT_DATABASE_URL": "", "GT_HOSTS": "testserver,127.0.0.1", "GT_WORKER": "off"}
    os.environ.update(given, DJANGO_SETTINGS_MODULE="goldenthread.config.settings")
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    import django

    django.setup()
    from django.core.management import call_command

    from goldenthread.config.demonstration import scale
    from goldenthread.kit.worker import measure_tables

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    loaded = scale.load()
    measure_tables()  # as the worker does each minute
    return loaded


def forecast_rows() -> list[Row]:
    from tests.engine import oracle_forecast

    found = oracle_forecast.measure()
    worst = found["largest difference"]
    return [
        ("Forecast, 10,000 runs, with every leave-one-out effect", f"{found['product']:.2f} s", "under 2 s"),
        ("The same in a plain Python loop", f"{found['loop']:.0f} s", ""),
        ("Ratio", f"{found['ratio']:.0f} ×, answers differ by at most {worst:.1e}", "at least 50 ×"),
    ]


def outlook_rows() -> list[Row]:
    from tests.bench import outlook

    return outlook.rows(FOLDER / "peers")


def table_rows() -> list[Row]:
    from tests.bench import table

    found = table.measure()
    return [
        ("Table of 200 rows, our components", f"{found['ours']:.1f} ms", ""),
        ("The same in Django’s template language", f"{found['theirs']:.1f} ms", ""),
        ("Ratio", f"{found['ratio']:.1f} ×", "at least 2 ×"),
    ]


def version_rows() -> list[Row]:
    from tests.bench import versions

    found = versions.measure()
    changed = f"{found['changed']:,} of 50,000 activities changed"
    own = f"{found['own page'] * 1000:.0f} ms; {found['own statements']} statements; {found['own bytes'] / 1024:.0f} KB"
    return [
        ("Propose a version of 50,000 activities", f"{found['propose']:.2f} s", "under 5 s"),
        ("Approve it", f"{found['approve']:.2f} s", "under 5 s"),
        (f"Compare two versions, {changed}, with owners and causes", f"{found['read'] + found['causes']:.2f} s", "under 2 s"),
        ("Their tables alone", f"{found['compare'] * 1000:.1f} ms, {found['cells']:,} cells differ", ""),
        ("The same, row by row over objects", f"{found['naive'] * 1000:.0f} ms, the same cells", ""),
        ("Ratio", f"{found['naive'] / found['compare']:.0f} ×", "at least 20 ×"),
        ("Page of what changes for one person in it", own, "at most 8 statements"),
    ]


def help_rows() -> list[Row]:
    """Best of five by the clock, and the processor time of one: what the command needs, whatever runs beside it."""
    words = [str(Path(sys.executable).with_name("goldenthread")), "--help"]
    taken = []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begun)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(taken)
    return [("`goldenthread --help`", f"{processor:.2f} s of processor time, {min(taken):.2f} s by the clock", "under 0.3 s")]


def page_rows(visits: int) -> list[Row]:
    """Pages of the large organisation through Django's client, visited in turns, database and rendering included."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from goldenthread.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email="head@scale.example.org"))
    taken: dict[str, list[float]] = {name: [] for name in PAGES}
    sizes, asked = {}, {}
    for visit in range(visits + 1):
        for name, address in PAGES.items():
            with CaptureQueriesContext(connection) as seen:
                begun = time.perf_counter()
                answer = client.get(address)
                spent = (time.perf_counter() - begun) * 1000
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
            if visit:  # the first visit fills what lives as long as the server
                taken[name].append(spent)
            sizes[name], asked[name] = (len(answer.content), len(gzip.compress(answer.content))), len(seen)
    return [(f"{name}, large organisation", _told(taken[name], asked[name], *sizes[name]), "") for name in PAGES]


def _told(times: list[float], statements: int, size: int, packed: int) -> str:
    ends = f"{statistics.median(times):.0f} ms p50, {statistics.quantiles(times, n=20)[-1]:.0f} ms p95"
    return f"{ends}; {statements} statements; {size / 1024:.0f} KB, {packed / 1024:.0f} KB compressed"


def asset_rows() -> list[Row]:
    """Weight of what the browser fetches beside a page, compressed."""
    found = []
    for name, limit in (("app.js", "at most 40 KB"), ("app.css", "at most 20 KB")):
        path = next(iter(sorted((FOLDER / "static").rglob(name))), None)
        if path is not None:
            found.append((f"`{name}`, compressed", f"{len(gzip.compress(path.read_bytes())) / 1024:.1f} KB", limit))
    return found


def redmine_rows() -> list[Row]:
    """List and item pages beside Redmine's with as many rows; a plain word where it is not installed."""
    from django.test import Client

    from goldenthread.accounts.models import User
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.plan.models import Step
    from goldenthread.projects.models import Project
    from goldenthread.purpose.models import Objective
    from tests.bench import redmine

    if not redmine.is_installed():
        return [("Pages against Redmine", "not compared: Redmine is not installed on this machine", "")]
    user = User.objects.select_related("person__organisation").get(email="head@scale.example.org")
    with organisation_scope(user.person.organisation):
        steps, projects, objectives = (
            [*model.objects.values_list("pk", flat=True)[:ITEMS]] for model in (Step, Project, Objective)
        )
    client = Client()
    client.force_login(user)
    issues = [f"/issues/{250 * n + 7}" for n in range(ITEMS)]
    found = redmine.measure(
        FOLDER / "redmine",
        {
            "list of 200 projects": (["/projects?size=200"], ["/projects"]),
            "200 rows of the plan, 200 issues": (["/plan"], ["/issues?per_page=200&set_filter=1"]),
            "60 objectives, 100 issues": (["/objectives"], ["/issues?per_page=100&set_filter=1"]),
            "a step, an issue": ([f"/plan/steps/{pk}" for pk in steps], issues),
            "a project, an issue": ([f"/projects/{pk}" for pk in projects], issues),
            "an objective, an issue": ([f"/objectives/{pk}" for pk in objectives], issues),
        },
        {name: morsel.value for name, morsel in client.cookies.items()},
    )
    return [(f"Beside Redmine: {name}", redmine.told(figures), _wanted(name)) for name, figures in found.items()]


def _wanted(name: str) -> str:
    return f"p95 at most a {'fifth' if name.startswith(('a ', 'an ')) else 'quarter'}"


def written(rows: list[Row], loaded: dict[str, Any]) -> str:
    """The block of the page."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    about = (
        f"Measured on {date.today().isoformat()} by `./gt bench` on {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {busy:.1f} at the end. The large organisation (`demo --scale`): {loaded['projects']} projects, "
        f"{loaded['activities']:,} activities, {loaded['targets']} targets, {loaded['contributions']:,} contributions, "
        f"{loaded['people']} people."
    )
    return _block(BEGIN, about, rows, END)


def engine_written(rows: list[Row]) -> str:
    """The block of the planning engine."""
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    about = (
        f"Measured on {date.today().isoformat()} by `./gt bench engine` on {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, load {busy:.1f} at the end: seeded networks with 2.3 relationships a task, every run in a "
        "process of its own, in turns, best of each. A figure with × says how many times as long a peer took as our engine; it "
        "counts only where the peer’s finish, and its mean float where it tells one, are ours."
    )
    return _block(ENGINE_BEGIN, about, rows, ENGINE_END)


def versions_written(rows: list[Row]) -> str:
    """The block of the versions of a large plan."""
    about = f"Versions of a plan of 50,000 activities, measured on {date.today().isoformat()} by `./gt bench versions`."
    return _block(VERSIONS_BEGIN, about, rows, VERSIONS_END)


def _block(begin: str, about: str, rows: list[Row], end: str) -> str:
    table = [f"| {what} | {figure} | {wanted} |" for what, figure, wanted in rows]
    return "\n".join([begin, "", about, "", "| what | measured | wanted |", "|---|---|---|", *table, "", end])


def put(block: str, begin: str = BEGIN, end: str = END) -> None:
    """Into the page, between its markers; the rest of the page stays."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
    if begin not in text:
        text += f"\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(before + block + after, encoding="utf-8")


def main(words: list[str]) -> None:
    """Measure, print, write."""
    if "history" in words:
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        print("\n".join(": ".join(row[:2]) for row in outlook_rows()))
        return
    if "engine" in words:
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        from tests.bench import schedules

        block = engine_written(schedules.rows(FOLDER / "peers"))
        print(block)
        if "--dry-run" not in words:
            put(block, ENGINE_BEGIN, ENGINE_END)
        return
    loaded = set_up(fresh="--fresh" in words)
    if "versions" in words:
        block = versions_written(version_rows())
        print(block)
        if "--dry-run" not in words:
            put(block, VERSIONS_BEGIN, VERSIONS_END)
        return
    rows: list[Row] = []
    visits = QUICK_VISITS if "--quick" in words else VISITS
    parts = (
        table_rows,
        help_rows,
        lambda: page_rows(visits),
        asset_rows,
        forecast_rows,
        outlook_rows,
        redmine_rows,
    )
    for measured in parts:
        found = measured()
        rows += found
        for what, figure, _ in found:
            print(f"{what}: {figure}", file=sys.stderr, flush=True)
    block = written(rows, loaded)
    print(block)
    if "--dry-run" not in words:
        put(block)


if __name__ == "__main__":
    main(sys.argv[1:])
