"""The first run: office and mandate, objectives, the list of projects, one key each, and the page that shows what came of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may_in, rights, undo_address, visible
from goldenthread.engine.errors import EngineError
from goldenthread.engine.proposals import propose
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.queries import office_of
from goldenthread.purpose.models import Objective, Office, Target
from goldenthread.thread import actions, queries
from goldenthread.thread.forms import FiguresForm, OfficeForm, ProposalForm, StepForm, TextForm
from goldenthread.thread.queries.start import LABELS
from goldenthread.ui import pages
from goldenthread.workspace.models import ImportedFile

MOST = 40  # proposals of one paste
MOST_AIMS = 25  # objectives with a question, and others, on their stage
MOST_ROWS, MOST_UNASKED, MOST_GOALS = 25, 10, 10  # in the tables of the result: with its head they fill two printed pages


def _beginner(request: HttpRequest) -> Person:
    """Who asks: somebody who may write a mandate somewhere."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not rights(person).anywhere(Act.EDIT, Kind.MANDATE):
        raise Forbidden("The first steps are for the head of a PMO.")
    return person


def _office(run: queries.FirstRun, person: Person) -> Office:
    """The office, once it is there and the person may write its objectives."""
    if run.office is None:
        raise Refused("There is no office yet.", advice="Begin with its name and its mandate.")
    if not may_in(person, Act.EDIT, Kind.OBJECTIVE, run.office.scope_id):
        raise Forbidden("You may not write objectives of this office.")
    return run.office


def _to(name: str) -> HttpResponse:
    return pages.see_other(reverse(name))


def _page(
    request: HttpRequest, name: str, run: queries.FirstRun, place: int, *, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {"run": run, "labels": list(LABELS), "place": place, **context}
    return pages.page(request, f"thread/templates/start_{name}.html", shown, status=status)


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Where the first run is, and the way on."""
    run = queries.first_run(_beginner(request))
    return _page(request, "overview", run, run.place)


@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest) -> HttpResponse:
    """Three fields: the name of the PMO, what it is for, who gave the mandate."""
    person = _beginner(request)
    run = queries.first_run(person)
    form = OfficeForm(
        request.POST if request.method == "POST" else None, initial={"name": str(run.office)} if run.office else None
    )
    if request.method == "POST" and run.mandate is None and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.found_office(
                name=said["name"], purpose_text=said["purpose"], issuer=said["issuer"], by=person, office=run.office
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            pages.announce(request, f"{made} has a mandate in force", undo_url=undo_address())
            return _to("thread:start_objectives")
    return _page(request, "mandate", run, 1, form=form, status=422 if form.is_bound and form.errors else 200)


@require_GET
def objectives(request: HttpRequest) -> HttpResponse:
    """What is written down already, what is still a question about it, and a box for more."""
    person = _beginner(request)
    run = queries.first_run(person)
    return _objectives(request, run, _office(run, person), TextForm())


def _objectives(
    request: HttpRequest, run: queries.FirstRun, office: Office, form: TextForm, settled: dict[int, FiguresForm] | None = None
) -> HttpResponse:
    settled = settled or {}
    forms = [
        (aim, settled.get(aim.target.pk) or FiguresForm(None, aim.target))
        for aim in run.aims
        if aim.target is not None and aim.questions and aim.objective.state != Objective.State.APPROVED
    ]
    open_ones = {aim.objective.pk for aim, _ in forms}
    rest = [
        (aim, queries.figures(aim.target) if aim.target else "no figure yet")
        for aim in run.aims
        if aim.objective.pk not in open_ones
    ]
    forms.sort(key=lambda pair: not pair[1].is_bound)  # what was refused stays in sight
    wrong = bool(settled) or (form.is_bound and bool(form.errors))
    context = {"form": form, "asked": forms, "rest": rest, "office": office, "most": MOST_AIMS}
    return _page(request, "objectives", run, 2, status=422 if wrong else 200, **context)


@require_POST
def proposals(request: HttpRequest) -> HttpResponse:
    """What the text proposes, each with its questions; nothing is kept yet. Sent on with ticks, those are kept."""
    person = _beginner(request)
    run = queries.first_run(person)
    office, form = _office(run, person), TextForm(request.POST)
    if not form.is_valid():
        return _objectives(request, run, office, form)
    try:
        found = propose(form.cleaned_data["text"], (person.organisation.fiscal_year_start + 10) % 12 + 1)
    except EngineError as error:
        form.add_error("text", str(error))
        return _objectives(request, run, office, form)
    if not found.proposals:
        form.add_error("text", "No line of this can be an objective: write what changes, from which figure to which, by when.")
        return _objectives(request, run, office, form)
    known = {actions.Kept(aim.objective.title).source_key for aim in run.aims}
    sent = request.POST if "keep" in request.POST else None
    rows = [ProposalForm(sent, p, is_known=actions.Kept(p.title).source_key in known) for p in found.proposals[:MOST]]
    if sent is not None and not [row for row in rows if not row.is_valid()]:
        kept = [row.kept(clock.today()) for row in rows if row.cleaned_data["keep"]]
        if kept:
            new = actions.keep_objectives(office=office, kept=kept, by=person)
            pages.announce(
                request,
                f"{new} objectives written down, as drafts" if new != 1 else "One objective written down, as a draft",
                undo_url=undo_address(),
            )
            return _to("thread:start_objectives")
    context = {"text": form.cleaned_data["text"], "rows": rows, "left_out": found.left_out, "nothing_ticked": sent is not None}
    wrong = sent is not None
    return _page(request, "proposals", run, 2, status=422 if wrong else 200, **context)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what was still a question of one target."""
    person = _beginner(request)
    targets = visible(Target.objects.select_related("kpi__office", "objective__office"), person, Act.EDIT)
    target = get_object_or_404(targets, pk=pk)
    form = FiguresForm(request.POST, target)
    if form.is_valid():
        try:
            sized = actions.settle_figures(
                target=target,
                unit=form.cleaned_data["unit"],
                changes=form.figures,
                by=person,
                version=form.cleaned_data["version"] or 0,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            text = f"{target.kpi}: {queries.figures(target)}" + (
                f". Work that names it counts as a medium effect: {sized}" if sized else ""
            )
            pages.announce(request, text, undo_url=undo_address())
            return _to("thread:start_objectives")
    run = queries.first_run(person)
    return _objectives(request, run, _office(run, person), TextForm(), {target.pk: form})


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest) -> HttpResponse:
    """What the PMO itself does first for one of its goals; then the thread from the mandate to who does it."""
    person = _beginner(request)
    run = queries.first_run(person)
    office = _office(run, person)
    form = StepForm(request.POST if request.method == "POST" else None, [aim for aim in run.aims if aim.target is not None])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.plan_first_step(
                office=office, name=said["name"], goal=said["goal"], size=said["size"], deadline=said["deadline"], by=person
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            pages.announce(request, f"{made} is in the plan", undo_url=undo_address())
            return _to("thread:start_step")
    thread, is_whole = queries.thread_of_office(run) if run.has_step else ([], False)
    wrong = form.is_bound and bool(form.errors)
    return _page(request, "step", run, 3, form=form, thread=thread, is_whole=is_whole, status=422 if wrong else 200)


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """The way to the import wizard and back."""
    run = queries.first_run(_beginner(request))
    return _page(request, "projects", run, 4)


@require_GET
def result(request: HttpRequest) -> HttpResponse:
    """Which goals have no work, which work has no goal named, one whole thread, and what to do next."""
    person: Person = request.person  # type: ignore[attr-defined]
    office = office_of(person)
    if not may_in(person, Act.VIEW, Kind.PULSE, office.scope_id):
        raise Forbidden("The result is for the PMO, its sponsor and auditors.")
    run = queries.first_run(person)
    context: dict[str, Any] = {"result": queries.result(run, office, person), "office": office}
    context |= {"most": MOST_ROWS, "most_unasked": MOST_UNASKED, "most_goals": MOST_GOALS}
    context["begins"] = rights(person).anywhere(Act.EDIT, Kind.MANDATE)
    return _page(request, "result", run, len(LABELS), **context)


def after_import(file: ImportedFile, person: Person) -> list[tuple[str, str]]:
    """Back to the first steps after a list of projects, while no project has an answer. For the slot of the same name."""
    if file.file_kind != ImportedFile.FileKind.PROJECTS or queries.has_answers():
        return []
    return [("Back to the first steps", reverse("thread:start"))]
