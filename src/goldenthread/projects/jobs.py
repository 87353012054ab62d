"""Background work: simulating a large schedule."""

from __future__ import annotations

from typing import Any

from goldenthread.formats.schedule_risk import RiskRequest
from goldenthread.kit import clock, jobs
from goldenthread.projects.actions.simulations import SIMULATION, make_simulation
from goldenthread.projects.models import Project


@jobs.job(SIMULATION)
def simulate(progress: jobs.Progress, project_id: int, asked: dict[str, Any]) -> str:
    """Simulate the schedule of a project as it was asked for."""
    progress(0, 1)
    make_simulation(project=Project.objects.get(pk=project_id), asked=RiskRequest(**asked), today=clock.today())
    progress(1, 1)
    return "The schedule was simulated."
