"""The form of an office."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.purpose.forms.base import PersonField, RoomForm, text_field


class OfficeForm(RoomForm):
    """What an office is called, who leads it, and what its red means."""

    name = text_field("Name", 120, required=True)
    code = text_field("Short name", 20, help_text="In addresses and commands: it, capital-works. Empty: made from the name")
    head = PersonField("Head")
    supervision_hours = forms.FloatField(
        label="Hours a week for supervising projects", required=False, min_value=0, max_value=10_000,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )  # fmt: skip
    red_means = text_field(
        "What red means here", 200, help_text="Two offices that say red for different things are not compared by colour alone"
    )

    def fields_of_office(self) -> dict[str, Any]:
        """What the actions take: the hours in minutes."""
        hours = self.cleaned_data["supervision_hours"] or 0
        return self.changes("supervision_hours") | {"supervision_minutes": round(hours * 60)}
