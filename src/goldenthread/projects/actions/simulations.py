"""Simulating a large schedule in the background. Derived: never undone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from goldenthread.accounts.models import Person
from goldenthread.formats.schedule_risk import RiskRequest
from goldenthread.kit import jobs
from goldenthread.kit.errors import Refused
from goldenthread.projects.models import Project
from goldenthread.projects.queries.schedule_simulation import (
    SIMULATE,
    is_large,
    simulation_of,
    simulation_page,
    simulation_question,
    simulation_revision,
)
from goldenthread.schedule.actions.reviews import drop_reviews, keep_review, must_be_outside
from goldenthread.schedule.queries import review_key
from goldenthread.workspace.models import Job

SIMULATION = "schedule-simulation"
KEPT = 5  # answers that are kept of a schedule, each to other assumptions, beside the one that everybody sees first


def ask_for_simulation(*, project: Project, asked: RiskRequest, by: Person, today: date) -> Any:
    """Have the worker simulate a large schedule, where its answer is not at hand or is old: one question at a time."""
    if project.schedule is None:
        raise Refused("There is nothing to simulate yet: no plan was brought for this project.")
    if not is_large(project):
        return None
    known = simulation_page(project, asked, today)
    if known.made_at is not None and not known.is_old:
        return None
    must_be_outside()
    key = review_key(project.schedule, simulation_question(asked))
    of_schedule = review_key(project.schedule, f"{SIMULATE}:")
    under_way = Job.objects.filter(key__startswith=of_schedule, state__in=(Job.State.WAITING, Job.State.RUNNING)).first()
    if under_way is None:
        return jobs.ask_for(SIMULATION, by=by, key=key, project_id=project.pk, asked=asdict(asked))
    if under_way.key != key:
        raise Refused("This schedule is being simulated with other assumptions.", advice="Ask again when that is done.")
    return under_way


def make_simulation(*, project: Project, asked: RiskRequest, today: date) -> None:
    """Simulate it, and keep the answer with the revision it is of; the oldest of many answers goes."""
    schedule = project.schedule
    if schedule is None:
        return
    of = simulation_revision(project, today)
    told = simulation_of(project, asked, today)
    keep_review(schedule=schedule, question=simulation_question(asked), revision=of, told=told)
    drop_reviews(schedule=schedule, kind=SIMULATE, but=KEPT, never=simulation_question(RiskRequest()))
