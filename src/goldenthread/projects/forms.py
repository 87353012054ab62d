"""What the pages of projects send."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import people, visible
from goldenthread.formats.risk_list import LONGEST, LONGEST_NAME, RiskEvent
from goldenthread.kit.errors import Refused
from goldenthread.kit.money import Money, currency_code, exponent
from goldenthread.kit.permissions import Act
from goldenthread.projects.models import Programme, Project
from goldenthread.schedule.models import ScheduleRisk

MANDATORY = "Required by law, regulator or contract, or to keep running"
CONFIDENTIAL = "Seen by few; others see it in totals only"
MONEY = ("budget", "forecast", "spent")


def day_field(label: str, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


def money_field(label: str, **options: Any) -> forms.DecimalField:
    """An amount in whole units, with decimals where the currency has some."""
    return forms.DecimalField(label=label, required=False, max_digits=18, decimal_places=3, **options)


class RefusableForm(forms.Form):
    """A form that shows what an action refused beside its field."""

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal at its field, or above the form."""
        name = refusal.field.removesuffix("_minor")
        self.add_error(name if name in self.fields else None, str(refusal))


class VersionedForm(RefusableForm):
    """One that carries the version that was seen as well."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput())


class ProjectForm(VersionedForm):
    """A project's plain fields. Money is typed in whole units."""

    name = forms.CharField(label="Name", max_length=300)
    reference = forms.CharField(label="Reference", max_length=60, required=False)
    department = forms.CharField(label="Department", max_length=200, required=False)
    category = forms.CharField(label="Category", max_length=120, required=False)
    description = forms.CharField(label="Description", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    programme: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Programme", queryset=None, required=False, empty_label="none"
    )
    manager: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Project manager", queryset=None, required=False, empty_label="nobody linked yet"
    )
    sponsor: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Sponsor", queryset=None, required=False, empty_label="nobody linked yet"
    )
    state = forms.ChoiceField(label="State", choices=Project.State.choices)
    starts_on = day_field("Start")
    finishes_on = day_field("Finish, as forecast")
    baseline_finish = day_field("Finish, as approved", help_text="Another day counts as one more re-baselining")
    currency = forms.CharField(label="Currency", max_length=3, required=False)
    budget = money_field("Budget")
    forecast = money_field("Cost, as forecast")
    spent = money_field("Spent to date")
    is_mandatory = forms.BooleanField(
        label="Mandatory", required=False, help_text="Required by law, regulator or contract, or to keep running"
    )
    mandatory_because = forms.CharField(label="What requires it", max_length=200, required=False)
    is_confidential = forms.BooleanField(
        label="Confidential", required=False, help_text="Seen by few; others see it in totals only"
    )

    def __init__(self, *args: Any, person: Person, project: Project | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes = visible(Programme.objects.all(), person, Act.EDIT)
        self.fields["programme"].queryset = programmes.order_by("name")  # type: ignore[attr-defined]
        known = {getattr(project, name) for name in ("manager_id", "sponsor_id")} if project is not None else set()
        offered = Person.objects.filter(Q(pk__in=people(person).values("pk")) | Q(pk__in=known - {None})).order_by("name", "id")
        for name in ("manager", "sponsor"):
            self.fields[name].queryset = offered  # type: ignore[attr-defined]
        ended = {Project.State.CLOSED, Project.State.CANCELLED}
        kept = [c for c in Project.State.choices if c[0] not in ended or (project is not None and project.state == c[0])]
        self.fields["state"].choices = kept  # type: ignore[attr-defined]
        if project is not None:
            self.fields.pop("programme")

    def values(self) -> dict[str, Any]:
        """Fields of a project as the actions take them."""
        found = {name: value for name, value in self.cleaned_data.items() if name not in {"version", *MONEY}}
        currency = currency_code(found["currency"]) if found["currency"] else ""
        return found | {"currency": currency} | {f"{n}_minor": minor(self.cleaned_data[n], currency) for n in MONEY}


class RiskForm(VersionedForm):
    """What may happen to a schedule; the activities it lengthens are chosen beside these fields."""

    name = forms.CharField(label="What may happen", max_length=LONGEST_NAME)
    chance = forms.FloatField(label="How likely", min_value=0, max_value=100)
    unit = forms.ChoiceField(label="It then lengthens work by", choices=ScheduleRisk.Unit.choices)
    low = forms.FloatField(label="At least", min_value=-LONGEST, max_value=LONGEST)
    likely = forms.FloatField(label="Most likely", min_value=-LONGEST, max_value=LONGEST)
    high = forms.FloatField(label="At most", min_value=-LONGEST, max_value=LONGEST)

    def event(self) -> RiskEvent:
        """The risk that was asked for, without its activities."""
        said = self.cleaned_data
        is_share = said["unit"] == ScheduleRisk.Unit.PERCENT
        return RiskEvent("", said["name"], said["chance"], said["low"], said["likely"], said["high"], is_share, ())


class ReportForm(RefusableForm):
    """How a project stands."""

    on = day_field("Day", help_text="Left empty, it is today.")
    rating = forms.ChoiceField(label="Rating", required=False, choices=[("", "no rating"), *Project.Rating.choices])
    comment = forms.CharField(label="In words", max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    finishes_on = day_field("Finish, as forecast now")
    forecast = money_field("Cost, as forecast now")


def minor(amount: Decimal | None, currency: str) -> int | None:
    """A typed amount in minor units; Refused where it comes without a currency."""
    if amount is None:
        return None
    if not currency:
        raise Refused("Say in which currency.", field="currency")
    return Money.of(amount, currency).minor


def initial(project: Project, currency: str) -> dict[str, Any]:
    """What the form shows of a stored project."""
    names = [name for name in ProjectForm.base_fields if name not in MONEY]
    shown = {name: getattr(project, name) for name in names}
    for name in MONEY:
        amount = getattr(project, f"{name}_minor")
        shown[name] = major(amount, project.currency or currency)
    return shown | {"currency": project.currency or currency}


def major(amount: int | None, currency: str) -> Decimal | None:
    """Minor units as whole units, for an input."""
    if amount is None:
        return None
    exact = Money(amount, currency).major
    return (
        exact.quantize(Decimal(1))
        if exact == exact.to_integral_value()
        else exact.quantize(Decimal(1).scaleb(-exponent(currency)))
    )
