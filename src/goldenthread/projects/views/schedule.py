"""The page of a project's schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in, one, rights, visible
from goldenthread.formats.schedule_file import NotCarried
from goldenthread.formats.schedule_writer import FORMATS
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects.models import Project
from goldenthread.projects.queries import exported_schedule, may_take_out_schedule
from goldenthread.projects.queries.schedule_views import SAVED, schedule_views, seen_first, shown_views
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.models import Schedule
from goldenthread.schedule.queries.timelines import LEVELS, SHOWN, SHOWN_COLUMNS, SIZES, ZOOMS
from goldenthread.ui import pages

LEFT_OUT = ("page", "open", "toggle", "paper", "all")
SHOWN_LOSSES = 200
SEVERAL = ("columns", "folded")  # may be named more than once


@require_GET
def schedule(request: HttpRequest, key: int) -> HttpResponse:
    """Its outline with dates, floats, baselines and bars. Who may only see the project as a client does not see its plan."""
    person, project, sees_plan = seen(request, key)
    allowed = _allowed(person, project, Act.EDIT, Act.EXPORT)
    may_import = Act.EDIT in allowed and rights(person).anywhere(Act.EDIT, Kind.IMPORT)
    context: dict[str, Any] = {"project": project, "may_import": may_import, "table": None}
    context["may_export"] = sees_plan and Act.EXPORT in allowed
    if project.schedule is not None:
        views = schedule_views(project, person)
        asked = {name: ",".join(values) if name in SEVERAL else str(values[-1]) for name, values in request.GET.lists()}
        first = seen_first(views, person) if not asked else None
        asked = dict(first.settings) if first is not None else asked
        filters, at_fault = _asked_for(asked, project.schedule)
        named = may_in(person, Act.VIEW, Kind.PERSON, project.scope_id)
        rows = at_fault.activities if at_fault is not None else None
        if paper := request.GET.get("paper"):
            if not context["may_export"]:
                raise Forbidden("You may not export this schedule.")
            return _paper(project, project.schedule, filters, paper, with_people=named, at_fault=rows)
        table = schedules.timeline(project.schedule, filters, clock.today(), with_people=named, at_fault=rows)
        context |= {"table": table, "at_fault": at_fault, "today": clock.today(), **_choices(request.path, asked, table)}
        looks = context["looks"] = {name: value for name, value in context["looks"].items() if name in SAVED}
        context["views"] = shown_views(views, person, request.path, looks, with_people=named)
        context["may_share"] = Act.EDIT in allowed
        context["papers"] = schedules.papers_here() if context["may_export"] else []
    return pages.page(request, "projects/templates/schedule.html", context, block="table")


def _asked_for(asked: dict[str, str], schedule: Schedule) -> tuple[schedules.Filters, schedules.AtFault | None]:
    """The filters, and the rows at fault where they name a check; one that has no answer yet filters nothing."""
    filters = schedules.Filters.of(asked)
    found = schedules.rows_at_fault(schedule, filters.fault, clock.today()) if filters.fault else None
    if found is None or found.activities is None:
        filters = replace(filters, fault="")
    return filters, found


@require_GET
def row(request: HttpRequest, key: int) -> HttpResponse:
    """All that is known of the row `?of=`: what holds here beside what its file says."""
    person, project, _ = seen(request, key)
    if project.schedule is None:
        return pages.page(request, "projects/templates/schedule_none.html", {"project": project})
    of = request.GET.get("of", "")
    named = may_in(person, Act.VIEW, Kind.PERSON, project.scope_id)
    costs = may_in(person, Act.VIEW, Kind.COST_RATE, project.scope_id)
    number_of = int(of) if of.isascii() and of.isdigit() and len(of) < 16 else 0
    found = schedules.row_page(project.schedule, number_of, with_people=named, with_costs=costs)
    if found is None:
        raise Http404
    here = reverse("projects:schedule", args=[project.pk])
    context = {"project": project, "row": found, "here": here, "part": f"{here}?{urlencode({'under': found.pk})}"}
    return pages.page(request, "projects/templates/schedule_row_page.html", context)


@require_GET
def schedule_file(request: HttpRequest, key: int) -> HttpResponse:
    """The schedule for another program: the formats; with `?form` what one has no place for; with `&take` the file itself."""
    person, project, _ = seen(request, key)
    if not may_take_out_schedule(person, project):
        raise Forbidden("You may not export this schedule.")
    form = request.GET.get("form", "")
    context: dict[str, Any] = {"project": project, "formats": FORMATS, "form": form if form in FORMATS else "", "written": None}
    if context["form"] and project.schedule is not None:
        written = exported_schedule(project, form, person, now=timezone.now(), today=clock.today())
        if "take" in request.GET:
            return download(
                written.data, schedules.TYPES[form], f"schedule-{project.pk}-{clock.today():%Y-%m-%d}.{schedules.ENDINGS[form]}"
            )
        losses = _merged(written.not_carried)
        context |= {"written": written, "shown": losses[:SHOWN_LOSSES], "losses": len(losses)}
    return pages.page(request, "projects/templates/schedule_file.html", context)


def _merged(losses: Iterable[NotCarried]) -> list[tuple[NotCarried, list[str]]]:
    """What is lost with the names of its fields: those of which the same is to be said of the same rows, as one."""
    found: dict[NotCarried, list[str]] = {}
    for lost in losses:
        found.setdefault(replace(lost, field=""), []).append(lost.field.replace("_", " "))
    return list(found.items())


def seen(request: HttpRequest, key: int) -> tuple[Person, Project, bool]:
    """Who asks, the project, and whether the plan is seen by right; else it is one's own."""
    person: Person = request.person  # type: ignore[attr-defined]
    project = one(person, Project, key, "schedule__scope", "scope")
    sees_plan = project is not None and may_in(person, Act.VIEW, Kind.PLAN, project.scope_id)
    if project is None or not (sees_plan or is_own(person, project)):
        raise Http404
    return person, project, sees_plan


def _allowed(person: Person, project: Project, *acts: str) -> set[str]:
    """What of these somebody may do with the project, in one statement."""
    first, *others = (
        visible(Project.objects.filter(pk=project.pk), person, act).annotate(act=Value(act)).values_list("act", flat=True)
        for act in acts
    )
    return set(first.union(*others))


def _paper(
    project: Project,
    plan: Schedule,
    filters: schedules.Filters,
    paper: str,
    *,
    with_people: bool,
    at_fault: frozenset[int] | None,
) -> HttpResponse:
    """The page as a file: a PDF, or a picture."""
    day, title = clock.today(), f"Schedule of {project.name}"
    made = schedules.schedule_paper(plan, filters, paper, day, title=title, with_people=with_people, at_fault=at_fault)
    form = paper if paper in schedules.CHART_TYPES else "pdf"
    return download(made, schedules.CHART_TYPES[form], f"schedule-{project.pk}-{day:%Y-%m-%d}.{form}")


def download(data: bytes, kind: str, name: str) -> HttpResponse:
    """Bytes to be kept as a file of this name."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _choices(here: str, asked: dict[str, str], table: schedules.Timeline) -> dict[str, Any]:
    """What the filters offer, and the addresses of the pages beside this one."""
    folded = ",".join(map(str, table.filters.folded))
    columns = [(name, words, name in table.columns) for name, words in SHOWN_COLUMNS.items() if table.can_show(name)]
    chosen = "" if all(is_shown for _, _, is_shown in columns) else ",".join(table.columns)
    stated = {**asked, "folded": folded, "columns": chosen}
    kept = {name: value for name, value in stated.items() if value and name not in LEFT_OUT}
    in_part: dict[str, str] = {name: kept[name] for name in ("against", "zoom", "level", "at", "columns") if name in kept}
    first, last = table.window
    days = ZOOMS[table.filters.zoom][1]
    return {
        "shows": list(SHOWN.items()),
        "zooms": [(value, words) for value, (words, _) in ZOOMS.items()],
        "levels": [("", "all"), *[(n, str(n)) for n in LEVELS]],
        "people": [("", "anybody"), *[(name, name) for name in table.people]] if table.people else [],
        "columns": columns,
        "kept": {name: value for name, value in kept.items() if name != "folded"},
        "folded": folded,
        "paging": f"{here}?{urlencode(kept)}&" if kept else f"{here}?",
        "whole": _address(here, {k: v for k, v in kept.items() if k != "under"}),
        "unnamed": _address(here, {k: v for k, v in kept.items() if k not in ("fault", "rows")}),
        "parting": f"{here}?{urlencode([*in_part.items(), ('under', '')])}",
        "earlier": _at(here, kept, first - timedelta(days=days)) if days else "",
        "later": _at(here, kept, last) if days else "",
        "sizes": SIZES,
        "sizing": f"{here}?{urlencode({k: v for k, v in kept.items() if k != 'size'})}&",
        "is_filtered": table.filters.narrows,
        "here": here,
        "reset": f"{here}?all=1",
        "looks": kept,
        "back": reverse("projects:projects"),
    }


def _address(here: str, kept: dict[str, str]) -> str:
    """The page so filtered; without any filter it says so, since else one's own view may come first."""
    return f"{here}?{urlencode(kept) or 'all=1'}"


def _at(here: str, kept: dict[str, str], day: date) -> str:
    return f"{here}?{urlencode({**kept, 'at': day.isoformat()})}"
