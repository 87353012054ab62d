"""Writes of KPIs and of the targets that objectives set on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Refused
from goldenthread.kit.history import require_version
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.actions.ground import add, as_it_would_be, change, finite, only, require, require_in
from goldenthread.purpose.actions.objectives import NO_EDIT as NO_OBJECTIVE_EDIT
from goldenthread.purpose.actions.objectives import require_reason
from goldenthread.purpose.mapping import assumed_limits
from goldenthread.purpose.models import Kpi, Objective, Office, Target

KPI_FIELDS = frozenset(
    {
        "name", "unit", "direction", "decimals", "floor", "ceiling", "definition", "source", "cadence", "owner",
        "is_completion", "is_internal", "overlaps",
    }
)  # fmt: skip
MEANING = frozenset({"unit", "direction"})
TARGET_FIELDS = frozenset({"baseline", "baseline_on", "value", "band_low", "band_high", "due_on", "tolerance", "is_required"})
NO_EDIT = "You may not change KPIs of this office."


def add_kpi(
    *, office: Office, name: str, by: Person, source_key: str = "", figures: Iterable[float | None] = (), **fields: Any
) -> Kpi:
    """A new indicator. `fields`: see KPI_FIELDS.

    Without limits a share in % stays between 0 and 100, unless one of the `figures` known of it already lies outside.
    """
    require_in(by, Act.EDIT, Kind.KPI, office, NO_EDIT)
    only(fields, KPI_FIELDS)
    kpi = Kpi(office=office, name=name.strip(), source_key=source_key, **fields)
    kpi.floor, kpi.ceiling = assumed_limits(kpi, figures)
    _consistent(kpi)
    with changeset(title=f"Add the KPI {kpi.name}", by=by):
        add(kpi)
    return kpi


def edit_kpi(*, kpi: Kpi, changes: dict[str, Any], by: Person, version: int | None = None) -> None:
    """Change it. Unit and direction of a KPI with figures change only by `redefine_kpi`."""
    require(by, Act.EDIT, kpi, NO_EDIT)
    only(changes, KPI_FIELDS)
    require_version(kpi, version, changes)
    differing = {name for name, value in changes.items() if getattr(kpi, name) != value}
    if differing & MEANING and kpi.measurements.filter(withdrawn_at__isnull=True).exists():
        field = min(differing & MEANING)
        advice = "Redefine it from a day on: older figures measured something else."
        raise Refused("It has figures already.", field=field, advice=advice)
    _consistent(as_it_would_be(kpi, changes))
    with changeset(title=f"Edit the KPI {kpi}", by=by, about=f"kpi:{kpi.pk}"):
        change(kpi, changes, version)


def redefine_kpi(
    *, kpi: Kpi, on: date, reason: str, by: Person, changes: dict[str, Any] | None = None, version: int | None = None
) -> None:
    """From `on` it measures something else: figures before that day are kept but never compared with later ones."""
    require(by, Act.EDIT, kpi, NO_EDIT)
    changes = changes or {}
    only(changes, {"definition", "unit", "direction", "source", "floor", "ceiling", "decimals"})
    if not reason.strip():
        raise Refused("Say what it measures from now on, and why.", field="reason")
    if kpi.redefined_on is not None and on < kpi.redefined_on:
        raise Refused(f"It was redefined on {kpi.redefined_on:%d %B %Y}.", field="on", advice="Choose a later day.")
    _consistent(as_it_would_be(kpi, changes))
    with changeset(title=f"Redefine the KPI {kpi}", by=by, reason=reason, about=f"kpi:{kpi.pk}"):
        change(kpi, changes | {"redefined_on": on}, version)


def set_target(*, objective: Objective, kpi: Kpi, by: Person, reason: str = "", **fields: Any) -> Target:
    """What the KPI is to be for this objective. `fields`: see TARGET_FIELDS; a band instead of a value where the KPI has one."""
    require(by, Act.EDIT, objective, NO_OBJECTIVE_EDIT)
    require(by, Act.VIEW, kpi, "You may not see this KPI.")
    only(fields, TARGET_FIELDS)
    require_reason(objective, by, reason)
    target = Target(objective=objective, kpi=kpi, **fields)
    _target_consistent(target)
    about = f"objective:{objective.pk}"
    with changeset(title=f"Set a target on {kpi} for {objective.label}", by=by, reason=reason, about=about):
        add(target)
    return target


def edit_target(*, target: Target, changes: dict[str, Any], by: Person, version: int | None = None, reason: str = "") -> None:
    """Change a target; of an approved objective only with a reason, by somebody who may approve."""
    require(by, Act.EDIT, target, NO_OBJECTIVE_EDIT)
    only(changes, TARGET_FIELDS)
    require_version(target, version, changes)
    if not any(getattr(target, name) != value for name, value in changes.items()):
        return
    require_reason(target.objective, by, reason)
    _target_consistent(as_it_would_be(target, changes))
    about = f"objective:{target.objective_id}"
    with changeset(title=f"Change the target on {target.kpi} for {target.objective.label}", by=by, reason=reason, about=about):
        change(target, changes, version)


def remove_target(*, target: Target, by: Person, version: int | None = None, reason: str = "") -> None:
    """Take a target away; an approved objective keeps at least one required target."""
    require(by, Act.EDIT, target, NO_OBJECTIVE_EDIT)
    require_version(target, version)
    objective = target.objective
    require_reason(objective, by, reason)
    others = objective.targets.filter(is_required=True).exclude(pk=target.pk)
    if objective.state == Objective.State.APPROVED and not others.exists():
        raise Refused("An approved objective keeps at least one required target.", advice="Set the new one first.")
    about = f"objective:{objective.pk}"
    with changeset(title=f"Remove the target on {target.kpi} from {objective.label}", by=by, reason=reason, about=about):
        target.delete()


def _consistent(kpi: Kpi) -> None:
    if not kpi.name.strip():
        raise Refused("A KPI needs a name.", field="name")
    if Kpi.objects.filter(office_id=kpi.office_id, name=kpi.name.strip()).exclude(pk=kpi.pk).exists():
        advice = "Use it: one KPI may serve several objectives."
        raise Refused(f"There is a KPI “{kpi.name}” already.", field="name", advice=advice)
    finite(floor=kpi.floor, ceiling=kpi.ceiling)
    if kpi.floor is not None and kpi.ceiling is not None and kpi.ceiling <= kpi.floor:
        raise Refused("The ceiling lies below the floor.", field="ceiling")


def _target_consistent(target: Target) -> None:
    figures = {name: getattr(target, name) for name in ("baseline", "value", "band_low", "band_high", "tolerance")}
    finite(**figures)
    kpi = target.kpi
    if kpi.direction == Kpi.Direction.BAND:
        if target.value is not None:
            raise Refused("This KPI is kept within a band.", field="value", advice="Give the band’s two edges instead.")
        if target.band_low is not None and target.band_high is not None and target.band_high <= target.band_low:
            raise Refused("The band has no width.", field="band_high")
    elif target.band_low is not None or target.band_high is not None:
        raise Refused("This KPI has a direction, no band.", field="band_low", advice="Give the figure to reach instead.")
    for name in ("baseline", "value", "band_low", "band_high"):
        within_limits(kpi, figures[name], name)
    if target.tolerance is not None and target.tolerance < 0:
        raise Refused("A tolerance is not negative.", field="tolerance")
    if target.baseline_on is not None and target.due_on is not None and target.due_on <= target.baseline_on:
        raise Refused("It would be due before its baseline.", field="due_on")
    same = Target.objects.filter(objective_id=target.objective_id, kpi_id=target.kpi_id, due_on=target.due_on)
    if same.exclude(pk=target.pk).exists():
        raise Refused("The objective has a target on this KPI for that day already.", field="due_on")


def within_limits(kpi: Kpi, value: float | None, field: str) -> None:
    """Refused for a figure that the KPI cannot have."""
    if value is None:
        return
    if (kpi.floor is not None and value < kpi.floor) or (kpi.ceiling is not None and value > kpi.ceiling):
        low = "" if kpi.floor is None else f"from {kpi.floor:g}"
        high = "" if kpi.ceiling is None else f"up to {kpi.ceiling:g}"
        advice = "If it can go further, change its limits on its page first."
        raise Refused(f"{value:g} cannot be: {kpi} goes {f'{low} {high}'.strip()}.", field=field, advice=advice)
