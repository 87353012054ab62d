"""Forms of a negotiation: where an objective comes from, and what one side says."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.accounts.models import Person
from goldenthread.purpose.forms.base import PersonField, RoomForm, number_field, text_field
from goldenthread.purpose.models import Cascade, Kpi, Objective
from goldenthread.purpose.queries.cascades import goals_to_come_from


class _GoalField(forms.ModelChoiceField):
    """An objective with the office whose it is."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.label} · {obj.office.name}"


def _share() -> forms.IntegerField:
    return forms.IntegerField(label="The PMO controls, percent", min_value=0, max_value=100, required=False)


class CascadeForm(RoomForm):
    """From which goal the objective comes, and how much of the change is the PMO's."""

    parent = _GoalField(queryset=None, label="Another objective", required=False, empty_label="none of these")
    goal = text_field("Or a goal in words", 300, help_text="Where the leadership’s goal is no objective here")
    sponsor = PersonField("Who signs for that goal", help_text="Only for a goal in words")
    share = _share()
    share_means = text_field("How that share is meant", 300, help_text="For example: the rest depends on the regulator")

    def __init__(self, *args: Any, objective: Objective, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = goals_to_come_from(objective, person)  # type: ignore[attr-defined]


class WordForm(RoomForm):
    """A proposal or a comment: a figure for one of the objective's KPIs, a share, words."""

    kpi: Any = forms.ModelChoiceField(queryset=None, label="Figure", required=False, empty_label="none")
    value = number_field("To be")
    share = _share()
    text = text_field("Words", 1000, rows=2)

    def __init__(self, *args: Any, cascade: Cascade, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Kpi.objects.filter(targets__objective=cascade.objective_id).distinct().order_by("name", "pk")
        self.fields["kpi"].queryset = own  # type: ignore[attr-defined]
