"""Requests of the room, checked."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.evidence.models import OwnEstimate
from goldenthread.purpose.models import Target
from goldenthread.ui import writing


class OwnChanceForm(forms.Form):
    """A percentage for each target still to come, empty where the owner says nothing, and whether others may see it."""

    is_shared = forms.BooleanField(
        required=False,
        label="Share it",
        help_text="Who may see the target then sees your chance with your name. Otherwise nobody does.",
    )

    def __init__(self, data: Any = None, *, targets: list[Target], known: dict[int, OwnEstimate]) -> None:
        super().__init__(data, initial={"is_shared": any(row.is_shared for row in known.values())})
        for target in targets:
            said = known.get(target.pk)
            last = f" Last said: {writing.percent(said.chance)} on {writing.date(said.made_on)}." if said is not None else ""
            self.fields[f"chance_{target.pk}"] = forms.IntegerField(
                min_value=0, max_value=100, required=False, label=f"Your chance for {target.kpi}, in percent",
                help_text=f"How likely is it that it is reached by {writing.date(target.due_on)}?{last}",
            )  # fmt: skip
        self.order_fields([*(f"chance_{target.pk}" for target in targets), "is_shared"])

    def percents(self) -> dict[int, int]:
        """Target id -> percent, where one was said."""
        said = {name: value for name, value in self.cleaned_data.items() if name.startswith("chance_")}
        return {int(name.removeprefix("chance_")): value for name, value in said.items() if value is not None}
