"""Forms of a mandate and of a service."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.purpose.forms.base import RoomForm, day_field, text_field
from goldenthread.purpose.models import Mandate, Service


class MandateForm(RoomForm):
    """A mandate with its clauses, one a line."""

    title = text_field("Title", 200, required=True)
    mandate_kind = forms.ChoiceField(label="Kind", choices=Mandate.MandateKind.choices)
    purpose = text_field("Why the PMO exists", 4000, required=True, rows=4)
    issuer = text_field("Given by", 120, required=True, help_text="The person or body that can give it")
    clauses = forms.CharField(
        label="Clauses", required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One a line. Objectives cite them, so make each one sentence about a result.",
    )  # fmt: skip
    issued_on = day_field("Given on")
    valid_from = day_field("In force from")
    valid_to = day_field("Until")
    review_on = day_field("Review due")

    def __init__(self, *args: Any, with_clauses: bool = True, dates_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = {"valid_to", "review_on", "version"} if dates_only else set(self.fields)
        for name in set(self.fields) - keep | (set() if with_clauses else {"clauses"} & set(self.fields)):
            del self.fields[name]

    def lines(self) -> list[str]:
        """The clauses, without empty lines and leading numbers."""
        lines = (line.strip().lstrip("0123456789.)•-– ").strip() for line in self.cleaned_data["clauses"].splitlines())
        return [line for line in lines if line]

    def clean_clauses(self) -> str:
        """No clause is longer than a sentence."""
        text: str = self.cleaned_data["clauses"]
        for number, line in enumerate(text.splitlines(), start=1):
            if len(line.strip()) > 300:
                raise forms.ValidationError(f"Line {number} has more than 300 characters: make it two clauses.")
        return text


class ServiceForm(RoomForm):
    """A line of the service catalogue."""

    name = text_field("Service", 120, required=True)
    detail = text_field("What one gets", 500, rows=2)
    service_class = forms.ChoiceField(label="Class", choices=Service.ServiceClass.choices)
    state = forms.ChoiceField(
        label="State", choices=[row for row in Service.State.choices if row[0] != "RETIRED"], initial=Service.State.OFFERED
    )
    goes_to = text_field("Who does it instead", 120, help_text="Where it is not our job")
    planned_percent = forms.FloatField(
        label="Planned share of our hours",
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
    )

    def fields_of_service(self) -> dict[str, Any]:
        """What the action takes: the share in hundredths of a percent."""
        said = self.changes("planned_percent")
        return said | {"planned_share": round((self.cleaned_data["planned_percent"] or 0) * 100)}
