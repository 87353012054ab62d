"""Forms of a KPI, its figures and what a unit is worth."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.kit.money import Money, currency_code
from goldenthread.purpose.forms.base import PersonField, RoomForm, day_field, number_field, text_field
from goldenthread.purpose.models import Kpi, ValueRate


class KpiForm(RoomForm):
    """What an indicator is. Unit and direction are asked only while it has no figures."""

    name = text_field("Name", 160, required=True)
    unit = text_field("Unit", 40, help_text="days, %, complaints, EUR thousand")
    direction = forms.ChoiceField(label="Better is", choices=Kpi.Direction.choices)
    decimals = forms.IntegerField(label="Decimals shown", min_value=0, max_value=6, initial=1)
    cadence = forms.ChoiceField(label="Measured", choices=Kpi.Cadence.choices, initial=Kpi.Cadence.MONTHLY)
    owner = PersonField("Who enters the figure")
    source = text_field("Where it is read", 200)
    definition = text_field("Definition", 2000, rows=3, help_text="So exact that two people read the same figure")
    floor = number_field("Never below")
    ceiling = number_field("Never above")
    overlaps = text_field("Counts the same money as", 60, help_text="KPIs with the same word here are never added up")
    is_completion = forms.BooleanField(label="Counts how much of a task is done", required=False)
    is_internal = forms.BooleanField(label="Only the PMO would notice a change", required=False)

    def __init__(self, *args: Any, has_figures: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_figures:
            del self.fields["unit"], self.fields["direction"]


class RedefineForm(RoomForm):
    """From a day on the KPI measures something else."""

    on = day_field("From", required=True)
    unit = text_field("Unit", 40)
    direction = forms.ChoiceField(label="Better is", choices=Kpi.Direction.choices)
    definition = text_field("Definition", 2000, rows=3)
    source = text_field("Where it is read", 200)
    reason = text_field("What changes, and why", 500, required=True)


class FigureForm(RoomForm):
    """One figure for a day."""

    on = day_field("Day", required=True)
    value = number_field("Figure", required=True)
    source = text_field("Source", 200, help_text="Where it was read, if not as usual")
    is_estimate = forms.BooleanField(label="An estimate", required=False)


class RateForm(RoomForm):
    """What one unit is worth."""

    amount = forms.DecimalField(label="One unit is worth", max_digits=15)
    currency = forms.CharField(label="Currency", max_length=3, min_length=3)
    rate_kind = forms.ChoiceField(label="Paid", choices=ValueRate.RateKind.choices)
    valid_from = day_field("From", required=True)
    held_until = day_field("Held until")
    note = text_field("How this was worked out", 300)

    def worth(self) -> Money:
        """The amount as money, or Refused."""
        return Money.of(self.cleaned_data["amount"], currency_code(self.cleaned_data["currency"]))
