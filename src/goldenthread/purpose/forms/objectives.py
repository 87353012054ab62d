"""Forms of an objective and of its targets."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.accounts.models import Person
from goldenthread.purpose import queries
from goldenthread.purpose.forms.base import PersonField, RoomForm, day_field, number_field, text_field
from goldenthread.purpose.models import Clause, Kpi, Objective, Office

NEW = "What the new KPI measures. Leave empty to use the one chosen above."


class ObjectiveForm(RoomForm):
    """The sentence and what it stands on. `fill` asks to read figures out of the sentence."""

    title = text_field(
        "Objective", 300, required=True, rows=2,
        help_text="One sentence: what changes, from which figure to which, by when. For instance: "
        "Reduce complaints from 38 a month in October 2026 to 20 a month by December 2027.",
    )  # fmt: skip
    short_name = text_field("Short name", 60, help_text="A few words for maps and threads")
    owner = PersonField("Owner", help_text="One person who answers for it")
    clause: forms.ModelChoiceField[Clause] = forms.ModelChoiceField(
        queryset=None, label="Clause of the mandate", required=False, empty_label="none yet"
    )
    leadership_goal = text_field("Leadership goal it comes from", 300)
    ambition = forms.ChoiceField(label="Ambition", choices=Objective.Ambition.choices, initial=Objective.Ambition.COMMITTED)
    missed_by = text_field("Who outside the PMO would miss it", 200)
    disbenefits = text_field("What it costs others", 500, help_text="Units that are worse off because of it, and how")
    detail = text_field("Detail", 4000, rows=3)
    valid_to = day_field("Counts until", help_text="After this day work for it no longer counts")
    is_confidential = forms.BooleanField(label="Confidential", required=False, help_text="Others see it in totals only")
    reason = text_field("Why this changes", 500, help_text="It was approved: say why what it asks for changes")

    def __init__(self, *args: Any, office: Office, may_hide: bool, asks_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].queryset = queries.citable_clauses(office)  # type: ignore[attr-defined]
        if not may_hide:
            del self.fields["is_confidential"]
        if not asks_reason:
            del self.fields["reason"]


class TargetForm(RoomForm):
    """A KPI, one of those there are or a new one, and what it is to be."""

    kpi: forms.ModelChoiceField[Kpi] = forms.ModelChoiceField(queryset=None, label="KPI", required=False, empty_label="a new one")
    kpi_name = text_field("New KPI", 160, help_text=NEW)
    unit = text_field("Unit", 40, help_text="days, %, complaints, EUR thousand")
    direction = forms.ChoiceField(label="Better is", choices=Kpi.Direction.choices, required=False)
    cadence = forms.ChoiceField(label="Measured", choices=Kpi.Cadence.choices, required=False, initial=Kpi.Cadence.MONTHLY)
    source = text_field("Where the figure is read", 200)
    measured_by = PersonField("Who enters it")
    baseline = number_field("Today’s figure")
    baseline_on = day_field("Measured on")
    value = number_field("Target")
    due_on = day_field("By")
    band_low = number_field("Band from")
    band_high = number_field("Band to")
    tolerance = number_field("Tolerance", help_text="Which miss is still accepted")
    is_required = forms.BooleanField(label="Required", required=False, initial=True, help_text="The chance counts it")
    reason = text_field("Why this changes", 500, help_text="The objective was approved: say why what it asks for changes")

    NEW_KPI = ("kpi_name", "unit", "direction", "cadence", "source", "measured_by")
    FIGURES = ("baseline", "baseline_on", "value", "due_on", "band_low", "band_high", "tolerance", "is_required")

    def __init__(self, *args: Any, person: Person, asks_reason: bool = False, kpi: Kpi | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kpi"].queryset = queries.kpis(person)  # type: ignore[attr-defined]
        if kpi is not None:
            for name in ("kpi", *self.NEW_KPI):
                del self.fields[name]
            for name in ("band_low", "band_high") if kpi.direction != Kpi.Direction.BAND else ("value",):
                del self.fields[name]
        if not asks_reason:
            del self.fields["reason"]

    def figures(self) -> dict[str, Any]:
        """The fields of the target."""
        return {name: self.cleaned_data[name] for name in self.FIGURES if name in self.cleaned_data}

    def levels(self) -> list[float | None]:
        """The figures of the target that are levels of its KPI."""
        return [self.cleaned_data.get(name) for name in ("baseline", "value", "band_low", "band_high")]

    def new_kpi(self) -> dict[str, Any]:
        """The fields of the KPI to be made."""
        data = self.cleaned_data
        return {
            "name": data["kpi_name"], "unit": data["unit"], "direction": data["direction"] or Kpi.Direction.RISE,
            "cadence": data["cadence"] or Kpi.Cadence.MONTHLY, "source": data["source"], "owner": data["measured_by"],
        }  # fmt: skip

    def is_wanted(self) -> bool:
        """Whether a KPI was named at all; an objective may be written down before its figure is known."""
        return bool(self.cleaned_data.get("kpi") or self.cleaned_data.get("kpi_name", "").strip())


class AgreeForm(RoomForm):
    """Who of the leadership agreed, and to which goal it belongs."""

    leadership_goal = text_field("Goal of the leadership", 300, required=True)
    agreed_by = PersonField("Who agreed", required=True)
    on = day_field("On", help_text="Today, if left empty")
