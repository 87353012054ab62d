"""Simulating a large schedule in the background. Derived: never undone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.formats.schedule_risk import RiskRequest
from goldenthread.kit import jobs
from goldenthread.projects.models import Project
from goldenthread.projects.queries.schedule_simulation import (
    SIMULATE,
    is_large,
    simulation_of,
    simulation_page,
    simulation_question,
    simulation_revision,
)
from goldenthread.schedule.actions.reviews import drop_reviews, keep_review
from goldenthread.schedule.queries import review_key
from goldenthread.workspace.models import Job

SIMULATION = "schedule-simulation"
KEPT = 5  # answers that are kept of a schedule, each to other assumptions


def ask_for_simulation(*, project: Project, asked: RiskRequest, by: Person, today: date) -> Any:
    """Have the worker simulate a large schedule, where its answer is not at hand or is old, and nobody has asked already."""
    if project.schedule is None or not is_large(project):
        return None
    known = simulation_page(project, asked, today)
    if known.made_at is not None and not known.is_old:
        return None
    key = review_key(project.schedule, simulation_question(asked))
    running = Job.objects.filter(key=key, state=Job.State.RUNNING).first()
    return running or jobs.ask_for(SIMULATION, by=by, key=key, project_id=project.pk, asked=asdict(asked))


def make_simulation(*, project: Project, asked: RiskRequest, today: date) -> None:
    """Simulate it, and keep the answer with the revision it is of; the oldest of many answers goes."""
    schedule = project.schedule
    if schedule is None:
        return
    of = simulation_revision(project, today)
    told = simulation_of(project, asked, today)
    keep_review(schedule=schedule, question=simulation_question(asked), revision=of, told=told)
    drop_reviews(schedule=schedule, kind=SIMULATE, but=KEPT)
