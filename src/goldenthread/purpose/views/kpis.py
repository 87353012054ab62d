"""Pages of KPIs: the list, one with its figures, what a unit is worth."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts import queries as accounts
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import actions, progress, queries
from goldenthread.purpose.forms import FigureForm, KpiForm, RateForm, RedefineForm
from goldenthread.purpose.models import Kpi, Measurement, ValueRate
from goldenthread.purpose.views.base import done, office_to_edit, require, seen, visitor
from goldenthread.ui import charts, pages

NO_EDIT = "You may not change KPIs of this office."
ON_A_PAGE = 100
SHOWS = [("", "all"), ("used", "with an objective"), ("late", "figure is late"), ("unused", "not in use")]
PAGE = "purpose/templates/kpi.html"


@require_GET
def kpi_list(request: HttpRequest) -> HttpResponse:
    """Every KPI that the visitor may see, with its last figures."""
    person, day = visitor(request), clock.today()
    rows = queries.kpi_rows(person, day)
    wanted = {name: request.GET.get(name, "").replace("\0", "") for name in ("q", "show", "office")}
    page = Paginator([row for row in rows if _fits(row, wanted, day)], ON_A_PAGE).get_page(request.GET.get("page"))
    offices = {row.kpi.office_id: row.kpi.office.name for row in rows}
    context = {
        "page": page,
        "total": len(rows),
        "day": day,
        "wanted": wanted,
        "shows": SHOWS,
        "offices": [("", "all"), *sorted(((str(key), name) for key, name in offices.items()), key=lambda pair: pair[1])],
        "base": f"?{urlencode({name: value for name, value in wanted.items() if value})}&",
        "may_add": accounts.rights(person).anywhere(Act.EDIT, Kind.KPI),
    }
    return pages.page(request, "purpose/templates/kpis.html", context, block="list")


def _fits(row: queries.KpiRow, wanted: dict[str, str], day: date) -> bool:
    if wanted["office"] and str(row.kpi.office_id) != wanted["office"]:
        return False
    if wanted["show"] == "late" and not (row.uses and row.is_late(day)):
        return False
    if wanted["show"] == "unused" and row.uses:
        return False
    if wanted["show"] == "used" and not row.uses:
        return False
    return all(word in row.kpi.name.casefold() for word in wanted["q"].casefold().split())


@require_GET
def kpi(request: HttpRequest, key: int) -> HttpResponse:
    """One KPI."""
    return _page(request, seen(request, Kpi, key, "office", "owner"))


def _page(request: HttpRequest, row: Kpi, form: FigureForm | None = None, rate: RateForm | None = None) -> HttpResponse:
    person, day = visitor(request), clock.today()
    figures = list(queries.measurements(row))
    standing = [(m.on, m.value) for m in reversed(figures) if m.withdrawn_at is None]
    current = queries.comparable(standing, row)
    last = standing[-1][0] if standing else None
    targets = list(queries.targets_on(row, person))
    may_edit = accounts.may_in(person, Act.EDIT, Kind.KPI, row.office.scope_id)
    currency = person.organisation.currency
    context = {
        "kpi": row,
        "day": day,
        "figures": figures,
        "limits": queries.limits_in_words(row, [value for _, value in standing], targets),
        "last": next((m for m in figures if m.withdrawn_at is None), None),
        "next_due": progress.next_figure_due(last, row.cadence),
        "wide": charts.fan(current, unit=row.unit, today=day) if current else None,
        "narrow": charts.fan(current, unit=row.unit, today=day, width=360, height=230) if current else None,
        "targets": targets,
        "may_edit": may_edit,
        "may_enter": may_edit or row.owner_id == person.pk,
        "form": form or FigureForm(initial={"on": day}),
        "rates": queries.value_rates(row, person),
        "sees_rates": accounts.may_in(person, Act.VIEW, Kind.VALUE_RATE, row.office.scope_id),
        "may_rate": accounts.may_in(person, Act.EDIT, Kind.VALUE_RATE, row.office.scope_id),
        "may_sign": accounts.may_in(person, Act.APPROVE, Kind.VALUE_RATE, row.office.scope_id),
        "rate": rate or RateForm(initial={"currency": currency, "valid_from": day}),
    }
    wrong = form is not None or rate is not None
    return pages.page(request, PAGE, context, status=422 if wrong else 200)


@require_POST
def enter_figure(request: HttpRequest, key: int) -> HttpResponse:
    """A figure for a day."""
    row = seen(request, Kpi, key, "office", "owner")
    form = FigureForm(request.POST)
    if pages.tried(form, lambda: actions.enter_measurement(kpi=row, by=visitor(request), **form.changes())):
        return done(request, "Figure entered", reverse("purpose:kpi", args=[key]))
    return _page(request, row, form=form)


@require_POST
def withdraw_figure(request: HttpRequest, key: int) -> HttpResponse:
    """A figure that was wrong."""
    row = seen(request, Measurement, key, "kpi__office")
    reason = request.POST.get("reason", "").replace("\0", "")[:300]
    actions.withdraw_measurement(measurement=row, reason=reason, by=visitor(request), version=pages.version_seen(request))
    return done(request, "Figure withdrawn", reverse("purpose:kpi", args=[row.kpi_id]))


@require_http_methods(["GET", "POST"])
def new_kpi(request: HttpRequest) -> HttpResponse:
    """A KPI without an objective yet."""
    office = office_to_edit(request, Kind.KPI, NO_EDIT)
    form = KpiForm(request.POST or None)
    made: list[Kpi] = []

    def write() -> None:
        made.append(actions.add_kpi(office=office, by=visitor(request), **form.changes()))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "KPI added", reverse("purpose:kpi", args=[made[0].pk]))
    return _form(request, form, None, "New KPI")


@require_http_methods(["GET", "POST"])
def edit_kpi(request: HttpRequest, key: int) -> HttpResponse:
    """Change what a KPI is called, where it is read and who enters it."""
    row = seen(request, Kpi, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    has_figures = row.measurements.filter(withdrawn_at__isnull=True).exists()
    initial = {name: getattr(row, name) for name in KpiForm.base_fields}
    form = KpiForm(request.POST or None, has_figures=has_figures, initial=initial)

    def write() -> None:
        actions.edit_kpi(kpi=row, changes=form.changes(), by=visitor(request), version=pages.version_seen(request))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "KPI saved", reverse("purpose:kpi", args=[key]))
    return _form(request, form, row, f"Edit {row}", has_figures=has_figures)


@require_http_methods(["GET", "POST"])
def redefine_kpi(request: HttpRequest, key: int) -> HttpResponse:
    """From a day on it measures something else."""
    row = seen(request, Kpi, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    initial = {name: getattr(row, name) for name in ("unit", "direction", "definition", "source", "version")}
    form = RedefineForm(request.POST or None, initial=initial)

    def write() -> None:
        said = form.changes("on", "reason")
        on, reason = form.cleaned_data["on"], form.cleaned_data["reason"]
        actions.redefine_kpi(
            kpi=row, on=on, reason=reason, changes=said, by=visitor(request), version=pages.version_seen(request)
        )

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "KPI redefined", reverse("purpose:kpi", args=[key]))
    return _form(request, form, row, f"Redefine {row}")


def _form(request: HttpRequest, form: Any, row: Kpi | None, title: str, *, has_figures: bool = False) -> HttpResponse:
    context = {"form": form, "kpi": row, "title": title, "has_figures": has_figures}
    return pages.page(request, "purpose/templates/kpi_form.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def set_rate(request: HttpRequest, key: int) -> HttpResponse:
    """What one unit is worth, unsigned."""
    row = seen(request, Kpi, key, "office", "owner")
    form = RateForm(request.POST)

    def write() -> None:
        said = form.changes("amount", "currency")
        actions.set_value_rate(kpi=row, worth=form.worth(), by=visitor(request), **said)

    if pages.tried(form, write):
        return done(request, "Value of a unit saved, unsigned", reverse("purpose:kpi", args=[key]))
    return _page(request, row, rate=form)


@require_POST
def settle_rate(request: HttpRequest, key: int) -> HttpResponse:
    """Sign a value rate, or remove an unsigned one."""
    row = seen(request, ValueRate, key, "kpi__office")
    said = {"rate": row, "by": visitor(request), "version": pages.version_seen(request)}
    what = request.POST.get("do", "")
    if what == "sign":
        actions.sign_value_rate(**said)
    elif what == "remove":
        actions.remove_value_rate(**said)
    else:
        raise Refused("Say whether to sign or to remove it.", field="do")
    return done(request, "Value of a unit signed" if what == "sign" else "Value of a unit removed", _kpi(row))


def _kpi(row: ValueRate) -> str:
    return reverse("purpose:kpi", args=[row.kpi_id])
