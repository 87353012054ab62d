"""The inbox: what a person should know or answer."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.ui import pages
from goldenthread.workspace import actions, queries
from goldenthread.workspace.models import InboxItem

SIZE = 50


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """One's own items, unread first."""
    person, unread_only = _person(request), request.GET.get("show") == "unread"
    page = Paginator(queries.inbox(person, unread_only=unread_only), SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "unread_only": unread_only, "unread": queries.unread_count(person)}
    return pages.page(request, "workspace/templates/inbox.html", context)


@require_POST
def open_item(request: HttpRequest, key: int) -> HttpResponse:
    """Mark an item as read and go where it leads."""
    item: InboxItem = get_object_or_404(InboxItem.objects.filter(person=_person(request)), pk=key)
    actions.mark_read(person=_person(request), item=item)
    return pages.see_other(item.link or reverse("workspace:inbox"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that needs no answer as read."""
    count = actions.mark_all_read(person=_person(request))
    pages.announce(request, f"{count} marked as read" if count else "Nothing was unread")
    return pages.see_other(reverse("workspace:inbox"))
