"""The `goldenthread schedule` commands: plans as files, without a database: dates, health, risk, other formats."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from goldenthread.config.options import As, Json, Organisation, opened

app = typer.Typer(
    no_args_is_help=True, help="Plans as files: work out the dates of one, check it, simulate it, or write it in another format."
)


class Format(StrEnum):
    """What a schedule is written as."""

    MSPDI = "mspdi"
    XER = "xer"
    XLSX = "xlsx"
    CSV = "csv"
    ICS = "ics"


@app.command(name="cpm")
def cpm(
    file: Annotated[
        str, typer.Argument(help="The plan: Microsoft Project (.mpp, XML), Primavera (XER, PMXML), GanttProject and more.")
    ],
    *,
    json: Json = False,
) -> None:
    """Dates and floats of every row of a schedule file, worked out by the critical path method. Needs no database."""
    from goldenthread.config import schedule_files

    schedule_files.critical_path_of(file, json=json)


@app.command(name="health")
def health(
    plan: Annotated[str, typer.Argument(help="A file in any format that `import schedule` reads, or a project.")],
    *,
    json: Json = False,
    organisation: Organisation = "",
    as_: As = "",
) -> None:
    """What to mend in a plan: the DCMA 14 points, the ten GAO practices and our own checks. A file needs no database."""
    from goldenthread.config import schedule_files

    schedule_files.health_of(plan, partial(opened, organisation, "", as_), json=json)


@app.command(name="compare")
def compare(
    before: Annotated[str, typer.Argument(help="The earlier plan: a file that `import schedule` reads, or a project.")],
    after: Annotated[
        str,
        typer.Argument(
            help="The later plan; it may be a file of another format, or a project. Left out: what moved in the project BEFORE."
        ),
    ] = "",
    *,
    against: Annotated[
        str,
        typer.Option(
            help="Where AFTER is left out: since which brought file or baseline of the project; the answer names all there are."
        ),
    ] = "",
    json: Json = False,
    organisation: Organisation = "",
    as_: As = "",
) -> None:
    """What differs between two plans, and which change moved the finish by how much. Files need no database."""
    from goldenthread.config import schedule_comparison

    session = partial(opened, organisation, "", as_)
    if after and against:
        raise typer.BadParameter("It is for one project alone: leave AFTER out.", param_hint="--against")
    if after:
        schedule_comparison.compare(before, after, session, json=json)
    else:
        schedule_comparison.compare_project(before, against, session, json=json)


class Shape(StrEnum):
    """How a duration is drawn."""

    TRIANGULAR = "triangular"
    PERT = "pert"
    LOGNORMAL = "lognormal"


@app.command(name="simulate")
def simulate(
    plan: Annotated[
        str, typer.Argument(help="A file in any format that `import schedule` reads, or a project's id, reference or name.")
    ],
    *,
    runs: Annotated[int, typer.Option(help="So many runs.", min=1, max=100_000)] = 1_000,
    seed: Annotated[int, typer.Option(help="Of the random numbers: the same seed gives the same figures.", min=0)] = 1,
    spread: Annotated[
        str, typer.Option(help="Least, likely and most of each remaining duration, in percent, where the file gives no range.")
    ] = "90/100/125",
    shape: Annotated[Shape, typer.Option(help="How durations are drawn between them.")] = Shape.TRIANGULAR,
    correlation: Annotated[float, typer.Option(help="Of any two durations in a project.", min=0.0, max=1.0)] = 0.0,
    risks: Annotated[str, typer.Option(help="A list of risks: CSV or Excel, one a row, as the guide has it.")] = "",
    json: Json = False,
    organisation: Organisation = "",
    as_: As = "",
) -> None:
    """What finish dates may come out where durations are uncertain, and what would help most. A file needs no database."""
    from goldenthread.config import schedule_files, schedule_simulation

    stated = {"runs": runs, "seed": seed, "spread": spread, "shape": shape.value, "correlation": correlation}
    if not schedule_files.names_project(plan):
        schedule_simulation.simulate_file(plan, json=json, risks=risks, **stated)
        return
    with opened(organisation, "", as_) as session:
        schedule_simulation.simulate_project(session, plan, json=json, risks=risks, **stated)


@app.command(name="convert")
def convert(
    file: Annotated[str, typer.Argument(help="The plan, in any format that `import schedule` reads.")],
    *,
    to: Annotated[Format, typer.Option("--to", help="What to write.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    project: Annotated[str, typer.Option(help="Id or name, where the file holds several projects and the format one.")] = "",
    json: Json = False,
) -> None:
    """Write a plan in another format, and say what that format has no place for. Needs no database."""
    from goldenthread.config import schedule_files

    schedule_files.convert(file, to.value, out, project=project, json=json)
