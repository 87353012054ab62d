"""Writing an objective down, changing it, its targets, and its way to approval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.actions import changeset
from goldenthread.engine.errors import EngineError
from goldenthread.engine.objective_draft import ObjectiveDraft, draft_from_text
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import actions, queries
from goldenthread.purpose.forms import AgreeForm, ObjectiveForm, TargetForm
from goldenthread.purpose.mapping import DIRECTIONS, reviewed
from goldenthread.purpose.models import Kpi, Objective, Office, Target
from goldenthread.purpose.views.base import done, office_to_edit, offices_to_edit, require, seen, visitor
from goldenthread.purpose.views.objective_page import faults, segments
from goldenthread.ui import pages

NO_EDIT = "You may not write objectives of this office."
FORM = "purpose/templates/objective_new.html"


@require_http_methods(["GET", "POST"])
def new_objective(request: HttpRequest) -> HttpResponse:
    """A form for the objective and its first target; `?template=` fills it from the library."""
    person = visitor(request)
    office = office_to_edit(request, Kind.OBJECTIVE, NO_EDIT)
    template = queries.template_named(request.GET.get("template", ""))
    given = _from_template(template) if template else {}
    data = request.POST if request.method == "POST" else None
    hides = accounts.may_in(person, Act.EDIT, Kind.CONFIDENTIAL, office.scope_id)
    form = ObjectiveForm(data, office=office, may_hide=hides, initial=given)
    target = TargetForm(data, person=person, prefix="target", initial=given)
    if data is not None and "fill" in data:
        form, target = _filled(request, office, hides=hides)
        pages.announce(request, "Filled from your sentence; not saved yet")
    elif data is not None:
        made: list[Objective] = []
        if form.is_valid() and target.is_valid() and pages.tried(form, lambda: made.append(_add(request, office, form, target))):
            return done(request, "Objective added", reverse("purpose:objective", args=[made[0].pk]))
    context = {
        "form": form,
        "target": target,
        "office": office,
        "offices": offices_to_edit(request, Kind.OBJECTIVE),
        "template": template,
        "library": queries.objective_library(),
        **_advice(form, target),
    }
    wrong = data is not None and "fill" not in data
    return pages.page(request, FORM, context, status=422 if wrong else 200)


def _add(request: HttpRequest, office: Office, form: ObjectiveForm, target: TargetForm) -> Objective:
    """The objective, the KPI where it is new, and the target, as one action."""
    person = visitor(request)
    with changeset(title=f"Add the objective {form.cleaned_data['short_name'] or form.cleaned_data['title']}", by=person):
        objective = actions.add_objective(office=office, by=person, **form.changes())
        if target.is_wanted():
            kpi = target.cleaned_data["kpi"] or actions.add_kpi(
                office=office, by=person, figures=target.levels(), **target.new_kpi()
            )
            actions.set_target(objective=objective, kpi=kpi, by=person, **target.figures())
    return objective


def _from_template(template: queries.Template) -> dict[str, Any]:
    """The library's words; its figures stay gaps to be filled."""
    gaps = dict.fromkeys(("baseline", "value", "tolerance", "band_low", "band_high", "baseline_month", "due"), "…")
    kpi = template.kpi
    return {
        "title": template.title.format(**gaps),
        "short_name": template.name,
        "kpi_name": kpi["name"],
        **{name: kpi[name] for name in ("unit", "direction", "cadence", "source")},
    }


def _filled(request: HttpRequest, office: Office, *, hides: bool) -> tuple[ObjectiveForm, TargetForm]:
    """The same forms, unsaved, with the fields still empty taken from the sentence."""
    person, data = visitor(request), request.POST.copy()
    year_ends = (person.organisation.fiscal_year_start - 2) % 12 + 1
    draft = draft_from_text(data.get("title", "")[:2000], year_ends)
    band = draft.direction == "band" and draft.target is not None and draft.tolerance is not None
    read: dict[str, Any] = {
        "kpi_name": draft.kpi_name[:1].upper() + draft.kpi_name[1:], "unit": draft.unit,
        "baseline": draft.baseline, "baseline_on": draft.baseline_on,
        "due_on": draft.target_on, "direction": next((k for k, v in DIRECTIONS.items() if v == draft.direction), None),
    }  # fmt: skip
    if band and draft.target is not None and draft.tolerance is not None:
        read |= {"band_low": draft.target - draft.tolerance, "band_high": draft.target + draft.tolerance}
    else:
        read |= {"value": draft.target, "tolerance": draft.tolerance}
    for name, value in read.items():
        field = f"target-{name}"
        if value not in (None, "") and (not data.get(field) or name == "direction"):
            data[field] = str(value)
    form = ObjectiveForm(data, office=office, may_hide=hides)
    target = TargetForm(data, person=person, prefix="target")
    for each in (form, target):
        each.is_valid()
        each.errors.clear()
    return form, target


@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """What the checks say of what is being typed: never in the way, only beside it."""
    person = visitor(request)
    office = office_to_edit(request, Kind.OBJECTIVE, NO_EDIT)
    form = ObjectiveForm(request.POST, office=office, may_hide=False)
    target = TargetForm(request.POST, person=person, prefix="target")
    return pages.page(request, "purpose/templates/advice.html", _advice(form, target), block="advice")


def _advice(form: ObjectiveForm, target: TargetForm) -> dict[str, Any]:
    """The review of what a form holds, whether it is valid yet or not."""
    draft = _typed(form, target)
    if draft is None or not draft.title:
        return {"review": None, "segments": [], "read": []}
    review = reviewed(draft)
    return {"review": review, "segments": segments(draft.title, faults(review)), "read": _readable(draft)}


def _typed(form: ObjectiveForm, target: TargetForm) -> ObjectiveDraft | None:
    if form.is_bound:
        form.is_valid()
        target.is_valid()
        said: Mapping[str, Any] = form.cleaned_data
        figures: Mapping[str, Any] = target.cleaned_data
    else:
        said, figures = form.initial, target.initial
    kpi: Kpi | None = figures.get("kpi") if isinstance(figures.get("kpi"), Kpi) else None
    value, tolerance = figures.get("value"), figures.get("tolerance")
    low, high = figures.get("band_low"), figures.get("band_high")
    if low is not None and high is not None:
        value, tolerance = (low + high) / 2, abs(high - low) / 2
    owner, clause = said.get("owner"), said.get("clause")
    measured_by = kpi.owner if kpi else figures.get("measured_by")
    direction = kpi.direction if kpi else figures.get("direction")
    try:
        draft = ObjectiveDraft(
            title=" ".join((said.get("title") or "").split()),
            kpi_name=kpi.name if kpi else figures.get("kpi_name") or "",
            unit=kpi.unit if kpi else figures.get("unit") or "",
            baseline=figures.get("baseline"),
            baseline_on=figures.get("baseline_on"),
            target=value,
            target_on=figures.get("due_on"),
            direction=DIRECTIONS.get(direction or ""),
            tolerance=tolerance,
            source=kpi.source if kpi else figures.get("source") or "",
            measurement_owner=measured_by.name if measured_by else "",
            accountable=owner.name if owner else "",
            value_driver=said.get("leadership_goal") or "",
            mandate_clause=clause.text if clause else "",
            kpi_is_completion=kpi.is_completion if kpi else None,
        )
        reviewed(draft)
    except EngineError:
        return None
    return draft


def _readable(draft: ObjectiveDraft) -> list[str]:
    """What the sentence states that its fields do not hold yet, in words."""
    found = draft_from_text(draft.title)
    said = []
    if found.kpi_name and not draft.kpi_name:
        said.append(f"KPI “{found.kpi_name}”" + (f" in {found.unit}" if found.unit else ""))
    if found.baseline is not None and draft.baseline is None:
        said.append(f"today’s figure {found.baseline:g}")
    if found.target is not None and draft.target is None:
        said.append(f"target {found.target:g}")
    if found.target_on is not None and draft.target_on is None:
        said.append(f"by {found.target_on.day} {found.target_on:%B %Y}")
    return said


@require_http_methods(["GET", "POST"])
def edit_objective(request: HttpRequest, key: int) -> HttpResponse:
    """Change an objective."""
    person, row = visitor(request), seen(request, Objective, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    fields = [name for name in ObjectiveForm.base_fields if name not in {"reason", "version"}]
    initial = {name: getattr(row, name) for name in fields} | {"version": row.version}
    hides = accounts.may_in(person, Act.EDIT, Kind.CONFIDENTIAL, row.office.scope_id)
    asks = row.state == Objective.State.APPROVED
    form = ObjectiveForm(request.POST or None, office=row.office, may_hide=hides, asks_reason=asks, initial=initial)

    def write() -> None:
        reason, version = form.cleaned_data.get("reason", ""), pages.version_seen(request)
        actions.edit_objective(objective=row, changes=form.changes("reason"), by=person, version=version, reason=reason)

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Objective saved", reverse("purpose:objective", args=[key]))
    context = {"form": form, "objective": row}
    return pages.page(request, "purpose/templates/objective_edit.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def new_target(request: HttpRequest, key: int) -> HttpResponse:
    """A further target: a KPI, one of those there are or a new one, and what it is to be."""
    person, row = visitor(request), seen(request, Objective, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    asks = row.state == Objective.State.APPROVED
    form = TargetForm(request.POST or None, person=person, asks_reason=asks)

    def write() -> None:
        if not form.is_wanted():
            raise Refused("Choose a KPI, or name a new one.", field="kpi")
        reason = form.cleaned_data.get("reason", "")
        with changeset(title=f"Set a target for {row.label}", by=person, reason=reason, about=f"objective:{row.pk}"):
            kpi = form.cleaned_data["kpi"] or actions.add_kpi(
                office=row.office, by=person, figures=form.levels(), **form.new_kpi()
            )
            actions.set_target(objective=row, kpi=kpi, by=person, reason=reason, **form.figures())

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Target set", reverse("purpose:objective", args=[key]))
    context = {"form": form, "objective": row, "target": None}
    return pages.page(request, "purpose/templates/target.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def edit_target(request: HttpRequest, key: int) -> HttpResponse:
    """Change a target, or take it away."""
    person, row = visitor(request), seen(request, Target, key, "kpi", "objective")
    require(request, Act.EDIT, row, NO_EDIT)
    initial = {name: getattr(row, name) for name in TargetForm.FIGURES} | {"version": row.version}
    asks = row.objective.state == Objective.State.APPROVED
    form = TargetForm(request.POST or None, person=person, asks_reason=asks, kpi=row.kpi, initial=initial)

    def write() -> None:
        reason = form.cleaned_data.get("reason", "")
        if "remove" in request.POST:
            actions.remove_target(target=row, by=person, version=pages.version_seen(request), reason=reason)
        else:
            actions.edit_target(target=row, changes=form.figures(), by=person, version=pages.version_seen(request), reason=reason)

    if request.method == "POST" and pages.tried(form, write):
        words = "Target removed" if "remove" in request.POST else "Target saved"
        return done(request, words, reverse("purpose:objective", args=[row.objective_id]))
    context = {"form": form, "objective": row.objective, "target": row}
    return pages.page(request, "purpose/templates/target.html", context, status=422 if request.method == "POST" else 200)


def _step(words: str, write: Callable[..., None], *, takes_reason: bool = False) -> Callable[[HttpRequest, int], HttpResponse]:
    """A page of one button that moves an objective on."""

    @require_POST
    def view(request: HttpRequest, key: int) -> HttpResponse:
        row = seen(request, Objective, key, "office")
        said = {"reason": request.POST.get("reason", "").replace("\0", "")[:500]} if takes_reason else {}
        write(objective=row, by=visitor(request), version=pages.version_seen(request), **said)
        return done(request, words, reverse("purpose:objective", args=[key]))

    return view


propose = _step("Proposed for approval", actions.propose_objective)
approve = _step("Objective approved", actions.approve_objective)
send_back = _step("Sent back to draft", actions.return_objective, takes_reason=True)
achieve = _step("Closed as achieved", actions.achieve_objective)
retire = _step("Objective retired", actions.retire_objective, takes_reason=True)


@require_http_methods(["POST"])
def agree(request: HttpRequest, key: int) -> HttpResponse:
    """Record the leadership's agreement."""
    row = seen(request, Objective, key, "office")
    form = AgreeForm(request.POST)
    if not form.is_valid():
        raise Refused("Name the goal and who agreed to it.", field=next(iter(form.errors)))
    on: date | None = form.cleaned_data["on"] or clock.today()
    said = {"leadership_goal": form.cleaned_data["leadership_goal"], "agreed_by": form.cleaned_data["agreed_by"], "on": on}
    actions.agree_objective(objective=row, by=visitor(request), version=pages.version_seen(request), **said)
    return done(request, "Agreement recorded", reverse("purpose:objective", args=[key]))
