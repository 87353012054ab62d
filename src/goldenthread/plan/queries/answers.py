"""Who said of a piece of work that it serves no goal: the owner, or somebody else for the owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from goldenthread.accounts.models import Changeset
from goldenthread.kit import history
from goldenthread.plan.models import Step
from goldenthread.projects.models import GoalAnswer, Project

OWNER_SAYS = "owner says none"


SOURCES = {Changeset.Source.IMPORT: "an import", Changeset.Source.COMMAND: "a command", Changeset.Source.API: "a program"}


@dataclass(frozen=True)
class Said:
    """Whose answer it is. Where nobody is known to have given it, `by` is None and `name` says by what it came."""

    by: int | None
    name: str

    def words(self, *owners: object) -> str:
        """“owner says none” where one of the owners said so, else who or what did."""
        return OWNER_SAYS if self.by is not None and self.by in owners else f"{self.name} says none"


UNKNOWN = Said(None, "somebody")


def who_said_none(model: type[Project | Step], keys: Iterable[int]) -> dict[int, Said]:
    """Of the rows that are said to serve no goal: row id -> who said it last. One statement, none without rows.

    An undo that brings the answer back says nothing new: it stays the answer of who gave it.
    """
    ids = list(keys)
    if not ids:
        return {}
    found: dict[int, Said] = {}
    before: dict[int, str] = {}
    columns = ("id", "goal_answer", "changeset__undoes_id", "changeset__by_id", "changeset__by__name", "changeset__source")
    rows: Any = history.records(model).filter(id__in=ids).order_by("history_id").values_list(*columns)
    for pk, answer, undoes, by, name, source in rows:
        if answer == GoalAnswer.NONE and before.get(pk) != answer and not undoes:
            found[pk] = Said(by, name or SOURCES.get(source, UNKNOWN.name))
        before[pk] = answer
    return {pk: said for pk, said in found.items() if before[pk] == GoalAnswer.NONE}


def none_said_of(work: Project | Step, *owners: object) -> str:
    """In words, who says that this work serves no goal; empty where nobody does."""
    if work.goal_answer != GoalAnswer.NONE:
        return ""
    return who_said_none(type(work), [work.pk]).get(work.pk, UNKNOWN).words(*owners)
