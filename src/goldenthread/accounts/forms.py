"""What people type, parsed. Rights and rules are the actions' business."""

from __future__ import annotations

import zoneinfo
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies
from django import forms

from goldenthread.accounts import queries
from goldenthread.accounts.models import Organisation, Person, Scope
from goldenthread.kit.permissions import Role
from goldenthread.ui.terms import term

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
TERMS = ("client", "objective", "step", "PMO")  # the words an organisation may replace by its own


def _day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _hour(label: str, hint: str = "") -> forms.TimeField:
    return forms.TimeField(label=label, required=False, help_text=hint, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))


def _days_kept(label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=3650, required=False, label=label, help_text=hint)


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """Time zones by region and city, as choices."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


@lru_cache(maxsize=1)
def currencies() -> list[tuple[str, str]]:
    """Currencies that are in use somewhere as choices, by code."""
    used = {code for country in queries.countries() for code in get_territory_currencies(country)}
    return [(code, f"{code} · {get_currency_name(code, locale='en_GB')}") for code in sorted(used)]


@lru_cache(maxsize=1)
def country_names() -> list[tuple[str, str]]:
    """Countries as choices, by name."""
    names = Locale("en", "GB").territories
    return [("", "None"), *sorted(((code, names.get(code, code)) for code in queries.countries()), key=lambda pair: pair[1])]


class OrganisationForm(forms.Form):
    """The settings of the whole organisation; `changes` are model fields."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=120)
    time_zone = forms.ChoiceField(choices=time_zones, help_text="Days begin and end here, for everybody.")
    currency = forms.ChoiceField(choices=currencies, help_text="Totals are shown in it.")
    country = forms.ChoiceField(choices=country_names, required=False, label="Public holidays of")
    region = forms.ChoiceField(required=False, label="Region", help_text="Where regions keep days of their own.")
    fiscal_year_start = forms.TypedChoiceField(
        choices=[(number, name) for number, name in enumerate(MONTHS, 1)], coerce=int, label="The fiscal year starts in"
    )

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        country, _, region = organisation.country.partition("-")
        initial: dict[str, Any] = {
            name: getattr(organisation, name) for name in ("name", "time_zone", "currency", "fiscal_year_start", "version")
        }
        super().__init__(data, initial={**initial, "country": country, "region": region})
        chosen = (data.get("country", "") if data is not None else country) or ""
        self.fields["region"].choices = [("", "The whole country"), *queries.regions(chosen).items()]  # type: ignore[attr-defined]
        for number, day in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = forms.FloatField(
                label=day,
                min_value=0,
                max_value=24,
                initial=f"{organisation.working_week[number] / 60:g}",
                widget=forms.NumberInput({"step": "0.25"}),
            )
        for word in TERMS:
            self.fields[f"term_{word}"] = forms.CharField(
                label=f"We say for “{word}”", max_length=60, required=False, initial=organisation.terms.get(word, "")
            )

    @property
    def days(self) -> list[Any]:
        """The fields of the working week."""
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def terms(self) -> list[Any]:
        """The fields of the renamed words."""
        return [self[f"term_{word}"] for word in TERMS]

    @property
    def changes(self) -> dict[str, Any]:
        """The organisation's fields as entered."""
        clean = self.cleaned_data
        place = f"{clean['country']}-{clean['region']}" if clean["region"] else clean["country"]
        return {
            **{name: clean[name] for name in ("name", "time_zone", "currency", "fiscal_year_start")},
            "country": place,
            "working_week": [round(clean[f"day_{number}"] * 60) for number in range(7)],
            "terms": {word: clean[f"term_{word}"].strip() for word in TERMS if clean[f"term_{word}"].strip()},
        }


class PrivacyForm(forms.Form):
    """The switches; each says in one sentence what it shows to whom."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    shows_person_load = forms.BooleanField(
        required=False,
        label="Show how much work a person has",
        help_text="Leads see planned hours of single people. Off: totals of groups only.",
    )
    shows_time_of_others = forms.BooleanField(
        required=False,
        label="Show logged hours of single people",
        help_text="Heads of PMO and resource managers see who logged which hours. Off: everybody sees only their own.",
    )
    shows_own_estimates = forms.BooleanField(
        required=False,
        label="Let owners say how likely they think their targets are",
        help_text="Owners see alone how right they were; others see what an owner shares. Off: nobody is asked.",
    )
    shows_who_has_read = forms.BooleanField(
        required=False,
        label="Show who has read what a version of the plan changes",
        help_text="Who puts versions in force sees whom to remind. Off: a number only.",
    )
    smallest_group = forms.IntegerField(
        min_value=3, max_value=50, label="Smallest group", help_text="Answers and averages of fewer people are never shown."
    )

    keeps_answers_days = _days_kept(
        "Words of answered questions", "The answer itself is a fact and stays; what was asked in words goes."
    )
    keeps_messages_days = _days_kept("Messages that were read", "Lines of the inbox, counted from the reading.")
    keeps_files_days = _days_kept("Files that were imported", "The bytes go; what came of the import stays and can be undone.")
    keeps_sessions_days = _days_kept("Sessions that ended", "Start and program of a sign-in.")

    quiet_from = _hour(
        "Mails wait from", "What tells of changes; a link to sign in never waits. Both empty: mails go at any hour."
    )
    quiet_to = _hour("to", "In the organisation’s time zone; each person may choose other hours.")
    is_quiet_on_free_days = forms.BooleanField(
        required=False, label="Mails wait on days without work", help_text="As the working week says, mostly the weekend."
    )

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        super().__init__(data, initial={name: getattr(organisation, name) for name in self.base_fields})

    @property
    def mails(self) -> list[Any]:
        """When mails wait."""
        return [self[name] for name in ("quiet_from", "quiet_to", "is_quiet_on_free_days")]

    @property
    def switches(self) -> list[Any]:
        """What is shown to whom."""
        return [self[name] for name in self.fields if name.startswith("shows_") or name == "smallest_group"]

    @property
    def times(self) -> list[Any]:
        """How long things are kept."""
        return [self[name] for name in self.fields if name.startswith("keeps_")]


class ErasureForm(forms.Form):
    """What makes sure that an erasure is meant."""

    also = forms.CharField(
        required=False,
        max_length=400,
        label="Also called",
        widget=forms.Textarea({"rows": 2}),
        help_text="Short names, maiden names, initials: one a line. They are replaced wherever they stand as a word.",
    )
    reason = forms.CharField(
        max_length=300, label="At whose request, and when it came", help_text="Stays in the record, without the name."
    )
    typed = forms.CharField(max_length=120, label="The name once more", widget=forms.TextInput({"autocomplete": "off"}))

    @staticmethod
    def called(text: str) -> list[str]:
        """The other names, one a line."""
        return [line.strip() for line in text.splitlines() if line.strip()][:20]


class RateForm(forms.Form):
    """What one unit of a currency is worth from a day on."""

    currency = forms.ChoiceField(choices=currencies)
    valid_from = _day("From", required=True)
    rate = forms.DecimalField(
        min_value=Decimal("0.000001"), max_value=Decimal(10**9), decimal_places=6, label="One unit is worth"
    )
    source = forms.CharField(max_length=120, required=False, label="Taken from")


class TokenForm(forms.Form):
    """A token for a program that speaks for me."""

    name = forms.CharField(max_length=80, label="What will use it")
    days = forms.TypedChoiceField(
        choices=[(30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "A year")], coerce=int, label="Ends after", initial=90
    )
    may_write = forms.BooleanField(required=False, label="May write", help_text="Otherwise it can only read.")


class AbsenceForm(forms.Form):
    """Who stands in for me, and when."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    absent_from = _day("Away from")
    absent_to = _day("To and including")
    deputy: forms.ModelChoiceField[Person] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody", help_text="Sees and may do what you may, while you are away."
    )

    def __init__(self, data: Any = None, *, person: Person, today: date) -> None:
        super().__init__(
            data,
            initial={
                "absent_from": person.absent_from,
                "absent_to": person.absent_to,
                "deputy": person.deputy_id,
                "version": person.version,
            },
        )
        here = queries.still_here(today)
        people = Person.objects.filter(here, user__isnull=False, is_external=False).exclude(pk=person.pk)
        if not queries.rights(person).anywhere("v", "PERSON"):
            people = people.filter(department=person.department) if person.department else people.none()
        self.fields["deputy"].queryset = people.order_by("name")  # type: ignore[attr-defined]


class MailForm(forms.Form):
    """Whether I get mails about changes, and my own quiet hours."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    gets_mail = forms.BooleanField(
        required=False,
        label="Tell me of changes by mail too",
        help_text="One mail for a version of the plan. Today tells it in any case.",
    )
    quiet_from = _hour("My mails wait from", "Both empty: the hours of the organisation.")
    quiet_to = _hour("to")

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data, initial={name: getattr(person, name) for name in self.base_fields})


class PersonForm(forms.Form):
    """A person's plain fields."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(required=False, label="E-mail", help_text="Needed to sign in and to be asked.")
    job_title = forms.CharField(max_length=120, required=False)
    department = forms.CharField(max_length=120, required=False)
    hours_per_week = forms.FloatField(min_value=0, max_value=168, initial=40, widget=forms.NumberInput({"step": "0.5"}))
    leaves_on = _day("Last day", hint="From the next day on the sign-in is closed and open work is listed for others.")
    is_external = forms.BooleanField(
        required=False, label="External", help_text="Not of this organisation: cannot stand in for others."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, person: Person | None = None) -> None:
        initial: dict[str, Any] = {}
        if person is not None:
            names = ("name", "email", "job_title", "department", "leaves_on", "is_external", "version")
            initial = {**{name: getattr(person, name) for name in names}, "hours_per_week": f"{person.minutes_per_week / 60:g}"}
        super().__init__(data, initial=initial)

    @property
    def changes(self) -> dict[str, Any]:
        """The person's fields as entered."""
        clean = {name: value for name, value in self.cleaned_data.items() if name not in {"version", "hours_per_week"}}
        return {**clean, "minutes_per_week": round(self.cleaned_data["hours_per_week"] * 60)}


class RoleForm(forms.Form):
    """A role and where it is held."""

    role = forms.ChoiceField(choices=Role.choices)
    scope: forms.ModelChoiceField[Scope] = forms.ModelChoiceField(queryset=None, label="On", empty_label=None)

    def __init__(self, data: Any = None, *, by: Person) -> None:
        super().__init__(data)
        self.fields["scope"].queryset = queries.scopes_to_grant(by)  # type: ignore[attr-defined]
        self.fields["scope"].label_from_instance = _scope_label  # type: ignore[attr-defined]
        every = Role.ADMINISTRATOR in queries.rights(by).alone().roles
        offered = [(key, term(label)) for key, label in Role.choices if every or key not in queries.ONLY_BY_ADMINISTRATORS]
        self.fields["role"].choices = offered  # type: ignore[attr-defined]


def _scope_label(scope: Scope) -> str:
    return f"{scope.name} ({scope.get_scope_kind_display().lower()})"


class PasswordForm(forms.Form):
    """The first password of somebody who was invited."""

    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least ten characters; a sentence is easiest.",
    )
