"""Versions of the plan: what one holds, who signed it or objects, and the chain of what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.work import BusinessPlan, Step
from goldenthread.schedule.models import Baseline


class PlanVersion(Tracked):
    """The plan as it stood when it was proposed: a baseline of its dates, and one document of everything else, by ids.

    What it holds is never changed; what becomes of it (signed, in force, superseded) is told by its events.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        SIGNED = "SIGNED", "Signed"
        IN_FORCE = "IN_FORCE", "In force"
        SUPERSEDED = "SUPERSEDED", "Superseded"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    baseline = models.OneToOneField(Baseline, models.PROTECT, related_name="plan_version")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the document and the baseline’s rows")
    because = models.CharField(max_length=1000, help_text="What changed since the last version, and why")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    in_force_on = models.DateField(null=True, blank=True)
    superseded_on = models.DateField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "plan__scope"
    is_fact = True
    is_sealed = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="IN_FORCE"), name="one_version_in_force"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state__in=["PROPOSED", "SIGNED"]), name="one_version_proposed"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return f"version {self.number}"


class VersionDocument(InOrganisation):
    """What a version holds beside its baseline. A row of its own: large, without history, and shown to nobody as it is."""

    in_past = "version"

    version = models.OneToOneField(PlanVersion, models.PROTECT, related_name="document", primary_key=True)
    text = models.TextField(help_text="Canonical JSON: ids and figures, no names")

    def __str__(self) -> str:
        """Of which version."""
        return f"document of {self.version_id}"


class SignOff(Tracked):
    """What somebody said of a version proposed: agrees or objects. Of one person the newest stands; an objection is answered."""

    class Verdict(models.TextChoices):
        AGREES = "AGREES", "Agrees"
        OBJECTS = "OBJECTS", "Objects"

    class Answer(models.TextChoices):
        OPEN = "", "Open"
        RESOLVED = "RESOLVED", "Resolved"
        OVERRULED = "OVERRULED", "Overruled"

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="sign_offs")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    because = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_because = models.CharField(max_length=1000, blank=True)

    kind = Kind.PLAN
    scope_path = "plan_version__plan__scope"
    own_paths = ("person",)
    is_fact = True
    is_sealed = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["plan_version", "person", "-at"])]

    def __str__(self) -> str:
        """The verdict."""
        return self.get_verdict_display()


class StepException(Tracked):
    """Leave for a step to stand in a version without a contribution, a supervision or a duty: why, and until when."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="exceptions")
    because = models.CharField(max_length=500)
    until = models.DateField()
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    kind = Kind.PLAN
    scope_path = "step__plan__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["step"], name="one_exception_a_step")]

    def __str__(self) -> str:
        """The last day."""
        return f"until {self.until}"


class PlanEvent(InOrganisation):
    """What became of a version: one link of the chain of its plan. Appended, never changed or removed; ids and times only."""

    in_past = "at"

    class What(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        AGREED = "AGREED", "Signed"
        OBJECTED = "OBJECTED", "Objected"
        RESOLVED = "RESOLVED", "Objection resolved"
        OVERRULED = "OVERRULED", "Objection overruled"
        APPROVED = "APPROVED", "Approved"
        SUPERSEDED = "SUPERSEDED", "Superseded"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        SEEN = "SEEN", "Read and seen"

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="events")
    place = models.PositiveIntegerField(help_text="From 1 on, without a gap")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=What.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    holds = models.CharField(max_length=64, help_text="SHA-256 of what the version holds")
    before = models.CharField(max_length=64, help_text="The hash of the event before; empty at the first")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of all the above")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "place"], name="one_event_a_place")]

    def __str__(self) -> str:
        """What and of which version."""
        return f"{self.what} {self.version_id}"
