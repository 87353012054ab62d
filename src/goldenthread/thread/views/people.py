"""A person's open work: the panel on the person's page, and handing all of it over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import people, rights, undo_address
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.thread import actions, queries
from goldenthread.thread.forms import HandOverForm
from goldenthread.ui import pages, writing

SHOWN = 12


def person_panels(subject: Person, viewer: Person) -> list[str]:
    """“Open work” with the way to hand it over. For the slot of the same name."""
    if not queries.may_see_work(subject, viewer):
        return []
    context = {
        "subject": subject,
        "open": queries.open_work(subject, viewer),
        "shown": SHOWN,
        "may_hand_over": rights(viewer).anywhere(Act.EDIT, Kind.PLAN),
    }
    return [mark_safe(render_to_string("thread/templates/person_panel.html", context))]  # noqa: S308  escaped by its template


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What would move, and to whom; sent, it moves as one action."""
    viewer: Person = request.person  # type: ignore[attr-defined]
    subject = get_object_or_404(people(viewer), pk=pk)
    if not rights(viewer).anywhere(Act.EDIT, Kind.PLAN):
        raise Forbidden("You may not plan the work of others.")
    if not queries.may_see_work(subject, viewer):
        raise Http404
    found = queries.charges(subject, viewer)
    takers = queries.takers(subject, viewer, timezone.localdate())
    form = HandOverForm(request.POST if request.method == "POST" else None, takers, [row.ref for row in found.movable])
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.hand_over(giver=subject, taker=form.person, by=viewer, refs=form.cleaned_data["refs"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            pages.announce(
                request,
                f"{form.person} takes over from {subject}: {writing.plural(moved, 'thing', 'things')}",
                undo_url=undo_address(),
            )
            response = HttpResponseRedirect(reverse("accounts:person", args=[subject.pk]))
            response.status_code = 303
            return response
    chosen = set(request.POST.getlist("refs")) if form.is_bound else {row.ref for row in found.movable}
    context = {"subject": subject, "form": form, "found": found, "chosen": chosen}
    return pages.page(request, "thread/templates/hand_over.html", context, status=422 if form.is_bound else 200)
