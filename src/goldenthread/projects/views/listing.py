"""The list of projects."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.projects import queries
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.projects.queries.lists import SIZES
from goldenthread.ui import pages

STATES = [("open", "open"), ("", "all"), *[(s.value, s.label.lower()) for s in Project.State], ("gone", "no longer listed")]
RATINGS = [("", "any"), *[(r.value, r.label.lower()) for r in Project.Rating], ("none", "none")]
ANSWERS = [("", "any"), *[(a.value, a.label.lower()) for a in GoalAnswer]]
MANDATORY = [("", "any"), ("yes", "yes"), ("no", "no")]


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """What one may see, filtered, sorted, in pages."""
    person: Person = request.person  # type: ignore[attr-defined]
    held = rights(person)
    filters = queries.Filters.of(request.GET)
    table = queries.project_table(person, filters, clock.today())
    if not table.total and not held.anywhere(Act.VIEW, Kind.PROJECT):
        raise Forbidden("You do not see any project.")
    kept = {name: value for name, value in request.GET.items() if name not in {"page", "sort"} and value}
    here = reverse("projects:projects")
    context = {
        "table": table,
        "filters": filters,
        "base": f"{here}?{urlencode(kept)}&" if kept else f"{here}?",
        "paging": f"{here}?{urlencode({**kept, 'sort': filters.sort})}&",
        "sizing": f"{here}?{urlencode({**{k: v for k, v in kept.items() if k != 'size'}, 'sort': filters.sort})}&",
        "states": STATES,
        "ratings": RATINGS,
        "answers": ANSWERS,
        "mandatory": MANDATORY,
        "owners": [("", "anybody"), *[(name, name) for name in table.owners]],
        "sizes": [(size, str(size)) for size in SIZES],
        "may_add": held.anywhere(Act.EDIT, Kind.PROJECT),
        "may_import": held.anywhere(Act.EDIT, Kind.IMPORT),
        "is_filtered": bool(kept),
    }
    return pages.page(request, "projects/templates/projects.html", context, block="list")
