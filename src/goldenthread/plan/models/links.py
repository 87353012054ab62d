"""Links by which people without an account read the plan on one page."""

from __future__ import annotations

from django.db import models

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.work import BusinessPlan


class PlanLink(Tracked):
    """A link to the plan of an office, or to the page of one client, for whoever has it. Only its digest is stored."""

    in_past = ""

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="links")
    client = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Whose page it is; empty: the office’s"
    )
    note = models.CharField(max_length=120, help_text="For whom the link is")
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the link’s secret")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "plan__scope"

    def __str__(self) -> str:
        """For whom it is."""
        return self.note


class PlanLinkReads(InOrganisation):
    """How often a link was opened and on which day last: counts, without names or addresses."""

    link = models.OneToOneField(PlanLink, models.CASCADE, related_name="reads", primary_key=True)
    times = models.PositiveIntegerField(default=0)
    last_on = models.DateField()

    def __str__(self) -> str:
        """How often."""
        return f"read {self.times} times"
