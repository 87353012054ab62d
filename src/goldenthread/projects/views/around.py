"""What the room offers to every page: entries of the navigation, rows of the search, where to go after an import."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, visible
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.projects.queries import stored_from
from goldenthread.workspace.models import ImportedFile

SHOWN = 6


def navigation(person: Person) -> list[dict[str, Any]]:
    """The list of projects. No statement beyond the rights."""
    if not rights(person).anywhere(Act.VIEW, Kind.PROJECT):
        return []
    return [{"group": "work", "label": "Projects", "url": reverse("projects:projects"), "count": None, "key": "g p"}]


def search_rows(person: Person, words: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Projects whose name or reference holds what was typed: (heading, [(label, note, address)])."""
    named = Q(name__icontains=words) | Q(reference__icontains=words)
    found = visible(Project.objects.filter(named), person).order_by("name", "id")[:SHOWN]
    return [("Projects", [(p.name, p.department, reverse("projects:project", args=[p.pk])) for p in found])]


def after_import(file: ImportedFile, person: Person) -> list[tuple[str, str]]:
    """The list after a list of projects, the projects of a schedule file or a list of tasks after those."""
    if file.file_kind in (ImportedFile.FileKind.SCHEDULE, ImportedFile.FileKind.TASKS):
        return [
            (f"Open “{project.name}”", reverse("projects:schedule", args=[project.pk])) for project in stored_from(file, person)
        ]
    if file.file_kind != ImportedFile.FileKind.PROJECTS:
        return []
    return [("To the projects", reverse("projects:projects"))]
