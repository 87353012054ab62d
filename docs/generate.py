"""Write the pages of docs/ that are drawn from the code. `--check` changes nothing and fails where a page is out of date."""

import ast
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "goldenthread"
DRAWN = "<!-- drawn from the code by ./gt docs; change the code, not this page -->"


def stack() -> list[str]:
    """The rooms from the top down, as .importlinter declares them; those to come stand in parentheses."""
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").split("[importlinter:contract:slice]")[0].splitlines()
    return [line.strip() for line in lines[lines.index("layers =") + 1 :] if line.strip()]


def rooms() -> str:
    """Each room's own words about itself, in the order of the stack."""
    parts = [
        "# Rooms",
        DRAWN,
        "From the top down. A room imports only from rooms below it. Rooms in parentheses do not exist yet.",
    ]
    for layer in stack():
        door = PACKAGE / layer.strip("()") / "__init__.py"
        said = ast.get_docstring(ast.parse(door.read_text(encoding="utf-8"))) if door.exists() else None
        parts.append(f"## {layer}" + (f"\n\n{said.strip()}" if said else ""))
    return "\n\n".join(parts) + "\n"


def commands() -> str:
    """Every command of the product with its arguments and options."""
    import typer

    from goldenthread.config.command import app

    parts = [
        "# Commands",
        DRAWN,
        "Each prints a table for people and, with `--json`, one JSON document. `./gt WORD ...` passes them on.",
    ]

    def describe(command: Any, path: tuple[str, ...]) -> None:
        for name, below in getattr(command, "commands", {}).items():
            describe(below, (*path, name))
        if hasattr(command, "commands"):
            return
        words = [p.name.upper() + ("..." if p.nargs == -1 else "") for p in command.params if p.param_type_name == "argument"]
        parts.append(f"## `{' '.join([*path, *words])}`\n\n{(command.help or '').strip()}")
        options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
        rows = [f"| `{', '.join([*o.opts, *o.secondary_opts])}` | {o.help or ''} |" for o in options]
        if rows:
            parts.append("\n".join(["| option | meaning |", "|---|---|", *rows]))

    describe(typer.main.get_command(app), ())
    return "\n\n".join(parts) + "\n"


def schedule_checks() -> str:
    """Every check of schedule health with its limit and advice, and the practices they tell."""
    from goldenthread.engine.health.review import CHECKS, PRACTICES

    parts = [
        "# Checks of a schedule",
        DRAWN,
        "How they are used and scored: [Is the schedule sound?](guide/schedule-health.md).",
    ]
    for family in dict.fromkeys(one.family for one in CHECKS.values()):
        parts.append(f"## {family.value}")
        rows = [
            f"| {one.id} | {one.title} | {one.measures} | {one.limit.words} | {one.weight} | {one.advice} |"
            for one in sorted(CHECKS.values(), key=lambda one: one.id)
            if one.family == family
        ]
        head = ["| check | title | what is measured | met where it is | weight | where it is not |", "|---|---|---|---|---|---|"]
        parts.append("\n".join([*head, *rows]))
    parts.append("## The ten practices of the GAO schedule guide (2015)")
    rows = [
        f"| {one.id} | {one.title} | {one.trait} | {', '.join(one.tests) or 'none'} | {one.cannot} |"
        for one in PRACTICES.values()
    ]
    parts.append(
        "\n".join(["| practice | title | trait | told by | cannot be told from a file |", "|---|---|---|---|---|", *rows])
    )
    return "\n\n".join(parts) + "\n"


PAGES = {"docs/rooms.md": rooms, "docs/commands.md": commands, "docs/schedule-checks.md": schedule_checks}


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are out of date."""
    stale = []
    for path, draw in PAGES.items():
        wanted, page = draw(), ROOT / path
        if not page.exists() or page.read_text(encoding="utf-8") != wanted:
            stale.append(path)
            if "--check" not in arguments:
                page.write_text(wanted, encoding="utf-8")
    print(
        "\n".join(f"{'out of date' if '--check' in arguments else 'written'}: {path}" for path in stale)
        or "every page is up to date"
    )
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
