"""What people type about the plan, parsed. Hours on the page are minutes in the rows."""

from __future__ import annotations

from typing import Any

from django import forms

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import people, visible
from goldenthread.kit.errors import Refused
from goldenthread.plan.models import REPEATS, Cadence, Contribution, Step
from goldenthread.plan.queries import Experience
from goldenthread.purpose.models import Kpi, Service
from goldenthread.schedule import actions as schedule
from goldenthread.ui.terms import term

HOUR, DAY = 60, 480
LONGEST = 20_000


def first_error(form: forms.BaseForm) -> Refused:
    """The first fault of a form as a refusal that names the field."""
    name, errors = next(iter(form.errors.items()))
    label = form[name].label if name in form.fields else ""
    return Refused(f"{label}: {errors[0]}" if label else str(errors[0]), field=name)


class Versioned(forms.Form):
    """Carries the version that the writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class StepForm(Versioned):
    """A step with the dates and effort of its activity."""

    name = forms.CharField(max_length=300, label="Name")
    deliverable = forms.CharField(max_length=300, required=False, help_text="What will be there that is not there now?")
    acceptance = forms.CharField(
        max_length=300, required=False, label="Accepted when", help_text="How one will see that it is done"
    )
    accountable = forms.ModelChoiceField(
        Person._base_manager.none(), required=False, empty_label="nobody yet", help_text="Exactly one person answers for it"
    )
    step_kind = forms.ChoiceField(
        choices=lambda: [(key, term(label)) for key, label in Step.StepKind.choices], label="Kind", required=False
    )
    mode = forms.ChoiceField(choices=Step.Mode.choices, required=False)
    service = forms.ModelChoiceField(Service._base_manager.none(), required=False, empty_label="none")
    requested_by = forms.CharField(max_length=120, required=False, label="Asked for by")
    days = forms.FloatField(min_value=0, max_value=5000, required=False, label="Working days")
    low = forms.FloatField(min_value=0, max_value=LONGEST, required=False, label="Hours at best")
    likely = forms.FloatField(min_value=0, max_value=LONGEST, required=False, label="Hours, likely")
    high = forms.FloatField(min_value=0, max_value=LONGEST, required=False, label="Hours at worst")
    not_before = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Not before")
    deadline = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    progress = forms.IntegerField(min_value=0, max_value=100, required=False, label="Done, %")
    repeats = forms.ChoiceField(choices=[("", "Does not recur"), *REPEATS], required=False, label="Recurs")
    next_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Next time by", help_text="For work that recurs"
    )
    each = forms.FloatField(min_value=0, max_value=LONGEST, required=False, label="Hours each time")
    repeats_until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Recurs until")

    def clean(self) -> dict[str, Any]:
        """What recurs says when it is due next."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("repeats") and not given.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", "Say by when it is to be done the next time.")
        return given

    def __init__(self, *args: Any, office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accountable"].queryset = Person.objects.filter(is_external=False).order_by("name")  # type: ignore[attr-defined]
        self.fields["service"].queryset = Service.objects.filter(office=office).order_by("name")  # type: ignore[attr-defined]

    @staticmethod
    def of(step: Step, accountable: Person | None) -> dict[str, Any]:
        """The step as the form shows it."""
        a = step.activity
        return {
            "version": step.whole_version,
            "name": a.name,
            "deliverable": step.deliverable,
            "acceptance": step.acceptance,
            "accountable": accountable,
            "step_kind": step.step_kind,
            "mode": step.mode,
            "service": step.service,
            "requested_by": step.requested_by,
            "days": a.duration / DAY,
            "low": _hours(a.effort_low),
            "likely": _hours(a.effort_likely),
            "high": _hours(a.effort_high),
            "not_before": a.not_before,
            "deadline": a.deadline,
            "progress": a.progress,
            "repeats": step.repeats,
            "next_on": step.next_on,
            "each": _hours(step.repeat_minutes) if step.repeats else None,
            "repeats_until": step.repeats_until,
        }

    def changes(self) -> dict[str, Any]:
        """The fields of step and activity that were given."""
        given = self.cleaned_data
        likely = given["likely"]
        found: dict[str, Any] = {
            "name": given["name"].strip(),
            "deliverable": given["deliverable"],
            "acceptance": given["acceptance"],
            "service": given["service"],
            "requested_by": given["requested_by"],
            "not_before": given["not_before"],
            "deadline": given["deadline"],
            "repeats": given["repeats"],
            "next_on": given["next_on"] if given["repeats"] else None,
            "repeats_until": given["repeats_until"],
        }
        if given["each"] is not None:
            found["repeat_minutes"] = round(given["each"] * HOUR)
        for name in ("step_kind", "mode", "progress"):
            if given[name] not in {None, ""}:
                found[name] = given[name]
        if given["days"] is not None:
            found["duration"] = round(given["days"] * DAY)
        if likely is not None:
            ends = (None if given[end] is None else given[end] * HOUR for end in ("low", "high"))
            found |= zip(schedule.EFFORTS, schedule.effort_range(likely * HOUR, *ends), strict=True)
        return found


def _hours(minutes: int | None) -> float | None:
    return None if minutes is None else round(minutes / HOUR, 1)


class ContributionForm(Versioned):
    """How work moves a KPI: by size first, by range where it is known."""

    kpi = forms.ModelChoiceField(Kpi._base_manager.none(), label="Which figure does it move?", empty_label="choose a figure")
    size = forms.ChoiceField(
        choices=[*Contribution.Size.choices, ("", "By a range")], required=False, initial="M", label="How much?"
    )
    low = forms.FloatField(required=False, label="At least")
    likely = forms.FloatField(required=False, label="Likely")
    high = forms.FloatField(required=False, label="At most")
    chance = forms.IntegerField(min_value=0, max_value=100, initial=80, label="Chance that it works, %")
    lag_days = forms.IntegerField(min_value=0, max_value=3650, initial=30, label="Days until it begins to show")
    ramp_days = forms.IntegerField(min_value=0, max_value=3650, initial=60, label="Days until all of it shows")
    mechanism = forms.CharField(
        max_length=300, required=False, label="Because", help_text="Why it moves the figure, in one sentence"
    )
    assumption = forms.CharField(max_length=300, required=False, label="If")
    counts_part = forms.BooleanField(required=False)
    grade = forms.TypedChoiceField(
        coerce=int,
        required=False,
        label="Evidence",
        choices=[
            (0, "E0 asserted"),
            (1, "E1 done elsewhere"),
            (2, "E2 accepted by the user"),
            (3, "E3 seen as predicted"),
            (4, "E4 compared"),
            (5, "E5 replicated"),
        ],
    )

    def __init__(self, *args: Any, office: Any, by: Person, offer: Experience | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        if offer is None:
            del self.fields["counts_part"]
        else:
            self.fields["counts_part"].label = f"Count {offer.percent} % of it"
            self.fields["counts_part"].help_text = (
                f"{offer.kind} here gave {offer.seen} % of what was expected, n = {offer.cases}; of so few, {offer.percent} % "
                "is a fair guess for the next. Not chosen, the forecast counts what all finished work of the office gave."
            )
        self.fields["kpi"].queryset = visible(Kpi.objects.filter(office=office).order_by("name"), by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A size or the whole range."""
        given = super().clean() or {}
        given["grade"] = given.get("grade") or 0
        parts = [given.get(n) for n in ("low", "likely", "high")]
        if not given.get("size") and not all(p is not None for p in parts):
            self.add_error("size", "Choose small, medium or large, or give all three figures of the range.")
        return given

    def arguments(self) -> dict[str, Any]:
        """As `actions.contribute` takes them."""
        given = self.cleaned_data
        effect = None if given["size"] else (given["low"], given["likely"], given["high"])
        plain = {n: given[n] for n in ("chance", "lag_days", "ramp_days", "mechanism", "assumption", "grade")}
        return {"kpi": given["kpi"], "size": given["size"], "effect": effect, **plain, **self._counted()}

    def _counted(self) -> dict[str, int | None]:
        """The part of the effect that counts, where one was on offer."""
        if self.offer is None:
            return {}
        return {"counted_percent": self.offer.percent if self.cleaned_data["counts_part"] else None}

    def changes(self) -> dict[str, Any]:
        """As `actions.edit_contribution` takes them."""
        given = dict(self.cleaned_data)
        for name in ("version", "kpi"):
            given.pop(name)
        given.pop("counts_part", None)
        given |= self._counted()
        if given["size"]:
            for name in ("low", "likely", "high"):
                given.pop(name)
        else:
            given.pop("size")
        return given


class DutyForm(Versioned):
    """A duty."""

    name = forms.CharField(max_length=200)
    source = forms.CharField(max_length=300, label="Asked for by", help_text="The law, rule, contract or decision")
    holder = forms.ModelChoiceField(Person._base_manager.none(), required=False, empty_label="nobody yet", label="Who does it")
    cadence = forms.ChoiceField(choices=Cadence.choices)
    next_due = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Next due")
    minutes = forms.IntegerField(min_value=1, max_value=100_000, initial=60, label="Minutes each time")
    proof_wanted = forms.CharField(max_length=300, required=False, label="Proof", help_text="What shows that it was done")
    valid_to = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Until")
    step = forms.ModelChoiceField(
        Step._base_manager.none(), required=False, label="Step it justifies", help_text="That step then needs no goal"
    )

    def __init__(self, *args: Any, plan: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = Step.objects.filter(plan=plan, activity__cancelled_on=None).select_related("activity")
        self.fields["step"].queryset = steps.order_by("activity__name")  # type: ignore[attr-defined]
        self.fields["holder"].queryset = people(by).order_by("name")  # type: ignore[attr-defined]
