"""What a version does to the chance of each objective, as it was computed, kept for pages to read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.versions import PlanVersion


class VersionEffect(InOrganisation):
    """From one version to another: chances before and after, and the part of each cause. Derived: recomputed, never undone."""

    old = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    new = models.ForeignKey(PlanVersion, models.PROTECT, related_name="effects")
    engine = models.CharField(max_length=20)
    results = models.JSONField(help_text="Ids and figures, no names")
    made_at = models.DateTimeField()

    kind = Kind.PLAN
    scope_path = "new__plan__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["old", "new"], name="one_effect_a_pair_of_versions")]

    def __str__(self) -> str:
        """The two versions."""
        return f"{self.old_id} to {self.new_id}"
