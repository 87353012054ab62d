"""Which column of a list of tasks is what: the headings people and other programs give them, in four languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from goldenthread.formats.columns import Column
from goldenthread.formats.header_words import words_of
from goldenthread.formats.tables import Table

PHRASES: dict[str, str] = {
    "number": "id|task id|activity id|unique id|no|nr|number|task number|row|uid|key|issue key|ref|reference|nummer|numero",
    "wbs": "wbs|wbs code|outline number|outline code|task code|activity code|code|psp code|psp|gliederungsnummer|edt",
    "name": (
        "name|task name|task|activity|activity name|title|subject|summary|work package|item|what|vorgangsname|vorgang|aufgabe|"
        "bezeichnung|tache|nom de la tache|nom|tarea|nombre de tarea|nombre|actividad"
    ),
    "level": "level|outline level|indent|ebene|gliederungsebene|niveau|nivel",
    "is_summary": "summary|is summary|summary task|sammelvorgang",
    "is_milestone": "milestone|is milestone|meilenstein|jalon|hito",
    "start": (
        "start|start date|planned start|scheduled start|early start|begin|begin date|starts|starts on|from|anfang|beginn|"
        "startdatum|debut|date de debut|inicio|comienzo|fecha de inicio"
    ),
    "finish": (
        "finish|finish date|planned finish|scheduled finish|early finish|end|end date|ends|due|due date|until|ende|fertig|"
        "enddatum|fin|date de fin|fecha de fin"
    ),
    "duration": "duration|planned duration|days|length|dauer|duree|duracion|estimate",
    "predecessors": (
        "predecessors|predecessor|depends on|dependencies|dependency|after|waits for|blocked by|vorganger|predecesseurs|"
        "predecesoras|predecesores"
    ),
    "progress": (
        "% complete|percent complete|complete|progress|% done|done|% abgeschlossen|fortschritt|avancement|avance|completado"
    ),
    "work": "work|planned work|effort|hours|arbeit|aufwand|travail|trabajo",
    "resources": (
        "resources|resource names|resource|assigned to|assignee|owner|who|responsible|people|ressourcennamen|ressourcen|"
        "zustandig|ressources|noms ressources|recursos|nombres de los recursos"
    ),
    "deadline": "deadline|no later than|stichtag|echeance|fecha limite",
    "actual_start": "actual start|started|begun|ist anfang|debut reel|comienzo real",
    "actual_finish": "actual finish|finished|actual end|ist ende|fin reelle|fin real",
    "notes": "notes|note|comment|comments|remarks|description|notizen|bemerkungen|commentaires|notas",
}
LABELS = {
    "number": "Number, by which others name it",
    "wbs": "Outline code (1.2.3)",
    "name": "Name of the task",
    "level": "Level in the outline",
    "is_summary": "Is a summary",
    "is_milestone": "Is a milestone",
    "start": "Start",
    "finish": "Finish",
    "duration": "Duration",
    "predecessors": "Predecessors",
    "progress": "Done in percent",
    "work": "Work",
    "resources": "Who or what works on it",
    "deadline": "Deadline",
    "actual_start": "Begun on",
    "actual_finish": "Finished on",
    "notes": "Notes",
}
DATES = {"start", "finish", "deadline", "actual_start", "actual_finish"}
_TELLS = {"duration", "start", "finish", "predecessors"}  # a list without any of these is no schedule


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for field, phrases in PHRASES.items():
        for phrase in phrases.split("|"):
            found.setdefault(words_of(phrase), field)
    return found


def field_of(heading: str) -> str:
    """The field that a heading names; empty where none does."""
    return _known().get(words_of(heading), "")


def guessed(table: Table) -> dict[str, int]:
    """Field -> column; the first of several columns, and of dates one that holds dates."""
    found: dict[str, int] = {}
    for column in table.columns:
        field = field_of(column.name)
        if field and field not in found and _fits(field, column):
            found[field] = column.index
    if "name" not in found and "is_summary" in found and table.columns[found["is_summary"]].kind == "text":
        found["name"] = found.pop("is_summary")  # trackers call the title of a task its summary
    return found


def _fits(field: str, column: Column) -> bool:
    return field not in DATES or column.kind == "date" or not column.filled


def is_task_list(chosen: Mapping[str, int]) -> bool:
    """Whether columns of these fields make a schedule."""
    return "name" in chosen and bool(_TELLS & set(chosen))


def tells_tasks(headings: list[str]) -> bool:
    """Whether a row of headings looks like that of a list of tasks rather than of projects."""
    fields = {field_of(heading) for heading in headings}
    return "name" in fields and bool({"duration", "predecessors"} & fields) and len(fields - {""}) >= 3
