"""Commands that write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session, set_up

SHOWN = 50
OUTCOMES = {
    ("same", "leave"): "left out; --renamed same or --renamed new decides.",
    ("same", "same"): "the same project.",
    ("same", "new"): "another project.",
    ("gone", "keep"): "not in the list and left as it is; --gone mark marks it.",
    ("gone", "mark"): "no longer in the list, marked as gone.",
}


def undo(session: Session, number: int, *, json: bool) -> None:
    """`undo CHANGESET`."""
    from goldenthread.accounts.models import Changeset
    from goldenthread.accounts.undo import undo as undo_changeset
    from goldenthread.kit.errors import Refused

    found = Changeset.objects.filter(pk=number).first()
    if found is None:
        raise Refused(f"There is no changeset {number}.", field="CHANGESET")
    made = undo_changeset(changeset=found, by=session.person, source=Changeset.Source.COMMAND)
    if json:
        document({"undone": found.pk, "changeset": made.pk, "title": made.title})
        return
    say(made.title)


def found(*, name: str, administrator: str, email: str, slug: str, json: bool) -> None:
    """`found NAME`: an organisation with its first office, the person who administers and heads it, and the link to sign in."""
    set_up()
    from django.utils.text import slugify

    from goldenthread.accounts import actions, queries
    from goldenthread.kit.permissions import Role
    from goldenthread.kit.scoping import organisation_scope
    from goldenthread.purpose.actions import add_office

    organisation, person = actions.found_organisation(
        name=name, slug=slug or slugify(name)[:40] or "organisation", administrator=administrator, email=email
    )
    with organisation_scope(organisation):
        with actions.changeset(title=f"Make {name} ready", by=None, source="COMMAND"):
            actions.grant_role(person=person, role=Role.HEAD, scope=queries.top_scope(), by=None)
            queries.forget_rights(person)
            add_office(name=name, by=person, head=person)
        secret = actions.invite(person=person, by=None)
    path = f"/invitation/{secret}"
    if json:
        document({"organisation": organisation.slug, "invitation": path})
        return
    say(f"{organisation} is founded. {person} sets a password at {address()}{path}")


def address() -> str:
    """Where this installation answers: its public address, else the port of this machine that `serve` takes."""
    from goldenthread.config import environment

    return environment.read().origin or f"http://127.0.0.1:{os.environ.get('GT_PORT') or 8000}"


def import_files(
    session: Session, kind: str, files: list[str], *, dry_run: bool, json: bool, noun: str, decided: dict[str, str]
) -> None:
    """`import KIND FILE...`: each file one undoable changeset; a faulty one changes nothing."""
    from goldenthread.workspace import imports

    outcomes: list[dict[str, Any]] = []
    for name in files:
        path = Path(name)
        content = imports.content_of(path)
        told = imports.run(
            kind, path.name, content, by=session.person, office=session.office, dry_run=dry_run, noun=noun, decided=decided
        )
        outcomes.append({"file": path.name, **told})
    counts: dict[str, int] = {}
    for outcome in outcomes:
        for key, value in outcome["counts"].items():
            counts[key] = counts.get(key, 0) + value
    missed = [entry for outcome in outcomes for entry in outcome["not_understood"]]
    problems = [entry for outcome in outcomes for entry in outcome["problems"]]
    unsure = [entry for outcome in outcomes for entry in outcome["unsure"]]
    if json:
        found = {"counts": counts, "unsure": unsure, "not_understood": missed, "problems": problems}
        document({"dry_run": dry_run, **found, "files": outcomes})
        return
    table(["what", "count"], list(counts.items()))
    for outcome in outcomes:
        if "as_of" in outcome:
            say(f"  {outcome['file']} is taken as of {outcome['as_of'] or 'today'}. {outcome['as_of_note']}".rstrip())
    _list("not understood", [": ".join(filter(None, (e["place"], e["what"], e["text"]))) for e in missed])
    _list(
        "not sure", [f"{e['about']}: {OUTCOMES[e['question'], e['answer']]}{' ' if e['note'] else ''}{e['note']}" for e in unsure]
    )
    _list("look at", [": ".join(filter(None, (e["place"], e["field"], e["message"]))) for e in problems])


def _list(label: str, lines: list[str]) -> None:
    """The first lines, and how many more there are."""
    for line in lines[:SHOWN]:
        say(f"  {label}: {line}")
    if len(lines) > SHOWN:
        say(f"  {label}: {len(lines) - SHOWN} more; --json names them all.")
