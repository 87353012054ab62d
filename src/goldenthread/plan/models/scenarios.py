"""Scenarios: a copy of the plan to try things out on, and what came of each when it was computed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.work import BusinessPlan


class Scenario(Tracked):
    """The organisation's data as they stood when it was made, with what was changed in it since. The plan itself is untouched."""

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        ADOPTED = "ADOPTED", "Adopted"
        SET_ASIDE = "SET_ASIDE", "Set aside"

    in_past = ""

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=120)
    question = models.CharField(max_length=500, blank=True, help_text="What it is to answer")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    copied_at = models.DateTimeField(help_text="The moment whose data it began with")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    kind = Kind.SCENARIO
    scope_path = "plan__scope"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "name"], condition=Q(state="OPEN"), name="one_open_scenario_a_name")
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class ScenarioContent(InOrganisation):
    """What was changed in a scenario: the actions, and the records they wrote. Drafts, so without history of their own."""

    scenario = models.OneToOneField(Scenario, models.CASCADE, related_name="content", primary_key=True)
    edition = models.PositiveIntegerField(default=1, help_text="Rises with every change")
    changed_at = models.DateTimeField()
    actions = models.PositiveIntegerField(default=0)
    text = models.TextField(help_text="JSON, see plan/mapping/scenario_text.py")

    def __str__(self) -> str:
        """Of which scenario."""
        return f"content of {self.scenario_id}"


class ScenarioResult(InOrganisation):
    """What a scenario would bring, or the plan as it stands: chances, hours, cost, the last day. Derived, computed again."""

    plan = models.ForeignKey(BusinessPlan, models.CASCADE, related_name="scenario_results")
    scenario = models.OneToOneField(Scenario, models.CASCADE, null=True, blank=True, related_name="result")
    made_at = models.DateTimeField()
    of = models.BigIntegerField(help_text="The edition of the scenario, or the newest changeset of the plan, that it holds for")
    measures = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan"], condition=Q(scenario__isnull=True), name="one_result_of_the_plan_itself")
        ]

    def __str__(self) -> str:
        """Of which scenario."""
        return f"result of {self.scenario_id or 'the plan'}"
