"""Aldermere's IT office with a mandate in force, one KPI with figures and one objective that is ready to be proposed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.purpose import actions
from goldenthread.purpose.models import Clause, Kpi, Mandate, Objective, Target
from tests.cast import Cast, module_cast
from tests.cast import kept_cast as cast

__all__ = ["cast", "module_cast"]

TITLE = (
    "Reduce the time a steering committee takes to decide from 5 days in January 2026 to 3 days by 31 October 2027, "
    "tolerance 0.2 days"
)


@dataclass
class Scene:
    """The rows most tests need, all made by the head of PMO."""

    cast: Cast
    mandate: Mandate
    clause: Clause
    kpi: Kpi
    objective: Objective
    target: Target

    def undo_last(self) -> Changeset:
        """Undo what was written last, as the head of PMO."""
        return undo(changeset=Changeset.objects.latest("id"), by=self.cast.head)


def build(cast: Cast) -> Scene:
    head = cast.head
    mandate = actions.draft_mandate(
        office=cast.office, title="Mandate 2026", purpose="Raise the value that projects bring.", issuer="Board", by=head,
        clauses=["Decisions about projects are made in time.", "Benefits are realised and shown."], valid_from=date(2026, 1, 1),
    )  # fmt: skip
    actions.put_mandate_in_force(mandate=mandate, by=head)
    clause = mandate.clauses.get(number=1)
    kpi = actions.add_kpi(
        office=cast.office, name="Decision latency", by=head, unit="days", direction=Kpi.Direction.FALL, floor=0.0,
        source="Minutes of the committees", owner=cast.member,
    )  # fmt: skip
    actions.enter_measurements(
        figures=[actions.Figure(kpi, date(2026, month, 1), 5.0 - 0.1 * month) for month in range(1, 5)], by=head
    )
    objective = actions.add_objective(
        office=cast.office, title=TITLE, short_name="Faster decisions", by=head, clause=clause, owner=cast.pmo
    )
    target = actions.set_target(
        objective=objective,
        kpi=kpi,
        by=head,
        baseline=5.0,
        baseline_on=date(2026, 1, 1),
        value=3.0,
        due_on=date(2027, 10, 31),
        tolerance=0.2,
    )
    return Scene(cast, mandate, clause, kpi, objective, target)


@pytest.fixture
def scene(cast) -> Iterator[Scene]:
    return build(cast)
