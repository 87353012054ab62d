"""`goldenthread plan ...`: versions of the business plan, from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldenthread.config.options import As, Json, OfficeCode, Organisation, opened

app = typer.Typer(no_args_is_help=True, help="The business plan: its versions, how fresh it is, and the plan on paper.")

Number = Annotated[int, typer.Argument(help="Number of the version.")]
Because = Annotated[str, typer.Option("--because", help="What changed and why, in a sentence.")]


@app.command()
def versions(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """Every version with its state and the hash of its last event."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.versions(session, json=json)


@app.command()
def compare(
    old: Annotated[int, typer.Argument(help="Number of the earlier version.")],
    new: Annotated[int, typer.Argument(help="Number of the later version.")],
    *,
    person: Annotated[str, typer.Option("--person", help="E-mail address: the changes to this person's work alone.")] = "",
    effects: Annotated[bool, typer.Option("--effects", help="Compute what it does to the objectives, where that waits.")] = False,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """What changed between two versions, whose work it is, what caused it, and what it does to the objectives."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.compare(session, (old, new), person, effects=effects, json=json)


@app.command()
def propose(
    *, because: Because, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = ""
) -> None:
    """Freeze the plan as it stands and ask for signatures."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.propose(session, because, json=json)


@app.command()
def sign(
    number: Number,
    *,
    objection: Annotated[str, typer.Option("--object", help="Object instead of agreeing, and say what is wrong.")] = "",
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """Agree to a version that is proposed, or object to it."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.sign(session, number, objection, json=json)


@app.command()
def approve(
    number: Number, *, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = ""
) -> None:
    """Put a version in force; refused with everything that stands in the way."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.approve(session, number, json=json)


@app.command()
def freshness(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """How fresh the plan is, what is stale with its owner, and how clear it is who does what."""
    from goldenthread.config import plan_freshness

    with opened(organisation, office, as_) as session:
        plan_freshness.freshness(session, json=json)


@app.command()
def conflicts(*, json: Json = False, organisation: Organisation = "", office: OfficeCode = "", as_: As = "") -> None:
    """Objectives that pull one KPI, one piece of work or one person apart, and what to do about each."""
    from goldenthread.config import plan_conflicts

    with opened(organisation, office, as_) as session:
        plan_conflicts.conflicts(session, json=json)


@app.command("one-page")
def one_page(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write, ending in .pdf, .pptx or .xlsx.")],
    person: Annotated[str, typer.Option("--person", help="E-mail address: the page of this person, not the office’s.")] = "",
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """The plan on one page, of the office or of one person: a tagged PDF, a PowerPoint slide or an Excel workbook."""
    from goldenthread.config import planning

    with opened(organisation, office, as_, person) as session:
        planning.one_page(session, out, person, json=json)


@app.command()
def workbook(
    *,
    out: Annotated[Path | None, typer.Option("--out", help="File to write, ending in .xlsx.")] = None,
    in_: Annotated[Path | None, typer.Option("--in", help="Changed workbook to read.")] = None,
    apply: Annotated[bool, typer.Option("--apply/--dry-run", help="Write what the workbook changes, or only show it.")] = False,
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """The whole plan as an Excel workbook, out with --out and back with --in: first every change, then all of it or nothing."""
    from goldenthread.config import plan_papers

    if (out is None) == (in_ is None):
        raise typer.BadParameter("Give either --out FILE.xlsx or --in FILE.xlsx.")
    with opened(organisation, office, as_) as session:
        if out is not None:
            plan_papers.take_out(session, out, json=json)
        elif in_ is not None:
            plan_papers.bring_in(session, in_, applies=apply, json=json)
