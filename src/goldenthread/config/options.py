"""Options that many commands share, and the session that these open."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
Organisation = Annotated[
    str, typer.Option("--organisation", help="Short name of the organisation, where there is more than one.")
]
OfficeCode = Annotated[str, typer.Option("--office", help="Short name of the office, where there is more than one.")]
As = Annotated[str, typer.Option("--as", help="E-mail address of the person to act as; the local operator otherwise.")]


def opened(organisation: str = "", office: str = "", as_email: str = "", about: str = "") -> Any:
    """The session of a command: its organisation, person and office."""
    from goldenthread.config import session

    return session.opened(organisation, office, as_email, about)
