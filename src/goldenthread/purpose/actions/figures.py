"""Writes of figures: measurements of KPIs, and what a unit of a KPI is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from goldenthread.accounts import queries as people
from goldenthread.accounts.actions import changeset
from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.money import Money, currency_code
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose.actions.ground import add, change, day_of, finite, require, require_in
from goldenthread.purpose.actions.kpis import within_limits
from goldenthread.purpose.models import Kpi, Measurement, ValueRate

NO_FIGURE = "You may not enter figures of this KPI: its owner and the PMO may."
NO_RATE = "You may not say what a unit of this KPI is worth."


@dataclass(frozen=True)
class Figure:
    """One figure to be entered in bulk."""

    kpi: Kpi
    on: date
    value: float
    source: str = ""
    is_estimate: bool = False


@dataclass(frozen=True)
class Entered:
    """What came of a bulk entry: figures added, figures that replaced another one, figures that stood already."""

    new: int
    replaced: int
    same: int


def enter_measurement(
    *, kpi: Kpi, on: date, value: float, by: Person, source: str = "", is_estimate: bool = False
) -> Measurement:  # fmt: skip
    """A figure for a day. A figure that stands there is withdrawn and this one takes its place; the same again does nothing."""
    _require_figures({kpi}, by)
    figure = Figure(kpi, on, value, source.strip(), is_estimate)
    standing = Measurement.objects.filter(kpi=kpi, on=on, withdrawn_at__isnull=True).first()
    if standing is not None and _same(standing, figure):
        return standing
    with changeset(title=f"Enter {kpi} for {on:%d %B %Y}", by=by, about=f"kpi:{kpi.pk}") as made:
        _check(figure, day_of(made))
        standing = Measurement.objects.filter(kpi=kpi, on=on, withdrawn_at__isnull=True).first()  # now under the write lock
        if standing is not None:
            change(standing, _withdrawn(made, f"replaced by {value:g}"))
        measured: Measurement = add(_row(figure, by))
    return measured


def withdraw_measurement(*, measurement: Measurement, reason: str, by: Person, version: int | None = None) -> None:
    """A figure that was wrong no longer counts. It stays to be seen, with the reason."""
    _require_figures({measurement.kpi}, by)
    if measurement.withdrawn_at is not None:
        raise Refused("This figure has been withdrawn already.")
    if not reason.strip():
        raise Refused("Say why the figure is withdrawn.", field="reason")
    title = f"Withdraw {measurement.kpi} for {measurement.on:%d %B %Y}"
    with changeset(title=title, by=by, reason=reason, about=f"kpi:{measurement.kpi_id}") as made:
        change(measurement, _withdrawn(made, reason.strip()), version)


def enter_measurements(*, figures: Sequence[Figure], by: Person, title: str = "") -> Entered:
    """Many figures in a few statements, as one action. All or none; the first that cannot be is named by its place."""
    _require_figures({figure.kpi for figure in figures}, by)
    kpis = {figure.kpi.pk for figure in figures}
    standing = {(m.kpi_id, m.on): m for m in Measurement.objects.filter(kpi__in=kpis, withdrawn_at__isnull=True)}
    title = title or f"Enter {len(figures)} figures"
    with changeset(title=title, by=by) as made:
        seen: set[tuple[int, date]] = set()
        new: list[Measurement] = []
        old: list[Measurement] = []
        for place, figure in enumerate(figures, start=1):
            key = (figure.kpi.pk, figure.on)
            _check(figure, day_of(made), place)
            if key in seen:
                raise Refused(f"Figure {place}: {figure.kpi} has two figures for {figure.on:%d %B %Y}.")
            seen.add(key)
            before = standing.get(key)
            if before is not None and _same(before, figure):
                continue
            if before is not None:
                for name, value in _withdrawn(made, f"replaced by {figure.value:g}").items():
                    setattr(before, name, value)
                old.append(before)
            new.append(_row(figure, by))
        history.change_all(Measurement, old, ["withdrawn_at", "withdrawn_because"])
        history.add_all(Measurement, new)
    return Entered(len(new) - len(old), len(old), len(figures) - len(new))


def set_value_rate(
    *, kpi: Kpi, worth: Money, valid_from: date, by: Person, rate_kind: str = ValueRate.RateKind.PER_YEAR,
    held_until: date | None = None, note: str = "", version: int | None = None,
) -> ValueRate:  # fmt: skip
    """What one unit is worth from a day on, unsigned. An unsigned rate of that day is changed; a signed one stays."""
    require_in(by, Act.EDIT, Kind.VALUE_RATE, kpi.office, NO_RATE)
    currency_code(worth.currency)
    if held_until is not None and held_until < valid_from:
        raise Refused("It would end before it starts.", field="held_until")
    rate = ValueRate.objects.filter(kpi=kpi, valid_from=valid_from).first()
    if rate is not None and rate.signed_on is not None:
        raise Refused("This rate is signed: it stays.", field="valid_from", advice="Set a new one from a later day.")
    values = {
        "minor": worth.minor, "currency": worth.currency, "rate_kind": rate_kind, "held_until": held_until, "note": note.strip(),
    }  # fmt: skip
    with changeset(title=f"Say what one unit of {kpi} is worth", by=by, about=f"kpi:{kpi.pk}"):
        if rate is None:
            rate = add(ValueRate(kpi=kpi, valid_from=valid_from, **values))
        else:
            change(rate, values, version)
    return rate


def remove_value_rate(*, rate: ValueRate, by: Person, version: int | None = None) -> None:
    """Take an unsigned rate away. A signed one is replaced by a later one, never removed."""
    require(by, Act.EDIT, rate, NO_RATE)
    if rate.signed_on is not None:
        raise Refused("This rate is signed: it stays.", advice="Set a new one from a later day.")
    with changeset(title=f"Remove a value rate of {rate.kpi}", by=by, about=f"kpi:{rate.kpi_id}"):
        history.require_version(rate, version)
        rate.delete()


def sign_value_rate(*, rate: ValueRate, by: Person, version: int | None = None) -> None:
    """Finance stands behind it: only now does money of this KPI enter a total."""
    require(by, Act.APPROVE, rate, "You may not sign value rates: a sponsor signs for finance.")
    if rate.signed_on is not None:
        raise Refused("This rate has been signed already.")
    with changeset(title=f"Sign what one unit of {rate.kpi} is worth", by=by, about=f"kpi:{rate.kpi_id}") as made:
        change(rate, {"signed_by": by, "signed_on": day_of(made)}, version)


def _require_figures(kpis: set[Kpi], by: Person) -> None:
    """The PMO enters figures of its office's KPIs, a KPI's owner those of the KPI."""
    scopes = {kpi.office.scope_id for kpi in kpis if kpi.owner_id != by.pk}
    if not all(people.may_in(by, Act.EDIT, Kind.KPI, scope) for scope in scopes):
        raise Forbidden(NO_FIGURE)


def _check(figure: Figure, today: date, place: int | None = None) -> None:
    try:
        _possible(figure, today)
    except Refused as refusal:
        prefix = f"Figure {place}: " if place else ""
        raise Refused(prefix + refusal.message, field=refusal.field, advice=refusal.advice) from None


def _possible(figure: Figure, today: date) -> None:
    finite(value=figure.value)
    within_limits(figure.kpi, figure.value, "value")
    if figure.on > today:
        raise Refused("A figure of a day to come cannot have been measured.", field="on")


def _same(standing: Measurement, figure: Figure) -> bool:
    kept = (standing.value, standing.is_estimate, standing.source)
    return kept == (figure.value, figure.is_estimate, figure.source)


def _row(figure: Figure, by: Person) -> Measurement:
    return Measurement(
        kpi=figure.kpi, on=figure.on, value=figure.value, source=figure.source, is_estimate=figure.is_estimate, entered_by=by
    )


def _withdrawn(made: Any, reason: str) -> dict[str, Any]:
    return {"withdrawn_at": made.at, "withdrawn_because": reason[:300]}
