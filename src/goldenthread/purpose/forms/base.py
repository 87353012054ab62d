"""What the forms of this room share: how a day and a person are asked for, the version seen, and a refusal shown at its field."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused


class DayInput(forms.DateInput):
    """A browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DayInput())


def number_field(label: str, *, required: bool = False, help_text: str = "") -> forms.FloatField:
    """A figure in the KPI's unit, with as many decimals as were measured."""
    return forms.FloatField(label=label, required=required, help_text=help_text, widget=forms.NumberInput(attrs={"step": "any"}))


def text_field(label: str, longest: int, *, required: bool = False, help_text: str = "", rows: int = 0) -> forms.CharField:
    """A line of text, or a box of some rows."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text, widget=widget)


class PersonField(forms.ModelChoiceField):
    """One of the organisation's people. The form sets the queryset: outside a request there is none."""

    def __init__(self, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(queryset=None, label=label, required=required, help_text=help_text, empty_label="nobody yet")


class RoomForm(forms.Form):
    """A form that knows the version that was seen and can show a refusal at its field."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.queryset = Person.objects.order_by("name", "id")

    def refuse(self, refusal: Refused) -> None:
        """Show why an action refused, at the field it names where the form has it."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def changes(self, *leave_out: str) -> dict[str, Any]:
        """What was typed, less the version and what is named."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", *leave_out}}
