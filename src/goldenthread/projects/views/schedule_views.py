"""Saving a view of the page of a schedule."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from goldenthread.accounts.queries import undo_address
from goldenthread.projects.queries.schedule_views import KIND, PAGE, SAVED
from goldenthread.projects.views.schedule import seen
from goldenthread.ui import pages
from goldenthread.workspace.actions import save_view


@require_POST
def save(request: HttpRequest, key: int) -> HttpResponse:
    """Keep how the page looks, as it was sent along."""
    person, project, _ = seen(request, key)
    settings = {name: value for name in SAVED if (value := request.POST.get(name, "").strip())}
    view = save_view(
        page=PAGE,
        ref_kind=KIND,
        ref_id=project.pk,
        name=request.POST.get("name", ""),
        settings=settings,
        by=person,
        is_shared="is_shared" in request.POST,
        is_default="is_default" in request.POST,
    )
    pages.announce(request, "View saved", undo_url=undo_address())
    return pages.see_other(f"{reverse(PAGE, args=[project.pk])}?{urlencode(view.settings) or 'all=1'}")
