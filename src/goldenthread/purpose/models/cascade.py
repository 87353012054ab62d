"""What a mandate asks for by name, and from which goal of the leadership an objective comes, negotiated and signed."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.purpose.models.aims import Clause, Kpi, Mandate, Objective, Service


class MandateService(Tracked):
    """A service that a mandate asks for, by one of its clauses. A mandate that names any names all it asks for."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="named_services")
    service = models.ForeignKey(Service, models.PROTECT, related_name="named_by")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="named_services")

    kind = Kind.MANDATE
    scope_path = "mandate__office__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mandate", "service"], name="one_clause_a_mandate_and_service")]

    def __str__(self) -> str:
        """Service and clause."""
        return f"{self.service} by {self.clause}"


class Side(models.TextChoices):
    """Who speaks in a negotiation: the PMO that has the objective, or the leadership whose goal it comes from."""

    PMO = "PMO", "The PMO"
    GOAL = "GOAL", "The leadership"


class Cascade(Tracked):
    """From which goal an objective comes: another objective, or a goal in words with a sponsor; and how much the PMO controls."""

    objective = models.OneToOneField(Objective, models.PROTECT, related_name="cascade")
    parent = models.ForeignKey(Objective, models.PROTECT, null=True, blank=True, related_name="cascaded")
    goal = models.CharField(max_length=300, blank=True, help_text="The leadership’s goal in words, where it is no objective here")
    sponsor = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who signs for a goal in words"
    )
    share = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)], help_text="Percent of the change that the PMO itself controls"
    )
    share_means = models.CharField(max_length=300, blank=True, help_text="How that share is meant, in a sentence")

    kind = Kind.OBJECTIVE
    scope_path = "objective__office__scope"
    confidential_path = "objective__is_confidential"
    own_paths = ("sponsor", "objective__owner", "parent__owner")
    names = ("parent",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(parent__isnull=False, goal="", sponsor__isnull=True)
                | Q(~Q(goal=""), parent__isnull=True, sponsor__isnull=False),
                name="cascade_from_an_objective_or_from_words",
            ),
            models.CheckConstraint(condition=Q(share__isnull=True) | Q(share__lte=100), name="share_up_to_hundred"),
            models.CheckConstraint(condition=~Q(parent=models.F("objective")), name="no_objective_comes_from_itself"),
        ]

    def __str__(self) -> str:
        """The objective."""
        return f"where {self.objective} comes from"


class CascadeWord(Tracked):
    """What one side said in the negotiation: a proposal, a counter-proposal or a comment. A fact."""

    class What(models.TextChoices):
        PROPOSAL = "PROPOSAL", "Proposes"
        COUNTER = "COUNTER", "Answers with"
        COMMENT = "COMMENT", "Says"

    cascade = models.ForeignKey(Cascade, models.PROTECT, related_name="words")
    side = models.CharField(max_length=4, choices=Side.choices)
    what = models.CharField(max_length=8, choices=What.choices)
    kpi = models.ForeignKey(Kpi, models.PROTECT, null=True, blank=True, related_name="+")
    value = models.FloatField(null=True, blank=True, help_text="What the figure is to be, in its unit")
    share = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(100)])
    text = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    kind = Kind.OBJECTIVE
    scope_path = "cascade__objective__office__scope"
    confidential_path = "cascade__objective__is_confidential"
    own_paths = ("person", "cascade__sponsor", "cascade__objective__owner", "cascade__parent__owner")
    names = ("cascade__parent",)
    is_fact = True

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kpi__isnull=True, value__isnull=True) | Q(kpi__isnull=False, value__isnull=False),
                name="a_figure_has_its_kpi",
            )
        ]

    def __str__(self) -> str:
        """What was done."""
        return self.get_what_display()


class CascadeSignature(Tracked):
    """One side signed what stood that day: the goal, the targets and the share. A fact; void once they stand otherwise."""

    cascade = models.ForeignKey(Cascade, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=4, choices=Side.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    signed = models.JSONField(default=dict, help_text="What stood when it was signed: ids and figures")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of that")

    kind = Kind.OBJECTIVE
    scope_path = "cascade__objective__office__scope"
    confidential_path = "cascade__objective__is_confidential"
    own_paths = ("person", "cascade__sponsor", "cascade__objective__owner", "cascade__parent__owner")
    names = ("cascade__parent",)
    is_fact = True
    is_sealed = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["cascade", "side", "-at"])]

    def __str__(self) -> str:
        """Side and day."""
        return f"{self.get_side_display()} on {self.at:%Y-%m-%d}"
