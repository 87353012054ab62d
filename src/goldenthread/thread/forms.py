"""Forms of the first run: three fields for the office, five for a proposed objective, four for what is still a question."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from goldenthread.accounts.models import Person
from goldenthread.engine.proposals import ObjectiveProposal
from goldenthread.plan.models import Contribution
from goldenthread.plan.queries import Held
from goldenthread.purpose.models import Target
from goldenthread.thread.actions import Kept
from goldenthread.thread.queries.start import Aim

LONGEST_TEXT = 20_000
MILLION = 1_000_000
SIZES = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
_FIGURE = re.compile(r"^[^\d+\-−]{0,4}([+\-−]?\d[\d\s,’']*(?:\.\d+)?)\s*(k|m|bn)?\s*%?$", re.IGNORECASE)
DAY = {"type": "date"}


class FigureField(forms.CharField):
    """A figure as people type it: 1,200, 1.2m, £85k, 70 %. Answers a float or None."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label, required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "9"})
        )

    def clean(self, value: Any) -> float | None:
        """The figure, or what is wrong with it."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = _FIGURE.match(text)
        if found is None:
            raise forms.ValidationError("This is not a figure. Write 14, 1,200, 1.2m or 70 %.")
        number = float(re.sub(r"[\s,’']", "", found[1]).replace("−", "-")) * SIZES[(found[2] or "").lower()]
        if not math.isfinite(number):
            raise forms.ValidationError("This figure is too large.")
        return number


class OfficeForm(forms.Form):
    """What a PMO is, in three fields."""

    name = forms.CharField(label="Name of the PMO", max_length=120, initial="PMO")
    purpose = forms.CharField(
        label="What it is for, in one sentence",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="From the organisation’s side. For instance: Have projects decided in time and show what they were worth.",
    )
    issuer = forms.CharField(
        label="Who gave the mandate", max_length=120, help_text="A person or a body: the board, the chief operating officer"
    )


class StepForm(forms.Form):
    """A first step: what is done, for which goal, how far that goes, by when."""

    name = forms.CharField(
        label="What will you do first?", max_length=300, help_text="For instance: Agree decision days with the sponsors"
    )
    goal = forms.ChoiceField(label="Which goal does it serve?", widget=forms.RadioSelect)
    size = forms.ChoiceField(
        label="How far will it move that figure?", choices=Contribution.Size.choices, initial=Contribution.Size.MEDIUM
    )
    deadline = forms.DateField(label="By", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))

    def __init__(self, data: Any, aims: Sequence[Aim]) -> None:
        super().__init__(data)
        goals = [(f"kpi:{aim.target.kpi_id}", aim.objective.label) for aim in aims if aim.target is not None]
        self.fields["goal"].choices = goals  # type: ignore[attr-defined]
        if goals:
            self.fields["goal"].initial = goals[0][0]


class TextForm(forms.Form):
    """One objective typed, or the text of a slide."""

    text = forms.CharField(
        label="One objective, or the text of your strategy slide",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="Paste it as it is: every bullet becomes a proposal, and what is missing becomes a question. "
        "Nothing is added before you say so.",
    )


class ProposalForm(forms.Form):
    """One proposed objective: tick it, and say what its figure is."""

    keep = forms.BooleanField(label="Keep it", required=False)
    kpi = forms.CharField(label="Figure", max_length=160, required=False)
    unit = forms.CharField(label="Unit", max_length=40, required=False, widget=forms.TextInput(attrs={"size": "9"}))
    baseline = FigureField("Today")
    value = FigureField("Target")
    due_on = forms.DateField(label="By", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))

    def __init__(self, data: Any, proposal: ObjectiveProposal, *, is_known: bool) -> None:
        self.proposal, self.is_known = proposal, is_known
        given = {
            "keep": not is_known,
            "kpi": proposal.kpi[:1].upper() + proposal.kpi[1:],
            "unit": proposal.unit,
            "baseline": _written(proposal.baseline),
            "value": _written(proposal.target),
            "due_on": proposal.target_on,
        }
        super().__init__(data, prefix=f"p{proposal.line}", initial=given)

    @property
    def questions(self) -> list[str]:
        """What the sentence leaves open. A figure without a day counts as of today, so that is not asked."""
        return [asked for asked in self.proposal.questions if not asked.startswith("When was")]

    def missing(self, name: str) -> bool:
        """Whether the sentence leaves this open."""
        return self.initial.get(name) in ("", None)

    def kept(self, today: date) -> Kept:
        """What was kept. A figure without a day is of today."""
        data, proposal = self.cleaned_data, self.proposal
        same = data["baseline"] == proposal.baseline and proposal.baseline_on is not None
        return Kept(
            title=proposal.title,
            heading=proposal.heading,
            kpi=data["kpi"],
            unit=data["unit"],
            baseline=data["baseline"],
            baseline_on=None if data["baseline"] is None else proposal.baseline_on if same else today,
            value=data["value"],
            due_on=data["due_on"],
            falls=proposal.direction == "down",
        )


def _written(value: float | None) -> str:
    if value is None:
        return ""
    if abs(value) >= MILLION and float(f"{value / MILLION:g}") * MILLION == value:
        return f"{value / MILLION:g}m"  # a field of nine signs has no room for 120,000,000
    return f"{value:,.6f}".rstrip("0").rstrip(".")


class FiguresForm(forms.Form):
    """What is still a question about an objective's figure."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput())
    unit = forms.CharField(label="Unit", max_length=40, required=False, widget=forms.TextInput(attrs={"size": "9"}))
    baseline = FigureField("Today")
    value = FigureField("Target")
    due_on = forms.DateField(label="By", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))

    def __init__(self, data: Any, target: Target) -> None:
        given = {
            "version": target.version,
            "unit": target.kpi.unit,
            "baseline": _written(target.baseline),
            "value": _written(target.value),
            "due_on": target.due_on,
        }
        super().__init__(data, prefix=f"t{target.pk}", initial=given)

    @property
    def figures(self) -> dict[str, Any]:
        """The fields of the target."""
        return {name: self.cleaned_data[name] for name in ("baseline", "value", "due_on")}


class HandOverForm(forms.Form):
    """Who takes over, and which rows: all of them until some are left out."""

    taker: Any = forms.ModelChoiceField(queryset=None, label="Who takes it over?", empty_label="choose")

    def __init__(self, data: Any, people: Any, held: Held) -> None:
        super().__init__(data)
        self.fields["taker"].queryset = people  # type: ignore[attr-defined]
        self.rows = [row.key for row in held.rows] if data is None else data.getlist("rows")

    @property
    def person(self) -> Person:
        """The one chosen."""
        found: Person = self.cleaned_data["taker"]
        return found
