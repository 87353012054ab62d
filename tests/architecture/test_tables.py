"""Rules for every table: no query without an organisation, no float or decimal for money and effort."""

import ast

import pytest
from django.apps import apps
from django.db import models
from django_scopes.exceptions import ScopeError

from tests.architecture.source import PACKAGE, dotted, modules, name, nodes

# Tables that answer without a scope, each with its reason.
UNSCOPED: dict[str, str] = {
    "accounts.Organisation": "the tenant itself: a scope is opened with one of its rows",
    "accounts.User": "a person signs in before it is known to which organisation they belong",
}

# Columns that may be float: quantities of the world and chances, never money, effort or progress.
FLOATS: dict[str, str] = {
    "purpose.Kpi.floor": "a quantity in the KPI's own unit",
    "purpose.Kpi.ceiling": "a quantity in the KPI's own unit",
    "purpose.Target.baseline": "a quantity in the KPI's own unit",
    "purpose.CascadeWord.value": "what one side proposes, in the KPI’s unit",
    "purpose.Target.value": "a quantity in the KPI's own unit",
    "purpose.Target.band_low": "a quantity in the KPI's own unit",
    "purpose.Target.band_high": "a quantity in the KPI's own unit",
    "purpose.Target.tolerance": "a quantity in the KPI's own unit",
    "purpose.Measurement.value": "a quantity in the KPI's own unit, as it was measured",
    "plan.Contribution.low": "an effect in the KPI's own unit",
    "plan.Contribution.likely": "an effect in the KPI's own unit",
    "plan.Contribution.high": "an effect in the KPI's own unit",
    "plan.Estimate.low": "an effort in hours, a duration in working days or an effect in the KPI's own unit, as its round asks",
    "plan.Estimate.likely": "as its low",
    "plan.Estimate.high": "as its low",
    "schedule.ScheduleRisk.chance": "a probability in percent",
    "schedule.ScheduleRisk.low": "working days or percent of a duration, as a list of risks states it",
    "schedule.ScheduleRisk.likely": "as its low",
    "schedule.ScheduleRisk.high": "as its low",
    "evidence.OwnEstimate.value": "a quantity in the KPI's own unit",
    "evidence.OwnEstimate.band_low": "a quantity in the KPI's own unit",
    "evidence.OwnEstimate.band_high": "a quantity in the KPI's own unit",
    "evidence.OwnEstimate.tolerance": "a quantity in the KPI's own unit",
    "evidence.OwnEstimate.chance": "a probability",
    "evidence.OwnEstimate.outcome": "a quantity in the KPI's own unit, as it was measured",
    "evidence.Prediction.value": "a quantity in the KPI's own unit",
    "evidence.Prediction.band_low": "a quantity in the KPI's own unit",
    "evidence.Prediction.band_high": "a quantity in the KPI's own unit",
    "evidence.Prediction.tolerance": "a quantity in the KPI's own unit",
    "evidence.Prediction.chance": "a probability",
    "evidence.Prediction.p10": "a quantity in the KPI's own unit, as it was foretold",
    "evidence.Prediction.p50": "a quantity in the KPI's own unit, as it was foretold",
    "evidence.Prediction.p90": "a quantity in the KPI's own unit, as it was foretold",
    "evidence.Prediction.outcome": "a quantity in the KPI's own unit, as it was measured",
    "evidence.ExpectedResult.low": "an effect in the KPI's own unit",
    "evidence.ExpectedResult.likely": "an effect in the KPI's own unit",
    "evidence.ExpectedResult.high": "an effect in the KPI's own unit",
    "evidence.ResultCheck.step_size": "an effect in the KPI's own unit, as it was found",
    "evidence.ResultCheck.low": "an effect in the KPI's own unit",
    "evidence.ResultCheck.high": "an effect in the KPI's own unit",
    "evidence.ResultCheck.sure": "a probability",
    "evidence.ResultCheck.observed": "a change in the KPI's own unit",
    "evidence.ResultCheck.by_itself": "a change in the KPI's own unit",
    "evidence.ResultCheck.attributed": "a change in the KPI's own unit",
    "evidence.ResultCheck.to_others": "a change in the KPI's own unit",
    "evidence.ResultCheck.remainder": "a change in the KPI's own unit",
}

# Amounts whose currency stands elsewhere, with where.
CURRENCY_ELSEWHERE: dict[str, str] = {
    "schedule.Resource.cost_minor": "the organisation's own currency",
    "projects.StatusReport.forecast_minor": "the currency of the report's project",
}

MONEY_WORDS = ("amount", "money", "cost", "price", "budget", "minor", "effort", "minutes", "hours", "progress", "percent")

# Places that may touch a history table or a base manager directly.
DOORS = {
    "kit/history.py": "the one door to history tables",
    "config/demonstration/clearing.py": "removes the demo whole, its history included",
    "config/keeping.py": "verify and backup read every organisation's rows",
    "accounts/undo.py": "writes the history rows of a reversing changeset",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("goldenthread.") and not is_history(model)]


def is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "history_type") and hasattr(model, "instance_type")


def is_scoped(manager: models.Manager) -> bool:
    """Outside a scope the manager refuses. (A query that gets as far as the database fails the test run by itself.)"""
    try:
        manager.all().count()
    except ScopeError:
        return True
    except Exception:  # noqa: BLE001  the database is not open to these tests: the query would have been sent
        return False
    return False


def test_there_are_tables_to_judge():
    assert len(our_models()) > 10


def test_no_manager_answers_without_a_scope():
    open_ones = {
        f"{model._meta.label}.{manager.name}"
        for model in our_models()
        for manager in model._meta.managers
        if manager.name != "history" and not is_scoped(manager)
    }
    assert {label for label in open_ones if label.rsplit(".", 1)[0] not in UNSCOPED} == set()


def test_every_table_without_a_scope_still_needs_its_exception():
    labels = {model._meta.label for model in our_models()}
    scoped = {m._meta.label for m in our_models() if all(is_scoped(x) for x in m._meta.managers if x.name != "history")}
    assert set(UNSCOPED) <= labels - scoped


@pytest.mark.parametrize("path", [path for path in modules() if path.is_relative_to(PACKAGE)], ids=name)
def test_history_is_read_through_its_one_door(path):
    """`Model.history` and `_base_manager` ignore the scope, so nobody but the kit calls them, other than for no rows at all."""
    if path.relative_to(PACKAGE).as_posix() in DOORS:
        return
    empty = {id(node.value) for node in nodes(path, ast.Attribute) if node.attr == "none"}
    found = [
        f"{name(path)}:{node.lineno} {dotted(node)}"
        for node in nodes(path, ast.Attribute)
        if id(node) not in empty
        if (isinstance(node.value, ast.Attribute) and node.value.attr == "history" and node.attr in QUERY)
        or node.attr == "_base_manager"
    ]
    assert not found


QUERY = {
    "all",
    "filter",
    "exclude",
    "get",
    "first",
    "last",
    "latest",
    "earliest",
    "as_of",
    "order_by",
    "values",
    "count",
    "exists",
    "model",
}


def test_no_decimals_anywhere():
    found = [
        f"{m._meta.label}.{f.name}" for m in our_models() for f in m._meta.get_fields() if isinstance(f, models.DecimalField)
    ]
    assert not found


def test_floats_are_quantities_of_the_world():
    found = {f"{m._meta.label}.{f.name}" for m in our_models() for f in m._meta.get_fields() if isinstance(f, models.FloatField)}
    assert found == set(FLOATS)
    assert not [label for label in found if any(word in label.rsplit(".", 1)[1] for word in MONEY_WORDS)]


def test_money_stands_beside_its_currency():
    bare = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_minor") and not any("currency" in other.name for other in model._meta.concrete_fields)
    ]
    assert set(bare) == set(CURRENCY_ELSEWHERE)
