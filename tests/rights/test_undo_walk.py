"""Who may do something may undo it: every write that the walk of the rights can make, undone by whoever made it."""

import logging
import os

import pytest
from django.db import transaction

from goldenthread.accounts import queries
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.scoping import organisation_scope
from tests.cast import module_cast
from tests.rights.policy import addresses
from tests.rights.stage import Stage
from tests.rights.walk import Cell, Walk

__all__ = ["module_cast"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="takes minutes: set LONG_TESTS=1 to run it"),
]
FEWEST = 200
FOR_GOOD = {"/plan/baseline", "/people/<pk>/erase"}  # a baseline is a fact without a reversing entry; an erased person stays so


class UndoWalk(Walk):
    """Sends every write that is allowed and undoes it at once, as the same person."""

    def undone(self) -> tuple[int, list[str]]:
        """How many actions were tried, and which could not be undone."""
        tried, faults = 0, []
        for address in addresses().values():
            if address.write.is_offered and "undo" not in address.path and address.path not in FOR_GOOD:
                for cell in self._cells(address):
                    if cell.method != "GET" and cell.player.person is not None:
                        found = self._write_and_undo(cell)
                        tried += len(found)
                        faults += [fault for fault in found if fault]
        return tried, faults

    def _write_and_undo(self, cell: Cell) -> list[str]:
        """For each action that the request made and that left rows: nothing, or why it cannot be undone."""
        found: list[str] = []
        with transaction.atomic():
            last = Changeset.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            if self._send(cell).status_code < 400:
                person = Person.objects.get(pk=cell.player.person.pk)
                made = Changeset.objects.filter(pk__gt=last, by=person)
                found = [_undo(one, person, cell) for one in made if queries.changes_of(one, person) != ((), 0)]
            transaction.set_rollback(True)
        return found


def _undo(made: Changeset, person: Person, cell: Cell) -> str:
    try:
        with transaction.atomic():
            undo(changeset=made, by=person)
    except (Forbidden, Refused) as refusal:
        return f"{cell}: “{made.title}”: {refusal}"
    return ""


def test_whoever_may_do_something_may_undo_it(module_cast, django_db_blocker):
    logging.disable(logging.ERROR)
    try:
        with organisation_scope(module_cast.organisation):
            tried, faults = UndoWalk(Stage(module_cast)).undone()
    finally:
        logging.disable(logging.NOTSET)
    assert faults == []
    assert tried >= FEWEST
