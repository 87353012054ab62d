"""Pages beside a project's schedule: how sound it is, and what moved since an earlier plan of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.formats.schedule_compare_sheets import FORMS
from goldenthread.formats.schedule_compare_words import movement
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.projects.models import Project
from goldenthread.projects.queries import (
    chosen_plan,
    earlier_plans,
    exported_comparison,
    may_take_out_schedule,
    newest_review,
)
from goldenthread.projects.views.schedule import download, seen
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.actions.reviews import ask_for_review
from goldenthread.schedule.models import Schedule
from goldenthread.ui import pages
from goldenthread.ui.writing import date as written
from goldenthread.ui.writing import read_moments

PAGE = 50
STANDING = {True: ("good", "met"), False: ("bad", "not met"), None: ("", "does not apply")}
PARTS = {
    "rows": "Rows that changed",
    "logic": "Relationships",
    "dates": "Dates that moved",
    "critical": "Critical path",
}
KINDS = (("Files that were brought", True), ("Baselines", False))


@require_http_methods(["GET", "HEAD", "POST"])
def health(request: HttpRequest, key: int) -> HttpResponse:
    """Score, what to mend first, every check; with `?check` the rows at fault. A POST has a large schedule looked at anew."""
    _, project, _ = seen(request, key)
    schedule = project.schedule
    if schedule is None:
        return _none(request, project)
    if request.method == "POST":
        return _asked(request, schedule, schedules.HEALTH, "The schedule is being looked at", request.path)
    context = _context(project, schedule, schedules.HEALTH)
    told = context["told"]
    if told:
        checks = [_standing(one) | {"count": told["counts"][one["id"]]} for one in told["checks"]]
        chosen = next((one for one in checks if one["id"] == request.GET.get("check")), None)
        context |= {
            "checks": checks,
            "practices": [_standing(one) for one in told["practices"]],
            "met": sum(one["passed"] is True for one in checks),
            "asked": sum(one["passed"] is not None for one in checks),
            "first": [one for name in told["mend_first"][:5] for one in checks if one["id"] == name],
            "chosen": chosen,
            "rows": _page(request, context["lists"][chosen["id"]] if chosen else []),
            "paging": f"?check={chosen['id']}&" if chosen else "?",
            "trend": [one | {"at": datetime.fromisoformat(one["at"])} for one in told["trend"]],
        }
    return pages.page(request, "projects/templates/schedule_health.html", context)


def _standing(one: dict[str, Any]) -> dict[str, Any]:
    return one | dict(zip(("tone", "standing"), STANDING[one["passed"]], strict=True))


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, key: int) -> HttpResponse:
    """The stored schedule against an earlier plan of it: what moved the finish, and what differs. A POST as for its health."""
    person, project, _ = seen(request, key)
    schedule = project.schedule
    if schedule is None:
        return _none(request, project)
    plans = earlier_plans(schedule, person)
    asked = request.GET.get("with", "")
    chosen = chosen_plan(plans, asked)
    if asked and chosen is None:
        raise Http404
    if chosen is None:
        return _none(request, project)
    question, here = schedules.question_of(chosen.value), f"{request.path}?with={chosen.value}"
    if request.method == "POST":
        return _asked(request, schedule, question, "The schedules are being compared", here)
    kinds = [(words, [one for one in plans if one.is_file == is_file]) for words, is_file in KINDS]
    context = _context(project, schedule, question) | {"chosen": chosen, "kinds": kinds, "here": here}
    if context["told"]:
        context |= _differences(request, context["told"], context["lists"], here)
        context["forms"] = FORMS if may_take_out_schedule(person, project) else {}
        context["take_out"] = f"{reverse('projects:comparison_file', args=[key])}?with={chosen.value}"
    return pages.page(request, "projects/templates/schedule_compare.html", context)


@require_GET
def comparison_file(request: HttpRequest, key: int) -> HttpResponse:
    """What the page of a comparison tells, as a file: `?form` one of FORMS, `?with` as there."""
    person, project, _ = seen(request, key)
    if not may_take_out_schedule(person, project):
        raise Forbidden("You may not export this schedule.")
    form, asked, schedule = request.GET.get("form", "xlsx"), request.GET.get("with", ""), project.schedule
    chosen = chosen_plan(earlier_plans(schedule, person), asked) if schedule is not None else None
    if form not in FORMS or (asked and chosen is None):
        raise Http404
    if schedule is None or chosen is None:
        return _none(request, project)
    found = schedules.review(schedule, schedules.question_of(chosen.value), clock.today())
    data = exported_comparison(project, person, found, form, against=chosen.words)
    return download(data, schedules.TYPES[form], f"schedule-{project.pk}-moved-{clock.today():%Y-%m-%d}.{form}")


def _asked(request: HttpRequest, schedule: Schedule, question: str, text: str, where: str) -> HttpResponse:
    """Have it answered, and say so where there is anything to wait for."""
    person: Person = request.person  # type: ignore[attr-defined]
    if ask_for_review(schedule=schedule, question=question, by=person):
        pages.announce(request, text)
    return pages.see_other(where)


def _none(request: HttpRequest, project: Project) -> HttpResponse:
    """There is nothing to look at, or to compare with."""
    if request.method == "POST":
        raise Refused("There is nothing to look at yet: no plan was brought for this project.")
    return pages.page(request, "projects/templates/schedule_none.html", {"project": project})


def _context(project: Project, schedule: Schedule, question: str) -> dict[str, Any]:
    found = schedules.review(schedule, question, clock.today())
    refused = (found.told or {}).get("refused", "")
    return {
        "project": project,
        "found": found,
        "refused": refused,
        "told": None if refused else found.told,
        "lists": found.lists,
        "job": newest_review(schedule, question) if found.is_large else None,
    }


def _page(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page", "1")[:9])


def _differences(request: HttpRequest, told: dict[str, Any], lists: Mapping[str, Any], here: str) -> dict[str, Any]:
    """The movement as bars, and one page of one kind of difference."""
    part = request.GET.get("part", "")
    part = part if part in lists else "rows"
    rows = _page(request, lists[part])
    rows.object_list = [TOLD.get(part, dict)(one) for one in rows.object_list]
    return {
        "part": part,
        "parts": [
            (f"{here}&part={name}", f"{title} ({told['counts'][name]:,})", name == part)
            for name, title in PARTS.items()
            if name in lists
        ],
        "title": PARTS[part],
        "rows": rows,
        "paging": f"{here}&part={part}&",
        "was": _day(told["finish_before"]),
        "now": _day(told["finish"]),
        "moved": movement(told["moved_days"]),
        "same": _same_rows(told),
        "fall": _bars(told),
    }


def _same_rows(told: dict[str, Any]) -> str:
    """How far the rows moved that are in the baseline, where others end later."""
    same = told.get("same_rows")
    if same is None or same["finish"] == told["finish"]:
        return ""
    return f"{movement(same['moved_days'])}, to {written(_day(same['finish']))}"


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return one | {name: _day(one[name]) for name in ("start_before", "start", "finish_before", "finish")}


def _said(one: dict[str, Any]) -> dict[str, Any]:
    """A row that changed, with moments as people write them."""
    ends = ("before", "after")
    return one | {"changes": [cell | {end: read_moments(cell[end]) for end in ends} for cell in one["changes"]]}


TOLD = {"dates": _dated, "rows": _said}


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).date() if moment else None


def _bars(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Each cause as a bar from where the finish stood to where it then stands, in hundredths of the widest reach."""
    steps, at = [], 0.0
    for one in told["causes"]:
        steps.append((one, at, at + one["moved_days"]))
        at += one["moved_days"]
    low = min([0.0, *(end for _, _, end in steps)])
    high = max([0.0, *(end for _, _, end in steps)])
    wide = (high - low) or 1.0
    return [
        {
            "title": read_moments(one["words"]),
            "days": one["moved_days"],
            "error": one["error_days"],
            "at": 100 * (min(begin, end) - low) / wide,
            "wide": max(0.6, 100 * abs(end - begin) / wide),
            "zero": 100 * (0 - low) / wide,
            "ends": 100 * (end - low) / wide,
        }
        for one, begin, end in steps
    ]
