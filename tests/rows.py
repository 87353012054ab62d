"""A stored row of any model, made from the model itself: every required field filled, every text carrying a word to look for.

New models join by themselves. Only what a constraint demands beyond single fields stands in `GIVEN`.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models

from goldenthread.accounts import actions, queries
from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked

DAY = date(2026, 3, 2)
PLAIN = "plain"
MOMENT = datetime(2099, 3, 2, 12, tzinfo=UTC)  # far ahead: what expires has not expired yet
# What a constraint asks for beyond single fields, or what a reader expects of the value.
GIVEN: dict[str, dict[str, Any]] = {
    "accounts.RoleGrant": {"role": "TEAM_MEMBER"},
    "accounts.CurrencyRate": {"currency": "USD"},
    "purpose.ValueRate": {"currency": "EUR"},
    "purpose.Cascade": {"objective": "fresh purpose.Objective", "sponsor": "accounts.Person"},
    "purpose.CascadeWord": {"kpi": "purpose.Kpi", "value": 4.0},
    "plan.Contribution": {"low": 1.0, "likely": 2.0, "high": 3.0, "step": "plan.Step"},
    "plan.PlanVersion": {"state": "WITHDRAWN"},
    "evidence.ExpectedResult": {"step": "fresh plan.Step"},
    "resources.TimeEntry": {"minutes": 60, "activity": "schedule.Activity"},
    "workspace.SavedView": {"page": "projects:schedule", "ref_kind": "project"},
    "schedule.Relationship": {"predecessor": "schedule.Activity", "successor": "fresh schedule.Activity"},
}
KINDS = {
    "projects.Project": Scope.ScopeKind.PROJECT,
    "projects.Programme": Scope.ScopeKind.PROGRAMME,
    "purpose.Office": Scope.ScopeKind.OFFICE,
}
_numbers = itertools.count(1)


def tracked() -> list[Any]:
    """Every model whose rows have history."""
    return [model for model in apps.get_models() if issubclass(model, Tracked)]


class Planter:
    """Plants rows under one scope. Rows that others need are made once and kept in `rows`."""

    def __init__(
        self,
        scope: Scope,
        word: str = "",
        *,
        confidential: str = "",
        person: Person | None = None,
        everywhere: bool = False,
        markup: str = "",
    ) -> None:
        """With `confidential`, rows that can be are; "only" those then carry the word. `everywhere`: even unscoped rows do.

        `markup` follows the word in every text: what a page must never show as it stands.
        """
        self.scope, self.word, self.confidential, self.everywhere = scope, word, confidential, everywhere
        self.markup = markup
        self.rows: dict[Any, Any] = {Person: person} if person is not None else {}

    def word_in(self, model: Any) -> str:
        """The word that a text of this model carries: that of the place, where the place decides who sees such a row."""
        if self.confidential == "only" and not queries.confidential_path(model):
            return PLAIN
        return self.word if self.everywhere or queries.scope_paths(model) else PLAIN

    def row(self, model: Any) -> Any:
        """The one row of this model here."""
        if isinstance(model, str):
            model = apps.get_model(model)
        if model not in self.rows:
            self.rows[model] = self.plant(model)
        return self.rows[model]

    def plant(self, model: Any, **given: Any) -> Any:
        """A new row. Part of an open changeset."""
        row = self.build(model, **given)
        row.save()
        return row

    def build(self, model: Any, **given: Any) -> Any:
        """A new row, not saved yet."""
        values = {**GIVEN.get(model._meta.label, {}), **given}
        for name, value in values.items():
            if isinstance(value, str) and value.startswith("fresh "):
                values[name] = self.plant(apps.get_model(value.removeprefix("fresh ")))
            elif (
                isinstance(value, str) and value.count(".") == 1 and " " not in value and model._meta.get_field(name).is_relation
            ):
                values[name] = self.row(value)
        for field in model._meta.concrete_fields:
            if field.name in values or field.primary_key or field.name in {"organisation", "version"}:
                continue
            filled = self._value(model, field)
            if filled is not None:
                values[field.name] = filled
        return model(**values)

    def _value(self, model: Any, field: Any) -> Any:
        if field.name == "is_confidential":
            return bool(self.confidential)
        if field.is_relation:
            return None if field.null else self._related(model, field)
        if field.choices:
            return None if field.has_default() or field.blank else field.choices[0][0]
        if isinstance(field, models.CharField | models.TextField):
            return self._text(model, field)
        if isinstance(field, models.JSONField) and field.name in {"said", "goal"}:  # which hold words
            return {"name": self._text(model, field)}
        if field.has_default() or field.null or getattr(field, "auto_now_add", False):
            return None
        if type(field) is models.PositiveIntegerField and _is_one_of_a_kind(model, field):
            return next(_numbers)
        if isinstance(field, models.DateTimeField):
            return MOMENT
        if isinstance(field, models.DateField):
            return DAY + timedelta(days=next(_numbers))  # many tables hold one row a day
        return {models.FloatField: 1.0, models.BooleanField: False, models.JSONField: {}}.get(type(field), 1)

    def _text(self, model: Any, field: Any) -> str | None:
        if isinstance(field, models.EmailField):
            return f"row-{next(_numbers)}@aldermere.example"
        if isinstance(field, models.SlugField):
            return f"row-{next(_numbers)}"
        if field.max_length is not None and field.max_length < 40:
            return None if field.has_default() or field.blank else f"x{next(_numbers)}"[: field.max_length]
        return f"{self.word_in(model)}{self.markup} {field.name} {next(_numbers)}".strip()[: field.max_length]

    def _related(self, model: Any, field: Any) -> Any:
        target = field.related_model
        if target is not Scope:
            return self.plant(target) if field.unique else self.row(target)
        if model._meta.label == "schedule.Schedule" and self.confidential:
            return self.row("projects.Project").scope  # what is confidential about a schedule is its project
        if not field.unique:
            return self.scope
        kind = KINDS.get(model._meta.label, Scope.ScopeKind.PROJECT)
        return actions.add_scope(kind=kind, name=f"{self.word_in(model)} scope {next(_numbers)}".strip(), under=self.scope)


def _is_one_of_a_kind(model: Any, field: Any) -> bool:
    """Whether a constraint wants the field to differ from row to row."""
    return any(field.name in rule.fields for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint))


def under_top() -> Planter:
    """A planter of plain rows under the whole organisation."""
    return Planter(queries.top_scope(), "plain")
