"""The `goldenthread` command: tables for people, one JSON document with --json.

Light at the start: Django and the engine are loaded by the sub-command that needs them, so that --help answers at once.
Exit codes: 0 done, 1 refused because of the input, 2 wrong usage, 3 our fault.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from goldenthread.config import plan_command, schedule_command
from goldenthread.config.options import As, Json, OfficeCode, Organisation
from goldenthread.config.options import opened as _session
from goldenthread.kit.stack import with_room

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    from goldenthread.config import running

    running.migrate()


@app.command()
def demo(
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Remove the demo organisations and everything in them.")] = False,
    scale: Annotated[bool, typer.Option("--scale", help="Add a large seeded organisation for measurements.")] = False,
    json: Json = False,
) -> None:
    """Load the demo organisations once, or clear them."""
    from goldenthread.config import demonstration

    demonstration.run(clear=clear, scale=scale, json=json)


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; GT_PORT otherwise.")] = 0,
    workers: Annotated[int, typer.Option(help="Server processes; the background worker runs in the first.")] = 1,
) -> None:
    """Serve the pages and run background work."""
    from goldenthread.config import running

    running.serve(host, port, workers)


@app.command()
def thread(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """Chance, range and coverage of every objective."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.thread(session, json=json)


@app.command()
def today(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    *,
    json: Json = False,
    organisation: Organisation = "",
    as_: As = "",
) -> None:
    """What a person should do today, in order, each with its thread."""
    from goldenthread.config import reading

    with _session(organisation, "", as_, email) as session:
        reading.today(session, email, json=json)


@app.command()
def gaps(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """Work with no line to a goal, goals with no work, people without a line."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.gaps(session, json=json)


@app.command("track-record")
def track_record(*, json: Json = False, organisation: Organisation = "", as_: As = "") -> None:
    """How good the forecasts turned out to be, from 20 closed targets on."""
    from goldenthread.config import reading

    with _session(organisation, "", as_) as session:
        reading.track_record(session, json=json)


@app.command()
def results(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """What finished work was to bring, and what the figures showed."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.results(session, json=json)


@app.command(name="lint-objective")
def lint_objective(text: Annotated[str, typer.Argument(help="The objective's text.")], *, json: Json = False) -> None:
    """What is missing for an objective to be as specific as a sales target."""
    from goldenthread.config import reading

    reading.lint_objective(text, json=json)


@app.command()
def explain(
    ref: Annotated[str, typer.Argument(help="objective:ID, target:ID, contribution:ID or supervision:ID.")],
    *,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """How a figure of the forecast came about, computed again from what went in."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.explain(session, ref, json=json)


@app.command()
def undo(
    changeset: Annotated[int, typer.Argument(help="Number of the changeset, as on the activity page.")],
    *,
    json: Json = False,
    organisation: Organisation = "",
    as_: As = "",
) -> None:
    """Undo one action."""
    from goldenthread.config import writing

    with _session(organisation, "", as_) as session:
        writing.undo(session, changeset, json=json)


imports = typer.Typer(no_args_is_help=True, help="Read files in; --dry-run changes nothing.")
Plot = Annotated[str, typer.Option("--plot", help="SVG file to draw what was said beside what happened into.")]
exports = typer.Typer(no_args_is_help=True, help="Write files out.")
backtests = typer.Typer(no_args_is_help=True, help="Hold the forecasts against figures that others published.")
app.add_typer(imports, name="import")
app.add_typer(exports, name="export")
app.add_typer(backtests, name="backtest")
app.add_typer(plan_command.app, name="plan")
app.add_typer(schedule_command.app, name="schedule")

Files = Annotated[list[str], typer.Argument(help="The files.")]


class Renamed(StrEnum):
    """What happens to a row that looks like a known project."""

    LEAVE = "leave"
    SAME = "same"
    NEW = "new"


class Gone(StrEnum):
    """What happens to a project that the list no longer holds."""

    KEEP = "keep"
    MARK = "mark"


DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")]


STRATEGIES = {
    "stratml": "Strategic plans and performance reports in StratML (ISO 17469).",
    "gitlab": "Lists of indicators in YAML, as GitLab's public handbook keeps them.",
    "performance-gov": "Goals, then targets by quarter, as Performance.gov publishes them in JSON.",
}


def _import_strategies(kind: str) -> Callable[..., None]:
    """The command that reads one kind of strategy in: they take the same options."""

    def read_in(
        files: Files,
        *,
        dry_run: DryRun = False,
        json: Json = False,
        organisation: Organisation = "",
        office: OfficeCode = "",
        as_: As = "",
    ) -> None:
        _import(kind, files, (organisation, office, as_), dry_run=dry_run, json=json)

    return read_in


for _kind, _words in STRATEGIES.items():
    imports.command(name=_kind, help=_words)(_import_strategies(_kind))


@imports.command(name="projects")
def import_projects(
    files: Files,
    *,
    renamed: Annotated[Renamed, typer.Option(help="Rows that look like a known project under another name.")] = Renamed.LEAVE,
    gone: Annotated[Gone, typer.Option(help="Projects of the last list that this one does not hold.")] = Gone.KEEP,
    as_of: Annotated[str, typer.Option(help="Of which day the list is (2027-03-31); else as the file says, else today.")] = "",
    dry_run: DryRun = False,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """Project lists from CSV, XLSX or ODS; what the wizard would ask is left as it is and named."""
    decided = {"same": renamed.value, "gone": gone.value, "as_of": as_of}
    _import("projects", files, (organisation, office, as_), dry_run=dry_run, json=json, decided=decided)


@imports.command(name="schedule")
def import_schedule(
    file: Annotated[
        str, typer.Argument(help="The plan: Microsoft Project (.mpp, XML), Primavera (XER, PMXML), GanttProject and more.")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it holds and change nothing; needs no database.")] = False,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """Project schedules: read, counted and stored as the page does; a known one is brought up to date by the ids of its rows."""
    from goldenthread.config import schedule_files

    if dry_run:
        schedule_files.look_at_schedule(file, json=json)
        return
    with _session(organisation, office, as_) as session:
        schedule_files.import_schedule(session, file, json=json)


@imports.command(name="csv")
def import_csv(
    files: Files,
    *,
    noun: Annotated[str, typer.Option(help="objectives, kpis, targets, measurements, steps, contributions or people.")] = "",
    dry_run: DryRun = False,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """Tables of records, as exported: a row with an id changes what is there, a row without one adds."""
    _import("csv", files, (organisation, office, as_), dry_run=dry_run, json=json, noun=noun)


def _import(
    kind: str,
    files: list[str],
    who: tuple[str, str, str],
    *,
    dry_run: bool,
    json: bool,
    noun: str = "",
    decided: dict[str, str] | None = None,
) -> None:
    from goldenthread.config import writing

    with _session(*who) as session:
        writing.import_files(session, kind, files, dry_run=dry_run, json=json, noun=noun, decided=decided or {})


@exports.command(name="csv")
def export_csv(
    folder: Annotated[str, typer.Option("--out", help="Folder to write to.")] = ".",
    *,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """One CSV file a noun."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.export(session, "csv", folder, json=json)


@exports.command(name="xlsx")
def export_xlsx(
    file: Annotated[str, typer.Option("--out", help="File to write.")] = "golden-thread.xlsx",
    *,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """One workbook with a sheet a noun."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.export(session, "xlsx", file, json=json)


@backtests.command(name="performance-gov")
def backtest_performance_gov(
    goals: Annotated[str, typer.Argument(help="The goals, as JSON.")],
    targets: Annotated[str, typer.Argument(help="The targets with their figures by quarter, as JSON.")],
    *,
    plot: Plot = "",
    json: Json = False,
) -> None:
    """Chances of reaching targets by quarter 4, given in quarters 1 to 3, beside four simple rules. Needs no database."""
    from goldenthread.config import backtesting

    backtesting.performance_gov(goals, targets, json=json, plot=plot)


@backtests.command(name="capital")
def backtest_capital(
    file: Annotated[str, typer.Argument(help="The reports on a city's capital projects, as CSV.")],
    *,
    plot: Plot = "",
    json: Json = False,
) -> None:
    """What usually happens to dates and budgets of such projects, beside the official forecast. Needs no database."""
    from goldenthread.config import backtesting

    backtesting.capital(file, json=json, plot=plot)


@exports.command(name="schedule")
def export_schedule(
    project: Annotated[str, typer.Argument(help="Id, reference or name of the project.")],
    *,
    form: Annotated[schedule_command.Format, typer.Option("--format", help="What to write.")],
    file: Annotated[str, typer.Option("--out", help="File to write; empty: named after the project.")] = "",
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """The schedule of a project for Microsoft Project, Primavera, Excel or a calendar, and what that has no place for."""
    from goldenthread.config import schedule_files

    with _session(organisation, office, as_) as session:
        schedule_files.export_schedule(session, project, form.value, file, json=json)


@exports.command(name="stratml")
def export_stratml(
    file: Annotated[str, typer.Option("--out", help="File to write.")] = "strategy.xml",
    *,
    part: Annotated[int, typer.Option(min=0, max=2, help="Part of the standard; 1 has no KPIs, 0: what the strategy needs.")] = 0,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """The office's live objectives with KPIs, targets and figures as StratML (ISO 17469)."""
    from goldenthread.config import reading

    with _session(organisation, office, as_) as session:
        reading.export_stratml(session, file, part, json=json)


@app.command()
def backup(file: Annotated[str, typer.Argument(help="File to write.")], *, json: Json = False) -> None:
    """A consistent copy of the database and the files, with a manifest; safe while the server runs."""
    from goldenthread.config import keeping

    keeping.backup(file, json=json)


@app.command()
def restore(file: Annotated[str, typer.Argument(help="A file that backup wrote.")], *, json: Json = False) -> None:
    """Bring a backup into an empty data folder. A damaged file is refused."""
    from goldenthread.config import keeping

    keeping.restore(file, json=json)


@app.command()
def verify(*, json: Json = False) -> None:
    """Check that the data is whole: database, references, history, scopes."""
    from goldenthread.config import keeping

    keeping.verify(json=json)


@app.command()
def found(
    name: Annotated[str, typer.Argument(help="Name of the organisation.")],
    *,
    administrator: Annotated[str, typer.Option(help="Name of the first person.")],
    email: Annotated[str, typer.Option(help="E-mail address of the first person.")],
    slug: Annotated[str, typer.Option(help="Short name of the organisation.")] = "",
    json: Json = False,
) -> None:
    """Found an organisation and print the link by which its administrator sets a password."""
    from goldenthread.config import writing

    writing.found(name=name, administrator=administrator, email=email, slug=slug, json=json)


def main() -> None:
    """Run the command and turn what it raises into an exit code and a plain sentence."""
    gc.set_threshold(50_000, 10, 10)  # what it loads is kept to its end: looking through it as often takes a tenth of its time
    try:
        with_room(app, standalone_mode=False)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except typer.Abort:
        sys.exit(2)
    except Exception as error:  # noqa: BLE001  the one place where everything ends
        sys.exit(_exit_code(error))


def _exit_code(error: Exception) -> int:
    if type(error).__module__.startswith("click") or hasattr(error, "format_message"):
        error.show()  # type: ignore[attr-defined]
        return int(getattr(error, "exit_code", 2))
    if type(error).__name__ in {"Refused", "Forbidden", "Conflict", "FormatError", "EngineError"}:
        place = getattr(error, "place", "") or getattr(error, "field", "")
        print(f"{place + ': ' if place and place not in str(error) else ''}{error}", file=sys.stderr)
        return 1
    if type(error).__name__ == "ImproperlyConfigured":
        print(f"{error}.", file=sys.stderr)
        return 1
    if _is_without_tables(error):
        print("The database has no tables of this version yet. Run `migrate` first; `./gt` does so by itself.", file=sys.stderr)
        return 1
    from goldenthread.kit.errors import why_not_written

    why = why_not_written(error)
    if why:
        print(f"{why} Nothing was changed; try again when there is room and nobody else writes ({error}).", file=sys.stderr)
        return 3
    traceback.print_exc()
    return 3


def _is_without_tables(error: Exception) -> bool:
    """Whether a table is missing: SQLite and PostgreSQL say so each in their own way."""
    name, text = type(error).__name__, str(error)
    return (name == "OperationalError" and "no such table" in text) or (name == "ProgrammingError" and "does not exist" in text)


if __name__ == "__main__":
    main()
