"""Pages beside a project's schedule: how sound it is, and what moved since an earlier file of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from goldenthread.formats.schedule_compare_words import movement
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.projects.models import Project
from goldenthread.projects.queries import brought_files, newest_review
from goldenthread.projects.views.schedule import seen
from goldenthread.schedule import queries as schedules
from goldenthread.schedule.actions.reviews import ask_for_review
from goldenthread.schedule.models import Schedule
from goldenthread.ui import pages

PAGE = 50
STANDING = {True: ("good", "met"), False: ("bad", "not met"), None: ("", "does not apply")}
PARTS = {
    "rows": "Rows that changed",
    "logic": "Relationships",
    "dates": "Dates that moved",
    "critical": "Critical path",
}


@require_http_methods(["GET", "HEAD", "POST"])
def health(request: HttpRequest, key: int) -> HttpResponse:
    """Score, what to mend first, every check; with `?check` the rows at fault. A POST has a large schedule looked at anew."""
    person, project, _ = seen(request, key)
    schedule = project.schedule
    if schedule is None:
        return _none(request, project)
    if request.method == "POST":
        ask_for_review(schedule=schedule, question=schedules.HEALTH, by=person)
        return _asked(request, "The schedule is being looked at", request.path)
    context = _context(project, schedule, schedules.HEALTH)
    told = context["told"]
    if told:
        chosen = next((one for one in told["checks"] if one["id"] == request.GET.get("check")), None)
        context |= {
            "checks": [
                one | {"tone": STANDING[one["passed"]][0], "standing": STANDING[one["passed"]][1]} for one in told["checks"]
            ],
            "practices": [
                one | dict(zip(("tone", "standing"), STANDING[one["passed"]], strict=True)) for one in told["practices"]
            ],
            "met": sum(one["passed"] is True for one in told["checks"]),
            "asked": sum(one["passed"] is not None for one in told["checks"]),
            "first": [one for name in told["mend_first"][:5] for one in told["checks"] if one["id"] == name],
            "chosen": chosen,
            "rows": _page(request, chosen["findings"] if chosen else []),
            "paging": f"?check={chosen['id']}&" if chosen else "?",
            "trend": [one | {"at": datetime.fromisoformat(one["at"])} for one in told["trend"]],
        }
    return pages.page(request, "projects/templates/schedule_health.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, key: int) -> HttpResponse:
    """The stored schedule against an earlier file of it: what moved the finish, and what differs. A POST as for its health."""
    person, project, _ = seen(request, key)
    schedule = project.schedule
    if schedule is None:
        return _none(request, project)
    files = brought_files(schedule, person)
    asked = request.GET.get("with", "")
    chosen = next((one for one in files if str(one.number) == asked), files[1] if len(files) > 1 else next(iter(files), None))
    if asked and (chosen is None or str(chosen.number) != asked):
        raise Http404
    if chosen is None:
        return _none(request, project)
    question, here = schedules.question_of(chosen.number), f"{request.path}?with={chosen.number}"
    if request.method == "POST":
        ask_for_review(schedule=schedule, question=question, by=person)
        return _asked(request, "The schedules are being compared", here)
    context = _context(project, schedule, question) | {"chosen": chosen, "files": files, "here": here}
    if context["told"]:
        part = request.GET.get("part", "rows")
        context |= _differences(request, context["told"], part if part in PARTS else "rows", here)
    return pages.page(request, "projects/templates/schedule_compare.html", context)


def _asked(request: HttpRequest, text: str, where: str) -> HttpResponse:
    pages.announce(request, text)
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response


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
        "job": newest_review(schedule, question) if found.is_large else None,
    }


def _page(request: HttpRequest, rows: list[Any]) -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page", "1")[:9])


def _differences(request: HttpRequest, told: dict[str, Any], part: str, here: str) -> dict[str, Any]:
    """The movement as bars, and one page of one kind of difference."""
    rows: dict[str, list[Any]] = {
        "rows": [
            *({"row": one, "how": "added", "changes": []} for one in told["rows_added"]),
            *({"row": one, "how": "removed", "changes": []} for one in told["rows_removed"]),
            *({"row": one, "how": "changed", "changes": one["changes"]} for one in told["rows_changed"]),
        ],
        "logic": told["logic"],
        "dates": [_dated(one) for one in told["dates_moved"]],
        "critical": [
            *({"row": one, "how": "became critical"} for one in told["critical_entered"]),
            *({"row": one, "how": "is no longer critical"} for one in told["critical_left"]),
        ],
    }
    counts = {
        "rows": sum(told[f"count_{name}"] for name in ("rows_added", "rows_removed", "rows_changed")),
        "logic": told["count_logic"],
        "dates": told["count_dates_moved"],
        "critical": told["count_critical_entered"] + told["count_critical_left"],
    }
    return {
        "part": part,
        "parts": [(f"{here}&part={name}", f"{title} ({counts[name]:,})", name == part) for name, title in PARTS.items()],
        "title": PARTS[part],
        "rows": _page(request, rows[part]),
        "unlisted": counts[part] - len(rows[part]),
        "paging": f"{here}&part={part}&",
        "was": _day(told["finish_before"]),
        "now": _day(told["finish"]),
        "moved": movement(told["moved_days"]),
        "fall": _bars(told),
    }


def _dated(one: dict[str, Any]) -> dict[str, Any]:
    return one | {name: _day(one[name]) for name in ("start_before", "start", "finish_before", "finish")}


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
            "title": one["words"],
            "days": one["moved_days"],
            "error": one["error_days"],
            "at": 100 * (min(begin, end) - low) / wide,
            "wide": max(0.6, 100 * abs(end - begin) / wide),
            "zero": 100 * (0 - low) / wide,
            "ends": 100 * (end - low) / wide,
        }
        for one, begin, end in steps
    ]
