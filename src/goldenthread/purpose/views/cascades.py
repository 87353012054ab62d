"""Pages of a negotiation: where an objective comes from, what both sides say, and that they sign."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act
from goldenthread.purpose import actions
from goldenthread.purpose.forms.cascades import CascadeForm, WordForm
from goldenthread.purpose.models import Cascade, CascadeWord, Objective
from goldenthread.purpose.queries import cascades as queries
from goldenthread.purpose.views.base import done, require, seen, visitor
from goldenthread.ui import pages

RELATED = ("objective__office", "objective__owner", "parent__office", "parent__owner", "sponsor")
LEADING = ("parent", "goal", "sponsor", "share", "share_means", "version")
NO_EDIT = "You may not change objectives of this office."


@require_http_methods(["GET", "POST"])
def set_cascade(request: HttpRequest, key: int) -> HttpResponse:
    """Say where an objective comes from."""
    person, row = visitor(request), seen(request, Objective, key, "office", "owner")
    require(request, Act.EDIT, row, NO_EDIT)
    stored = queries.cascades_of([row.pk]).first()
    if stored is not None and not queries.may_see_goal(stored, person):
        raise Forbidden(actions.NO_GOAL)
    initial = {"goal": row.leadership_goal, "sponsor": row.agreed_by}
    if stored is not None:
        initial = {name: getattr(stored, name) for name in LEADING}
    form = CascadeForm(request.POST or None, objective=row, person=person, initial=initial)
    made: list[Cascade] = []

    def write() -> None:
        seen_version = pages.version_seen(request) if stored else None
        made.append(actions.set_cascade(objective=row, by=person, version=seen_version, **form.changes()))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Where it comes from is said", reverse("purpose:cascade", args=[made[0].pk]))
    context = {"form": form, "objective": row, "cascade": stored}
    return pages.page(request, "purpose/templates/cascade_form.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def cascade(request: HttpRequest, key: int) -> HttpResponse:
    """One negotiation: what stands, what was said, who has signed."""
    row = seen(request, Cascade, key, *RELATED)
    return _page(request, row, WordForm(cascade=row))


def _page(request: HttpRequest, row: Cascade, form: WordForm, status: int = 200) -> HttpResponse:
    page = queries.cascade_page(row, visitor(request))
    asked = {side: queries.asked_for(row, side) for side in queries.OTHER}
    context = {
        "page": page,
        "cascade": row,
        "objective": row.objective,
        "form": form,
        "asked": asked,
        "sides": [(side.value, side.label) for side in queries.OTHER],
        "me": visitor(request),
        "may_edit": "PMO" in page.speaks and page.sees_objective,
    }
    return pages.page(request, "purpose/templates/cascade.html", context, status=status)


@require_POST
def say(request: HttpRequest, key: int) -> HttpResponse:
    """Propose, answer, or comment."""
    row = seen(request, Cascade, key, *RELATED)
    if not queries.speaks_for(row, visitor(request)):
        raise Forbidden(actions.NO_WORD)
    form = WordForm(request.POST, cascade=row)
    side = request.POST.get("side", "")
    if pages.tried(form, lambda: actions.say(cascade=row, by=visitor(request), side=side, **form.changes())):
        return done(request, "Said", reverse("purpose:cascade", args=[key]))
    return _page(request, row, form, status=422)


@require_POST
def sign(request: HttpRequest, key: int) -> HttpResponse:
    """Sign what stands."""
    row = seen(request, Cascade, key, *RELATED)
    given = request.POST
    actions.sign_cascade(cascade=row, by=visitor(request), side=given.get("side", ""), seen=given.get("stands", ""))
    return done(request, "Signed", reverse("purpose:cascade", args=[key]))


@require_POST
def take_over(request: HttpRequest, key: int) -> HttpResponse:
    """Let what was proposed stand."""
    word = seen(request, CascadeWord, key, *(f"cascade__{name}" for name in RELATED), "kpi")
    reason = request.POST.get("reason", "").replace("\0", "")[:500]
    actions.take_over(word=word, by=visitor(request), reason=reason)
    return done(request, "What was proposed stands now", reverse("purpose:cascade", args=[word.cascade_id]))
