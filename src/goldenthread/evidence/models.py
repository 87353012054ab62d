"""What was said before, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from goldenthread.accounts.models import Person
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.purpose.models import Target


class Said(InOrganisation):
    """A chance said of a target on a day, beside the aim it spoke of, which may move later. Scored once, by that aim.

    `closed_on` is the day on which it was judged; `was_reached` stays empty where no figure came, or where the KPI changed its
    meaning.
    """

    made_on = models.DateField(help_text="The day whose figures and plan the forecast knew")
    due_on = models.DateField()
    value = models.FloatField(null=True, help_text="Empty for a band")
    band_low = models.FloatField(null=True)
    band_high = models.FloatField(null=True)
    tolerance = models.FloatField(null=True)
    chance = models.FloatField(help_text="Between 0 and 1")
    closed_on = models.DateField(null=True)
    outcome = models.FloatField(null=True, help_text="The figure at the due date, in the KPI's unit")
    was_reached = models.BooleanField(null=True)

    class Meta:
        abstract = True


class Prediction(Said):
    """What the forecast said of a target in a month, with the aim it spoke of. Derived, never changed, scored once."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="predictions")
    p10 = models.FloatField(null=True)
    p50 = models.FloatField(null=True)
    p90 = models.FloatField(null=True)
    basis = models.CharField(max_length=20)
    engine = models.CharField(max_length=20)

    kind = Kind.OBJECTIVE
    scope_path = "target__objective__office__scope"
    confidential_path = "target__objective__is_confidential"
    own_paths = ("target__objective__owner",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "made_on"], name="one_prediction_a_day")]
        indexes: ClassVar = [models.Index(fields=["closed_on", "due_on"])]

    def __str__(self) -> str:
        """Target and day."""
        return f"{self.target} as of {self.made_on}"


class OwnEstimate(Said):
    """How likely an owner thought a target on a day. His or her own: no changeset, no history, in no export, until shared.

    A table of its own, so that nothing that reads the forecast's predictions can show one by mistake.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="own_estimates")
    target = models.ForeignKey(Target, models.CASCADE, related_name="own_estimates")
    is_shared = models.BooleanField(default=False)

    is_private = True

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "target", "made_on"], name="one_own_estimate_a_day")]
        indexes: ClassVar = [models.Index(fields=["person", "due_on"])]

    def __str__(self) -> str:
        """Target and day, not what was said."""
        return f"own estimate of {self.made_on}"
