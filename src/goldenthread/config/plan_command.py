"""`goldenthread plan ...`: versions of the business plan, from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from goldenthread.config.options import As, Json, OfficeCode, Organisation, opened

app = typer.Typer(no_args_is_help=True, help="The business plan: its versions and how fresh it is.")
app = typer.Typer(no_args_is_help=True, help="The business plan: its versions, and the plan on one page.")

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
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """What changed between two versions, whose work it is, and what caused it."""
    from goldenthread.config import planning

    with opened(organisation, office, as_) as session:
        planning.compare(session, (old, new), person, json=json)


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


@app.command("one-page")
def one_page(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write, ending in .pdf.")],
    person: Annotated[str, typer.Option("--person", help="E-mail address: the page of this person, not the office’s.")] = "",
    json: Json = False,
    organisation: Organisation = "",
    office: OfficeCode = "",
    as_: As = "",
) -> None:
    """The plan on one page, of the office or of one person, as a tagged PDF."""
    from goldenthread.config import planning

    with opened(organisation, office, as_, person) as session:
        planning.one_page(session, out, person, json=json)
