"""An organisation with nothing in it yet, and the files that a head of PMO would have on the desk."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Organisation, Person
from goldenthread.config.demonstration.cast import PASSWORD
from goldenthread.kit.permissions import Role
from goldenthread.kit.scoping import organisation_scope

SLUG, EMAIL = "empty", "head@brindle.example.org"
DECK = """Change programme {year}: where we are going
Executive away day, slide 7

\u2022 Cut complaint resolution from 14 to 8 days by end of {year}
\u2022 Raise direct debit share to 70 %
\u2022 Be a better place to work
   \u2013 fewer leavers in the first year
\u2022 Save \u00a31.2m a year in energy by {next}
\u2022 Become digital by default
"""
PROJECTS = [
    ("P-01", "Complaint desk redesign", "Customer", "A. Winter", "Green", "\u00a3 420,000", 120),
    ("P-02", "Direct debit campaign", "Finance", "B. Summer", "Amber", "\u00a385k", 90),
    ("P-03", "Pump efficiency", "Operations", "C. Spring", "Green", "1.9m", 400),
    ("P-04", "HR induction", "People", "", "Red", "withheld until tender closes", 60),
    ("P-05", "New intranet", "Digital", "D. Autumn", "Green", "\u00a3 150,000", 210),
    ("P-06", "Boiler replacement", "Property", "C. Spring", "Amber", "\u00a3 640,000", 330),
]
RENAMED = {"P-02": "Direct debit: switch and save", "P-05": "Intranet relaunch"}


def found_empty(today: date, folder: Path) -> tuple[Organisation, Person]:
    """The empty organisation with its head, and the folder of files."""
    organisation, person = actions.found_organisation(
        name="Brindle Rural Services",
        slug=SLUG,
        administrator="Odile Hartnell",
        email=EMAIL,
        currency="GBP",
        country="GB-ENG",
        is_demo=True,
    )
    with organisation_scope(organisation), actions.changeset(title="Make ready", by=None, source="COMMAND"):
        actions.open_account(person=person, password=PASSWORD, by=None)
        actions.grant_role(person=person, role=Role.HEAD, scope=queries.top_scope(), by=None)
        actions.grant_role(person=person, role=Role.SPONSOR, scope=queries.top_scope(), by=None)
    write_files(today, folder)
    return organisation, person


def write_files(today: date, folder: Path) -> None:
    """Deck text, a sheet with merged cells, last month's and this month's list."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deck.txt").write_text(DECK.format(year=today.year + 1, next=today.year + 2), encoding="utf-8")
    (folder / "projects-last-month.csv").write_text(_list(today, {}, semicolon=True), encoding="cp1252")
    (folder / "projects-this-month.csv").write_text(_list(today, RENAMED, semicolon=True), encoding="cp1252")
    _sheet(today, folder / "portfolio.xlsx")


def _rows(today: date, names: dict[str, str]) -> list[list[str]]:
    return [
        [ref, names.get(ref, name), unit, lead, rating, money, (today + timedelta(days=days)).strftime("%d/%m/%Y")]
        for ref, name, unit, lead, rating, money, days in PROJECTS
    ]


HEAD = ["Ref", "Project", "Department", "Project manager", "RAG", "Whole life cost", "End date"]


def _list(today: date, names: dict[str, str], *, semicolon: bool) -> str:
    sign = ";" if semicolon else ","
    lines = [
        f"Project list{sign * 6}",
        sign * 6,
        sign.join(HEAD),
        *(sign.join(f'"{c}"' for c in row) for row in _rows(today, names)),
    ]
    return "\r\n".join([*lines, f"Total{sign * 6}"]) + "\r\n"


def _sheet(today: date, path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Portfolio")
        sheet.merge_range(0, 0, 0, 6, f"Portfolio, {today:%B %Y}")
        for c, name in enumerate(HEAD):
            sheet.write(2, c, name)
        row = 3
        for unit in dict.fromkeys(p[2] for p in PROJECTS):
            sheet.merge_range(row, 0, row, 6, unit)
            row += 1
            for cells in [r for r in _rows(today, {}) if r[2] == unit]:
                for c, text in enumerate(cells):
                    sheet.write(row, c, text)
                row += 1
