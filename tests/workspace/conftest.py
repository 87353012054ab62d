"""Aldermere's people, with one project and two goals to ask about."""

from dataclasses import dataclass
from datetime import date

import pytest

from goldenthread.accounts.models import Changeset
from goldenthread.accounts.undo import undo
from goldenthread.projects import actions as projects
from goldenthread.projects.models import Project
from goldenthread.purpose import actions as purpose
from goldenthread.purpose.models import Kpi
from tests.cast import Cast, kept_cast, module_cast

__all__ = ["kept_cast", "module_cast"]


@dataclass
class Scene:
    """A project and the KPIs of two goals."""

    project: Project
    kpis: list[Kpi]


@pytest.fixture
def cast(kept_cast: Cast) -> Cast:
    """The module's cast: built once, rolled back after each test."""
    return kept_cast


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """One project and two objectives with a target each."""
    kpis = []
    for name in ("Decision time", "Benefits reached"):
        objective = purpose.add_objective(office=cast.office, title=f"{name} by 2027", by=cast.head)
        kpi = purpose.add_kpi(office=cast.office, name=name, unit="days", by=cast.head)
        purpose.set_target(objective=objective, kpi=kpi, by=cast.head, baseline=10.0, value=20.0, due_on=date(2027, 6, 30))
        kpis.append(kpi)
    return Scene(projects.add_project(name="Billing renewal", by=cast.head), kpis)


@pytest.fixture
def undo_last(cast: Cast):
    """Undo what was written last, as the head of PMO."""
    return lambda: undo(changeset=Changeset.objects.latest("id"), by=cast.fresh(cast.head))


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A folder of its own for uploaded files and mails."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT
