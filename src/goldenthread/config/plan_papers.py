"""What `goldenthread plan workbook` does: the whole plan out to Excel, and back."""

from __future__ import annotations

from pathlib import Path

from goldenthread.config.planning import the_plan
from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session

SHOWN = 200


def take_out(session: Session, out: Path, *, json: bool) -> None:
    """`plan workbook --out FILE.xlsx`."""
    from django.utils import timezone

    from goldenthread.kit.errors import Refused
    from goldenthread.plan.queries.workbook import plan_workbook

    if out.suffix.lower() != ".xlsx":
        raise Refused(f"“{out}” does not end in .xlsx.", field="--out")
    plan = the_plan(session)
    made = plan_workbook(plan, session.person, timezone.localdate())
    try:
        out.write_bytes(made)
    except OSError as error:
        raise Refused(f"“{out}” cannot be written: {error.strerror}.", field="--out") from error
    if json:
        document({"file": str(out), "office": plan.office.code})
    else:
        say(f"{out}: {plan}. Change it and show what would change with `goldenthread plan workbook --in {out}`.")


def bring_in(session: Session, file: Path, *, applies: bool, json: bool) -> None:
    """`plan workbook --in FILE.xlsx`: every cell that would change; with `--apply` written as one undoable action."""
    from goldenthread.ui import writing
    from goldenthread.workspace import imports

    the_plan(session)
    content = imports.content_of(file)
    told = imports.run("plan", file.name, content, by=session.person, office=session.office, dry_run=not applies)
    if json:
        document({"file": file.name, "applied": applies, **told})
        return
    rows = [[row["place"], row["about"], row["field"], row["before"], row["after"], row["note"]] for row in told["changes"]]
    if rows:
        table(["where", "what", "cell", "from", "to", "whom it concerns"], rows[:SHOWN])
    if len(rows) > SHOWN:
        say(f"And {len(rows) - SHOWN} more cells; --json names all.")
    for entry in told["problems"]:
        say(f"  {entry['place']}: {entry['field']}: {entry['message']}")
    for entry in told["not_understood"]:
        say(f"  {entry['place']}: {entry['what']}: {entry['text']}")
    if told["counts"].get("left_out"):
        say(f"  Of the plan {writing.plural(told['counts']['left_out'], 'row')} not in the file: left as it stands.")
    say("Written as one action that can be undone." if applies else "Nothing was written. Write it with --apply.")
