"""The risks of a project's schedule: one added, changed or removed; a list brought; the list taken out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, undo_address
from goldenthread.formats.errors import FormatError
from goldenthread.formats.limits import check_size, read_guarded
from goldenthread.formats.risk_list import HEADINGS, RiskList, risk_sheet
from goldenthread.formats.sheets import write_csv
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.projects import forms
from goldenthread.projects.models import Project
from goldenthread.projects.queries import may_take_out_schedule
from goldenthread.projects.views.schedule import download, seen
from goldenthread.schedule import actions
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.models import Activity, Schedule, ScheduleRisk
from goldenthread.ui import pages

OFFERED = 8  # activities at a time
LIKE_IT_WAS = ("name", "chance", "unit", "low", "likely", "high", "version")


def _editable(request: HttpRequest, key: int) -> tuple[Person, Project, Schedule]:
    person, project, _ = seen(request, key)
    if not may(person, Act.EDIT, project):
        raise Forbidden("You may not change this schedule.")
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", advice="Bring one first.")
    return person, project, project.schedule


def _back(request: HttpRequest, project: Project) -> str:
    """The page of the simulation, asked as it was."""
    asked = QueryDict(request.GET.get("then", "")).urlencode()
    return reverse("projects:simulation", args=[project.pk]) + (f"?{asked}" if asked else "") + "#risks"


def _done(request: HttpRequest, words: str, project: Project) -> HttpResponse:
    pages.announce(request, words, undo_url=undo_address())
    return pages.see_other(_back(request, project))


@require_http_methods(["GET", "HEAD", "POST"])
def risk(request: HttpRequest, key: int) -> HttpResponse:
    """The risk `?risk=` or a new one. With `find` sent along, activities are looked for and nothing is written."""
    person, project, schedule = _editable(request, key)
    row = _named(schedule, request.GET["risk"]) if request.GET.get("risk") else None
    chosen = _chosen(request, row)
    if request.method != "POST":
        shown = {name: _typed(getattr(row, name)) for name in LIKE_IT_WAS} if row is not None else None
        return _form(request, project, forms.RiskForm(initial=shown), row, chosen)
    if _only_looks(request):
        return _form(request, project, forms.RiskForm(initial=request.POST.dict()), row, chosen)
    form = forms.RiskForm(request.POST)
    if row is None:
        if pages.tried(form, lambda: actions.add_risk(schedule=schedule, event=form.event(), activities=chosen, by=person)):
            return _done(request, "Risk added", project)
        return _form(request, project, form, row, chosen)
    known, version = row, pages.version_seen(request)
    if "remove" in request.POST:
        actions.remove_risk(risk=known, by=person, version=version)
        return _done(request, "Risk removed", project)
    changed = pages.tried(
        form, lambda: actions.change_risk(risk=known, event=form.event(), activities=chosen, by=person, version=version)
    )
    return _done(request, "Risk saved", project) if changed else _form(request, project, form, row, chosen)


def _named(schedule: Schedule, text: str) -> ScheduleRisk:
    found = schedules.risks(schedule).filter(pk=pages.number_seen(text)).select_related("schedule__scope").first()
    if found is None:
        raise Http404
    return found


def _typed(value: Any) -> Any:
    """A figure as somebody would type it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _only_looks(request: HttpRequest) -> bool:
    """Whether activities are looked for: while somebody types, or by the button for browsers without scripts."""
    return "find" in request.POST or pages.wants_fragment(request)


def _chosen(request: HttpRequest, row: ScheduleRisk | None) -> list[int]:
    """The activities that were sent along; before anything was sent those of the risk."""
    if request.method == "POST":
        return list(dict.fromkeys(pages.number_seen(text) for text in request.POST.getlist("activities")))
    return schedules.driven_by([row])[row.pk] if row is not None else []


def _form(
    request: HttpRequest, project: Project, form: forms.RiskForm, row: ScheduleRisk | None, chosen: list[int]
) -> HttpResponse:
    words = request.POST.get("words", "")[:120]
    context = {
        "project": project,
        "form": form,
        "risk": row,
        "chosen": list(Activity.objects.filter(schedule=project.schedule, pk__in=chosen).order_by("position", "id")),
        "offered": schedules.found_to_drive(project.schedule, words, chosen, OFFERED) if project.schedule is not None else [],
        "most": OFFERED,
        "words": words,
        "here": request.get_full_path(),
        "back": _back(request, project),
    }
    block = "choice" if request.method == "POST" else "dialog"
    status = 422 if form.is_bound else 200
    return pages.page(request, "projects/templates/schedule_risk.html", context, block=block, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_list(request: HttpRequest, key: int) -> HttpResponse:
    """A list of risks: what it would change, then, once that was seen, the list in the place of what is kept."""
    person, project, schedule = _editable(request, key)
    context: dict[str, Any] = {"project": project, "compared": None, "refusal": None, "headings": HEADINGS}
    context |= {"here": request.path, "back": _back(request, project), "may_export": may_take_out_schedule(person, project)}
    if request.method == "POST":
        try:
            listed = _listed(request)
            compared = schedules.compared_risks(schedule, listed, clock.today())
            if "seen" in request.POST:
                actions.take_list(schedule=schedule, compared=compared, seen=request.POST["seen"], by=person)
                return _done(request, "List of risks taken", project)
            context |= {"compared": compared, "list": write_csv(risk_sheet(listed.events)).decode("utf-8-sig")}
        except (FormatError, Refused) as refusal:
            context["refusal"] = refusal
    status = 422 if context["refusal"] or (context["compared"] and context["compared"].faults) else 200
    return pages.page(request, "projects/templates/schedule_risk_list.html", context, status=status)


def _listed(request: HttpRequest) -> RiskList:
    """The list as a file, or as it was looked at before."""
    sent = request.FILES.get("file")
    if sent is not None:
        check_size(sent.size or 0)
    data = sent.read() if sent is not None else request.POST.get("list", "").encode()
    if not data:
        raise Refused("Choose the list of risks.", field="file")
    found: RiskList = read_guarded("risks", data)
    return found


@require_GET
def risk_file(request: HttpRequest, key: int) -> HttpResponse:
    """The list of risks as it is taken in again: a workbook, with `?form=csv` a text."""
    person, project, _ = seen(request, key)
    if not may_take_out_schedule(person, project):
        raise Forbidden("You may not export this schedule.")
    if project.schedule is None:
        raise Refused(f"“{project}” has no schedule yet.", advice="Bring one first.")
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    day = clock.today()
    data = schedules.listed_risks(project.schedule, form, day)
    return download(data, schedules.TYPES[form], f"risks-{project.pk}-{day:%Y-%m-%d}.{form}")
