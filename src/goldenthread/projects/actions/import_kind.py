"""Project lists in the import wizard: columns, comparison, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from goldenthread.accounts.models import Person, Scope
from goldenthread.formats.limits import read_guarded
from goldenthread.formats.project_lists import ProjectFile, ProjectOptions
from goldenthread.formats.project_rows import FIELDS
from goldenthread.kit.errors import Refused
from goldenthread.kit.scoping import current_organisation
from goldenthread.projects import queries
from goldenthread.projects.actions.imports import Decisions, apply_list
from goldenthread.projects.mapping import ListedProject, columns_left_out
from goldenthread.projects.models import Project
from goldenthread.projects.queries import scales
from goldenthread.projects.queries.dry_run import DryRun, Match
from goldenthread.projects.queries.list_days import day_of_list
from goldenthread.ui import writing
from goldenthread.workspace.models import ImportedFile
from goldenthread.workspace.queries import (
    Choice,
    ListDay,
    Preview,
    PreviewGroup,
    PreviewRow,
    TableView,
    table_layout,
    table_settings,
)
from goldenthread.workspace.queries.imports import SHOWN_ROWS

LABELS = {
    "reference": "Reference or id",
    "name": "Name of the project",
    "description": "Description",
    "sponsor": "Sponsor",
    "manager": "Project manager",
    "organisation": "Department",
    "category": "Category",
    "status": "State or phase",
    "rating": "Rating (red, amber, green)",
    "start": "Start",
    "finish": "Finish, as forecast",
    "baseline_finish": "Finish, as approved",
    "budget": "Budget",
    "forecast_cost": "Cost, as forecast",
    "whole_life_cost": "Cost over the whole life",
    "spend": "Spent to date",
    "currency": "Currency",
    "progress": "Progress in percent",
    "comment": "Comment",
    "reported_on": "Day of the report",
}
SMALL = "These amounts are small for projects. If the list is kept in thousands or millions, say so under Columns."
SAME = (("same", "The same project"), ("new", "Another one"))
LEFT = "leave"  # an answer of who cannot be asked: the row is not imported, the project stays as it is
GONE = (("mark", "Mark as gone"), ("keep", "Leave as it is"))
ALL_GONE = (("auto", "Ask below, project by project"), ("none", "This list holds only a part: mark none"))


class ProjectLists:
    """Takes in project lists from CSV, XLSX and ODS."""

    file_kind = ImportedFile.FileKind.PROJECTS
    label = "Project list"

    def likeness(self, name: str, data: bytes) -> float:
        """Any table may be a project list; more particular kinds say so themselves."""
        return 0.0 if data.lstrip()[:1] == b"<" else 0.3

    def read(self, data: bytes, file: ImportedFile) -> ProjectFile:
        """The table and its projects, under the corrections kept on the file."""
        mapping = {name: tuple(columns) for name, columns in file.mapping.items()} or None
        read: ProjectFile = read_guarded("projects", data, ProjectOptions(table_settings(file), mapping))
        return read

    def layout(self, reading: ProjectFile) -> str:
        """The headings in order."""
        return table_layout(reading.detected)

    def table(self, reading: ProjectFile, file: ImportedFile) -> TableView:
        """The columns with the field each fills."""
        chosen = {column: name for name, match in reading.projects.mapping.items() for column in match.columns}
        why = {column: match.why for match in reading.projects.mapping.values() for column in match.columns}
        currency = _currency(reading, file)
        fields = [(name, LABELS[name]) for name in FIELDS]
        small = scales.looks_small(reading)
        return TableView(
            reading.detected,
            fields,
            chosen,
            why,
            currency,
            _day_asked(reading, file),
            asks_for_list=True,
            money_looks_small=small,
            suggested_power=scales.suggested_power(reading, scales.typical_budget(currency)) if small else None,
            currency_is_guessed=not file.settings.get("currency") and scales.is_dollar_sign_alone(reading),
        )

    def size(self, reading: ProjectFile) -> int:
        """The projects of the list."""
        return len(reading.projects.projects)

    def preview(self, reading: ProjectFile, file: ImportedFile, person: Person) -> Preview:
        """What is new, known, renamed, gone; what was withheld and what is wrong with which row."""
        found = queries.of_day(self._compare(reading, file, person), _day(reading, file, {}))
        counts = found.counts()
        figures = [(name, counts[name]) for name in ("new", "updated", "renamed", "gone", "withheld")]
        figures.insert(1, ("unchanged", counts["matched"] - counts["updated"]))
        problems = [(p.place, LABELS.get(p.field, ""), p.message) for p in found.problems]
        problems += [(again.place, "", f"The same project as {first.place}; left out.") for again, first in found.duplicates]
        options = [Choice("gone_all", ALL_GONE, "auto" if found.is_next_edition else "none")] if found.gone else []
        blocked = "" if counts["projects"] else "No project was found in this file."
        missed = columns_left_out(reading.detected.table, reading.projects.mapping)
        problems += [(note.place, "", note.text) for note in reading.detected.notes if note.sure == "unsure"]
        warning = SMALL if scales.looks_small(reading) else ""
        day = _day_asked(reading, file, found)
        return Preview(figures, _groups(found), problems, missed, options, blocked, counts, warning, day)

    def prepare(
        self, reading: ProjectFile, file: ImportedFile, person: Person, answers: Mapping[str, str]
    ) -> tuple[DryRun, Decisions, date]:
        """The comparison of this moment, what was decided, and of which day the list is."""
        day = _day(reading, file, answers)
        found = queries.of_day(self._compare(reading, file, person), day)
        same = {
            match.listed.row: answers.get(f"same-{match.listed.row}") != "new"
            for match in found.renamed
            if _answered(match, answers)
        }
        left = frozenset(m.listed.row for m in found.renamed if answers.get(f"same-{m.listed.row}") == LEFT)
        keeps = frozenset(p.pk for p in found.gone if answers.get(f"gone-{p.pk}") == "keep")
        marks = None if "gone_all" not in answers else answers["gone_all"] != "none"
        return found, Decisions(same=same, marks_gone=marks, keeps=keeps, leaves_out=left), day

    def apply(self, prepared: tuple[DryRun, Decisions, date], file: ImportedFile, person: Person) -> dict[str, int]:
        """Write the list."""
        found, decisions, day = prepared
        written = apply_list(compared=found, decisions=decisions, by=person, name=file.name, as_of=day)
        return {**written, "projects": found.counts()["projects"], "withheld": found.counts()["withheld"]}

    def _compare(self, reading: ProjectFile, file: ImportedFile, person: Person) -> DryRun:
        if "name" not in reading.projects.mapping and "reference" not in reading.projects.mapping:
            raise Refused("No column holds the names of the projects.", advice="Choose it on the page of columns.")
        return queries.dry_run(reading.projects, person=person, under=_under(file, person), currency=_currency(reading, file))


def _day(reading: ProjectFile, file: ImportedFile, answers: Mapping[str, str]) -> date:
    """Of which day the list is: as answered, else as corrected before, else as the file says, else today."""
    today = timezone.localdate()
    said = answers.get("as_of", file.settings.get("as_of"))
    if said is None:
        return day_of_list(file.name, reading, today).day or today
    try:
        day = date.fromisoformat(said) if said else today
    except ValueError as error:
        raise Refused(f"“{said[:20]}” is not a day.", field="as_of", advice="Write it as 2027-03-31.") from error
    if day > today:
        raise Refused("The list cannot be of a later day than today.", field="as_of")
    return day


def _day_asked(reading: ProjectFile, file: ImportedFile, found: DryRun | None = None) -> ListDay:
    """What the pages ask: the day, where it was found and, after the comparison, what reports of that day would do."""
    stated = day_of_list(file.name, reading, timezone.localdate())
    said = file.settings.get("as_of")
    value = said if said is not None else stated.day.isoformat() if stated.day else ""
    hint = "Rows with a day of their own keep it." if "reported_on" in reading.projects.mapping else ""
    if stated.day and value == stated.day.isoformat():
        hint = f"Found in {stated.where}: correct it where that is wrong. {hint}"
    elif not value:
        hint = f"The file does not say. Empty: today. {hint}"
    return ListDay(value, hint.strip(), "" if found is None else _day_warning(found, _day(reading, file, {})))


def _day_warning(found: DryRun, day: date) -> str:
    older = [m for m in (*found.matched, *found.renamed) if m.is_older]
    if older:
        than = "" if any(m.listed.reported_on for m in older) else f" than {writing.date(day)}"
        return (
            f"Of {writing.plural(len(older), 'project')} newer reports{than} are known: "
            "this list adds to their history, their present figures stay."
        )
    again = queries.reported_on(found, day)
    if again:
        return (
            f"Of {writing.plural(again, 'project')} a report of {writing.date(day)} is known already: this list takes its place. "
            "Is it a list of another day, say which."
        )
    return ""


def _under(file: ImportedFile, person: Person) -> Scope:
    """The office named for the file, else the person's own."""
    named = Scope.objects.filter(pk=file.settings.get("under", 0)).first()
    return named or queries.home_scope(person)


def _answered(match: Match, answers: Mapping[str, str]) -> bool:
    return f"same-{match.listed.row}" in answers


def _currency(reading: ProjectFile, file: ImportedFile) -> str:
    """The one chosen for the file, else what the list states, else the organisation's own."""
    return file.settings.get("currency") or scales.currency_stated(reading, current_organisation().currency)


def _groups(found: DryRun) -> list[PreviewGroup]:
    """The lines to look at, most needed first."""
    renamed = [_renamed(match, next_edition=found.is_next_edition) for match in found.renamed]
    gone = [_gone(project, marked=found.is_next_edition) for project in found.gone]
    updated = [_line(match.listed, _changes(match), match.project) for match in found.updated]
    new = [_line(listed, ()) for listed in found.new]
    same = len(found.matched) - len(updated)
    withheld = [_withheld(listed) for listed in _read(found) if listed.withheld]
    groups = [
        _group(
            "renamed",
            "Perhaps renamed",
            "These look like projects you have, under another name, reference or department. Say where that is wrong.",
            renamed,
            is_open=True,
        ),
        _group(
            "gone",
            "No longer in the list",
            "They stood in the last list. Marked as gone they stay on record.",
            gone,
            is_open=True,
        ),
        _group("new", "New", _added_how(found), new, is_open=not found.matched),
        _group("updated", "Changed", "Only the fields named here are changed.", updated),
        _group("withheld", "Words instead of a figure", "Kept as they were written, beside the empty field.", withheld),
    ]
    if same:
        groups.append(PreviewGroup("same", "Unchanged", "Known projects about which the list says nothing new.", (), same))
    return [group for group in groups if group.total]


def _added_how(found: DryRun) -> str:
    if found.followed_on is None:
        return "These will be added."
    return f"These will be added as gone: the list of {writing.date(found.followed_on)} does not hold them any more."


def _group(key: str, title: str, lead: str, rows: Sequence[PreviewRow], *, is_open: bool = False) -> PreviewGroup:
    shown = rows if rows and rows[0].choice is not None else rows[:SHOWN_ROWS]
    return PreviewGroup(key, title, lead, shown, len(rows), is_open)


def _read(found: DryRun) -> list[ListedProject]:
    return [*found.new, *(match.listed for match in (*found.matched, *found.renamed))]


def _renamed(match: Match, *, next_edition: bool) -> PreviewRow:
    choice = Choice(f"same-{match.listed.row}", SAME, "same" if next_edition else "new")
    row = _line(match.listed, _changes(match), match.project)
    alike = f", {match.score:.0%} alike" if "similar" in match.why else ""
    return replace(row, note=f"was “{match.project.name}” ({match.why}{alike})", choice=choice)


def _gone(project: Project, *, marked: bool) -> PreviewRow:
    choice = Choice(f"gone-{project.pk}", GONE, "mark" if marked else "keep")
    return PreviewRow(project.name, project.department, url=reverse("projects:project", args=[project.pk]), choice=choice)


def _line(listed: ListedProject, changes: Sequence[tuple[str, str, str]], project: Project | None = None) -> PreviewRow:
    values = listed.values
    note = " · ".join(str(values[name]) for name in ("reference", "department") if values.get(name))
    url = reverse("projects:project", args=[project.pk]) if project is not None else ""
    return PreviewRow(values["name"], note, changes, listed.place, url)


def _withheld(listed: ListedProject) -> PreviewRow:
    words = [(_field(name), "", text) for name, text in listed.withheld.items()]
    return PreviewRow(listed.values["name"], "", words, listed.place)


def _changes(match: Match) -> list[tuple[str, str, str]]:
    hidden = {"withheld", "source_key", "gone_on", "currency", "rebaselined", "description"}
    shown = [
        (_field(n), _said(n, getattr(match.project, n), match), _said(n, v, match))
        for n, v in match.changes.items()
        if n not in hidden
    ]
    if match.changes.get("description"):
        shown.append(("Description", "", "reworded" if match.project.description else "added"))
    if "gone_on" in match.changes:
        shown.append(("In the list", "gone", "back again"))
    if "rebaselined" in match.changes:
        shown.append(("Approved dates replaced", f"{match.project.rebaselined} times", f"{match.changes['rebaselined']} times"))
    return shown


def _field(name: str) -> str:
    if name not in _NAMES:
        return LABELS.get(name, name)
    field: Any = Project._meta.get_field(name)
    return str(field.verbose_name).capitalize().removesuffix(" minor")


_NAMES = frozenset(f.name for f in Project._meta.concrete_fields)


def _said(name: str, value: Any, match: Match) -> str:
    if value is None or value == "":
        return writing.NONE
    if name.endswith("_minor"):
        return writing.money(value, match.changes.get("currency", match.project.currency) or "EUR")
    if isinstance(value, date):
        return writing.date(value)
    field: Any = Project._meta.get_field(name)
    choices = dict(field.flatchoices)
    text = str(choices.get(value, value))
    return text if len(text) <= 80 else f"{text[:77]}…"


def import_kinds() -> list[ProjectLists]:
    """For the slot of the same name."""
    return [ProjectLists()]
