"""Activity: what was changed, by whom; undo; and the mark that pages poll."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts import queries
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.undo import undo as undo_changeset
from goldenthread.accounts.views.settings import SEE_OTHER
from goldenthread.kit.errors import Refused
from goldenthread.ui import pages
from goldenthread.ui.terms import action, term

ABOUT = ("objective", "kpi", "mandate", "step", "duty", "project", "person", "office")


@require_GET
def head(request: HttpRequest) -> HttpResponse:
    """Something that changes with every changeset, and says no more than that: 304 while nothing has changed."""
    tag = f'"{queries.head_mark(request.user)}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(tag.strip('"'), content_type="text/plain")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@require_GET
def activity(request: Any) -> HttpResponse:
    """Changesets, newest first. Everybody sees their own; with the right, those of others."""
    by = _number(request.GET.get("by", ""))
    about, source = request.GET.get("about", "")[:60], request.GET.get("source", "")
    kind = about.partition(":")[0]
    about = about if kind in ABOUT else ""
    source = source if source in Changeset.Source.values else ""
    page = queries.activity(request.person, before=_number(request.GET.get("before", "")), by=by, about=about, source=source)
    people = queries.people(request.person).filter(changesets__isnull=False).distinct().order_by("name")
    kept = "".join(f"{name}={value}&" for name, value in (("by", by), ("about", about), ("source", source)) if value)
    context = {
        "page": page,
        "by": by or "",
        "about": about,
        "source": source,
        "people": [("", "Anybody"), *((p.pk, p.name) for p in people[:500])],
        "kinds": [("", "Anything"), *((k, term({"kpi": "KPI"}.get(k, k.capitalize()))) for k in ABOUT)]
        + ([(about, about)] if ":" in about else []),
        "sources": [("", "Any way"), *Changeset.Source.choices],
        "base": f"?{kept}",
        "first": request.GET.get("before", "") == "",
        "now": timezone.now(),
        "entry_url": reverse("accounts:changes", args=[0]).removesuffix("0"),
    }
    return pages.page(request, "accounts/templates/activity.html", context, block="list")


def _line(request: Any, pk: int) -> queries.Line:
    changeset = get_object_or_404(
        queries.visible(Changeset.objects.select_related("by", "undoes", "undone_by"), request.person), pk=pk
    )
    line = queries.head_of(changeset, request.person)
    if line is None:
        raise Http404
    return line


@require_GET
def changes(request: Any, pk: int) -> HttpResponse:
    """What one action changed, field by field."""
    return _show(request, _line(request, pk))


def _show(request: Any, line: queries.Line, *, refusal: str = "", status: int = 200) -> HttpResponse:
    rows, hidden = queries.changes_of(line.changeset, request.person)
    context = {"line": line, "rows": rows, "hidden": hidden, "refusal": refusal, "now": timezone.now()}
    response = pages.page(request, "accounts/templates/changes.html", context, status=status)
    if refusal:  # for the button on a message, which reads no pages
        response["X-Reason"] = (
            refusal.translate({0x201C: '"', 0x201D: '"', 0x2019: "'"}).encode("latin-1", "replace").decode("latin-1")
        )
    return response


@require_POST
def undo(request: Any, pk: int) -> HttpResponse:
    """Undo one action; a refusal is explained where the action stands."""
    line = _line(request, pk)
    person: Person = request.person
    try:
        undo_changeset(changeset=line.changeset, by=person)
    except Refused as refusal:
        return _show(request, _line(request, pk), refusal=str(refusal), status=422)  # read anew: the attempt left its traces
    pages.announce(request, f"Undone: {action(line.changeset.title)}", undo_url=queries.undo_address())
    return HttpResponseRedirect(_way_back(request), status=SEE_OTHER)


def _way_back(request: HttpRequest) -> str:
    """The page the button stood on, where that is one of ours."""
    came_from = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if safe else reverse("accounts:activity")
