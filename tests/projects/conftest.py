"""Projects of Aldermere's IT office, and lists of them as people keep them."""

from datetime import date

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.projects import actions
from goldenthread.projects.models import Project
from tests.cast import Cast, kept_cast, module_cast

__all__ = ["kept_cast", "module_cast"]

LIST = """Portfolio of IT,,,,,,
Ref;Project;Department;RAG;Start;End date;Budget (£k)
P-1;Billing renewal;Customer;Green;01/02/2026;30/06/2027;1200
P-2;Leak detection;Networks;Amber;15/03/2026;31/12/2026;850
P-3;Smart meters;Networks;Red;01/01/2025;to be agreed;4100
"""
NEXT = """Ref;Project;Department;RAG;Start;End date;Budget (£k)
P-1;Billing renewal;Customer;Amber;01/02/2026;30/09/2027;1200
P-2;Finding leaks early;Networks;Amber;15/03/2026;31/12/2026;850
P-4;Field tablets;Operations;Green;01/06/2026;31/03/2027;90
"""


def data(text: str) -> bytes:
    return text.encode()


@pytest.fixture
def cast(kept_cast: Cast) -> Cast:
    """The module's cast: built once, rolled back after each test."""
    return kept_cast


@pytest.fixture
def project(cast: Cast) -> Project:
    """A running project with approved dates and a budget."""
    return actions.add_project(
        name="Billing renewal",
        by=cast.head,
        starts_on=date(2026, 1, 1),
        finishes_on=date(2026, 12, 31),
        baseline_finish=date(2026, 12, 31),
        currency="GBP",
        budget_minor=100_000_00,
        forecast_minor=100_000_00,
        rating="GREEN",
    )


@pytest.fixture
def undo_last(cast: Cast):
    """Undo what was written last, as the head of PMO."""
    return lambda: undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))
