"""Programmes, projects and what was reported of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.schedule.models import Schedule


class GoalAnswer(models.TextChoices):
    """What the owner of a piece of work answered when asked which goal it serves."""

    NOT_ASKED = "NOT_ASKED", "Not asked yet"
    LINKED = "LINKED", "Goal named"
    DONT_KNOW = "DONT_KNOW", "Don’t know yet"
    NONE = "NONE", "No goal named"
    DUTY = "DUTY", "A duty"


class Programme(Tracked):
    """Projects steered together."""

    scope = models.OneToOneField(Scope, models.PROTECT, related_name="programme")
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    kind = Kind.PROJECT
    scope_path = "scope"

    def __str__(self) -> str:
        """The name."""
        return self.name


class Project(Tracked):
    """A project the office acts on, supervises or only knows of."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        RUNNING = "RUNNING", "Running"
        ON_HOLD = "ON_HOLD", "On hold"
        CLOSED = "CLOSED", "Closed"
        CANCELLED = "CANCELLED", "Cancelled"

    class Rating(models.TextChoices):
        GREEN = "GREEN", "Green"
        AMBER_GREEN = "AMBER_GREEN", "Amber/green"
        AMBER = "AMBER", "Amber"
        AMBER_RED = "AMBER_RED", "Amber/red"
        RED = "RED", "Red"

    scope = models.OneToOneField(Scope, models.PROTECT, related_name="project")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="projects")
    schedule = models.OneToOneField(Schedule, models.PROTECT, null=True, blank=True, related_name="project")
    reference = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=300)
    description = models.TextField(max_length=8000, blank=True)
    category = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=200, blank=True)
    sponsor_name = models.CharField(max_length=120, blank=True, help_text="As written in the list, where no person is linked")
    sponsor = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="sponsored_projects")
    manager_name = models.CharField(max_length=120, blank=True)
    manager = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="managed_projects")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    rating = models.CharField(max_length=12, choices=Rating.choices, blank=True, help_text="As reported")
    starts_on = models.DateField(null=True, blank=True)
    finishes_on = models.DateField(null=True, blank=True, help_text="Current forecast")
    baseline_finish = models.DateField(null=True, blank=True)
    rebaselined = models.PositiveSmallIntegerField(default=0, help_text="Times the approved dates were replaced")
    currency = models.CharField(max_length=3, blank=True)
    budget_minor = models.BigIntegerField(null=True, blank=True)
    forecast_minor = models.BigIntegerField(null=True, blank=True)
    spent_minor = models.BigIntegerField(null=True, blank=True)
    is_mandatory = models.BooleanField(default=False, help_text="Required by law, regulator, contract or to keep running")
    mandatory_because = models.CharField(max_length=200, blank=True)
    goal_answer = models.CharField(max_length=10, choices=GoalAnswer.choices, default=GoalAnswer.NOT_ASKED)
    is_confidential = models.BooleanField(default=False)
    withheld = models.JSONField(default=dict, blank=True, help_text="Sentences found where a number or a date was expected")
    source_key = models.CharField(max_length=200, blank=True, editable=False)
    gone_on = models.DateField(null=True, blank=True, help_text="First list in which it no longer stood")

    kind = Kind.PROJECT
    scope_path = "scope"
    own_paths = ("manager", "sponsor", "schedule__activities__assignments__resource__person")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(finishes_on__gte=F("starts_on")), name="project_finishes_after_it_starts")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "state", "name"])]

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def leader(self) -> str:
        """Who leads it: the person linked, else the name as the list has it."""
        return self.manager.name if self.manager else self.manager_name


class StatusReport(Tracked):
    """What was reported of a project on a day. A fact: corrected by a later one, withdrawn with a reason, never deleted."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="status_reports")
    on = models.DateField()
    rating = models.CharField(max_length=12, choices=Project.Rating.choices, blank=True)
    comment = models.TextField(max_length=8000, blank=True)
    finishes_on = models.DateField(null=True, blank=True)
    forecast_minor = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_because = models.CharField(max_length=300, blank=True, editable=False)

    kind = Kind.PROJECT
    scope_path = "project__scope"
    confidential_path = "project__is_confidential"
    own_paths = ("project__manager", "project__sponsor")
    is_fact = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "on"], condition=Q(withdrawn_at__isnull=True), name="one_standing_report_a_day"
            )
        ]

    def __str__(self) -> str:
        """Project and day."""
        return f"{self.project_id} on {self.on}"
