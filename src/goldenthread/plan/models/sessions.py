"""Planning together: a session with its agenda, who is invited, what they propose, say and estimate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.work import BusinessPlan, Contribution, Step


class PlanningSession(Tracked):
    """A time in which those whom a plan concerns work on some of its steps together. Who is invited sees it, and no more."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        CLOSED = "CLOSED", "Closed"

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="sessions")
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, help_text="What is to be agreed")
    from_on = models.DateField()
    to_on = models.DateField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    shows_names = models.BooleanField(default=False, help_text="Whether names stand beside estimates once they are shown")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    agreed = models.CharField(max_length=2000, blank=True, help_text="What was agreed, said at its end")

    kind = Kind.PLAN
    scope_path = "plan__scope"
    own_paths = ("invitees__person",)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(from_on__lte=F("to_on")), name="session_days_in_order")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Invitee(Tracked):
    """Somebody who is asked to take part in a session."""

    session = models.ForeignKey(PlanningSession, models.CASCADE, related_name="invitees")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    kind = Kind.PLAN
    scope_path = "session__plan__scope"
    own_paths = ("person",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "person"], name="one_invitation_a_session")]

    def __str__(self) -> str:
        """Who."""
        return str(self.person)


class AgendaItem(Tracked):
    """A step that a session is about. Who is invited sees its dates, effort, deliverable and who answers: not its goals."""

    session = models.ForeignKey(PlanningSession, models.CASCADE, related_name="items")
    step = models.ForeignKey(Step, models.CASCADE, related_name="agenda_items")
    because = models.CharField(max_length=120, blank=True, help_text="Why it is talked about")

    kind = Kind.PLAN
    scope_path = "session__plan__scope"
    own_paths = ("session__invitees__person",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "step"], name="one_item_a_step")]

    def __str__(self) -> str:
        """The step's name."""
        return str(self.step)


class StepProposal(Tracked):
    """A change to a step, or a new one, that somebody asks for. Accepted, it is done by the plan's own actions."""

    class What(models.TextChoices):
        DAYS = "DAYS", "Working days"
        START = "START", "Not before"
        DEADLINE = "DEADLINE", "Deadline"
        HOURS = "HOURS", "Hours of work"
        DELIVERABLE = "DELIVERABLE", "Deliverable"
        ACCOUNTABLE = "ACCOUNTABLE", "Who answers for it"
        NEW = "NEW", "A new step"
        DROP = "DROP", "Drop it"

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        ACCEPTED = "ACCEPTED", "Accepted"
        DECLINED = "DECLINED", "Declined"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    session = models.ForeignKey(PlanningSession, models.CASCADE, related_name="proposals")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="proposals", help_text="A new step stands after this one")
    what = models.CharField(max_length=12, choices=What.choices)
    value = models.CharField(max_length=300, blank=True, help_text="As the field of a row takes it")
    was = models.CharField(max_length=300, blank=True, help_text="What stood there when it was proposed")
    who = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who is to answer for it")
    because = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_because = models.CharField(max_length=500, blank=True)

    kind = Kind.PLAN
    scope_path = "session__plan__scope"
    own_paths = ("by", "session__invitees__person")

    def __str__(self) -> str:
        """What is to change, without the step."""
        return f"proposal {self.pk}: {self.get_what_display().lower()}"


class SessionWord(Tracked):
    """What somebody said of a step or of a proposal. Of one person the newest yes or no stands; an objection is answered."""

    class Stance(models.TextChoices):
        SAYS = "SAYS", "Says"
        AGREES = "AGREES", "Agrees"
        OBJECTS = "OBJECTS", "Objects"

    class Answer(models.TextChoices):
        OPEN = "", "Open"
        RESOLVED = "RESOLVED", "Resolved"
        OVERRULED = "OVERRULED", "Overruled"

    session = models.ForeignKey(PlanningSession, models.PROTECT, related_name="words")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="words")
    proposal = models.ForeignKey(StepProposal, models.PROTECT, null=True, blank=True, related_name="words")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    stance = models.CharField(max_length=7, choices=Stance.choices)
    because = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_because = models.CharField(max_length=1000, blank=True)

    kind = Kind.PLAN
    scope_path = "session__plan__scope"
    own_paths = ("session__invitees__person",)
    is_fact = True
    is_sealed = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["session", "at"])]

    def __str__(self) -> str:
        """The stance."""
        return self.get_stance_display()


class EstimateRound(Tracked):
    """One question for low, likely and high, asked blindly. Its figures stand here once they are shown, without names.

    Until then nobody finds anybody else's: they lie in `Estimate`, which has neither history nor a reader but its author.
    """

    class What(models.TextChoices):
        HOURS = "HOURS", "Hours of work"
        DAYS = "DAYS", "Working days"
        EFFECT = "EFFECT", "Effect on a figure"

    session = models.ForeignKey(PlanningSession, models.PROTECT, related_name="rounds")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="rounds")
    what = models.CharField(max_length=6, choices=What.choices)
    contribution = models.ForeignKey(Contribution, models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField(default=1, help_text="Which round of this question")
    asked = models.PositiveSmallIntegerField(help_text="How many people")
    answered = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    shown_at = models.DateTimeField(null=True, blank=True)
    shown_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who did not wait")
    figures = models.JSONField(null=True, blank=True, help_text="Low, likely and high of each answer once they are shown")

    kind = Kind.PLAN
    scope_path = "session__plan__scope"
    own_paths = ("session__invitees__person",)
    is_fact = True
    is_sealed = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "what", "number"], condition=Q(contribution__isnull=True), name="one_round_a_number"
            ),
            models.UniqueConstraint(
                fields=["item", "contribution", "number"],
                condition=Q(contribution__isnull=False),
                name="one_effect_round_a_number",
            ),
        ]

    def __str__(self) -> str:
        """The number alone: what it is about may be confidential."""
        return f"round {self.number}"

    @property
    def was_early(self) -> bool:
        """Whether it was shown before everybody had answered."""
        return self.shown_at is not None and self.answered < self.asked


class Estimate(InOrganisation):
    """One person's answer in a round. His or her own: no changeset, no history, in no export and no list of actions."""

    round = models.ForeignKey(EstimateRound, models.CASCADE, related_name="estimates")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    likely = models.FloatField(null=True, blank=True, help_text="Empty after an answer: does not know")
    high = models.FloatField(null=True, blank=True)

    is_private = True

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "person"], name="one_estimate_a_round")]

    def __str__(self) -> str:
        """Whose round, not what was said."""
        return f"estimate {self.pk}"
