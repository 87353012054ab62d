"""The week sheet: hours of seven days, a few keys a day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import undo_address, visible
from goldenthread.kit.errors import Refused
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Service
from goldenthread.resources import actions, queries
from goldenthread.resources.models import TimeEntry
from goldenthread.schedule.models import Activity
from goldenthread.ui import pages, writing

MODELS: dict[str, Any] = {"activity": Activity, "project": Project, "service": Service}
CELL = re.compile(r"^(activity|project|service)-(\d{1,18})-([0-6])$", re.ASCII)
HOURS = re.compile(r"^(?:(\d{1,2})(?::(\d{2}))?|(\d{0,2})[.,](\d{1,2}))\s*h?$", re.ASCII)


def person_panels(subject: Person, viewer: Person) -> list[str]:
    """The hours somebody logged lately, by week, for those who may see them. For the slot of the same name."""
    weeks = queries.recent_weeks(subject, viewer, timezone.localdate())
    if not weeks:
        return []
    text = render_to_string("resources/templates/person_hours.html", {"weeks": weeks, "subject": subject})
    return [mark_safe(text)]  # noqa: S308  escaped by its template


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def _monday(text: str) -> date:
    """The Monday of the week of a day in ISO form; of this week where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate()
    return day - timedelta(days=day.weekday())


def minutes_of(text: str) -> int:
    """Typed hours as minutes: 7, 7.5, 7,5, 7:30, 1.25 h; empty is none. Refused for anything else."""
    plain = text.strip().casefold()
    if not plain:
        return 0
    found = HOURS.fullmatch(plain)
    if found is None:
        raise Refused(f"“{text.strip()[:20]}” is not a number of hours.", field="hours", advice="Write 7.5 or 7:30.")
    whole, clock, before, fraction = found.groups()
    if clock is not None and int(clock) > 59:
        raise Refused(f"“{plain}” has more than 59 minutes.", field="hours")
    if fraction is not None:
        return round(float(f"{before or 0}.{fraction}") * 60)
    return int(whole) * 60 + int(clock or 0)


@require_http_methods(["GET", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """One's own week: rows of work, seven days; sending makes each cell stand at what was typed."""
    person, monday = _person(request), _monday(request.GET.get("week", ""))
    refusal = None
    if request.method == "POST":
        try:
            changed = actions.set_week(person=person, hours=_cells(request, person, monday), by=person)
        except Refused as error:
            refusal = error
        else:
            pages.announce(request, f"{writing.plural(changed, 'cell')} saved", undo_url=undo_address())
            return pages.see_other(f"{reverse('resources:week')}?week={monday.isoformat()}")
    sheet = queries.week(person, monday)
    added = [o for o in sheet.offered if o[0] == request.GET.get("add")]
    context = {
        "sheet": sheet,
        "added": [(value.replace(":", "-"), label) for value, label in added],
        "typed": request.POST if refusal else {},
        "refusal": refusal,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "wanted": request.GET.get("add", ""),
    }
    return pages.page(request, "resources/templates/week.html", context, status=422 if refusal else 200)


def _cells(request: HttpRequest, person: Person, monday: date) -> list[actions.Hours]:
    """The cells sent, each with its work; cells of work that the person may not see are refused as if it were not there."""
    sent: list[tuple[str, int, int, int]] = []
    for name, text in request.POST.items():
        found = CELL.fullmatch(name)
        if found is not None and isinstance(text, str):
            sent.append((found[1], int(found[2]), int(found[3]), minutes_of(text)))
    stands = {(row.kind, row.id): row.minutes for row in queries.week(person, monday).rows}
    wanted = [cell for cell in sent if stands.get(cell[:2], [0] * 7)[cell[2]] != cell[3]]
    works = {key: _work(key, person, known=key in stands) for key in {cell[:2] for cell in wanted}}
    return [actions.Hours(works[kind, key], monday + timedelta(days=n), minutes) for kind, key, n, minutes in wanted]


def _work(key: tuple[str, int], person: Person, *, known: bool) -> Any:
    """A row of the sheet, or other work that the person may see."""
    model = MODELS[key[0]]
    if known:
        return model.objects.get(pk=key[1])
    return get_object_or_404(visible(model.objects.all(), person), pk=key[1])


@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Delete one of one's own entries."""
    entry: TimeEntry = get_object_or_404(TimeEntry.objects.filter(person=_person(request)), pk=key)
    monday = _monday(entry.on.isoformat())
    actions.remove_entry(entry=entry, by=_person(request))
    pages.announce(request, "Entry removed", undo_url=undo_address())
    return pages.see_other(f"{reverse('resources:week')}?week={monday.isoformat()}")


def navigation(person: Person) -> list[dict[str, Any]]:
    """One's own hours. No statement."""
    return [{"group": "work", "label": "Time", "url": reverse("resources:week"), "count": None, "key": "g h"}]
