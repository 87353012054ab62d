"""A person's open work: the panel on the person's page, and handing all of it over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import people, rights, undo_address
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan import queries as plans
from goldenthread.thread import actions, queries
from goldenthread.thread.forms import HandOverForm
from goldenthread.ui import pages, writing

SHOWN = 12


def person_panels(subject: Person, viewer: Person) -> list[str]:
    """“Open work” with the way to hand it over. For the slot of the same name."""
    if not plans.may_see_work(subject, viewer):
        closed = {"subject": subject, "is_closed": True}
        return [mark_safe(render_to_string("thread/templates/person_panel.html", closed))]  # noqa: S308
    held = plans.held_by(subject, viewer, clock.today())
    work = [row for group in held.groups if group.responsibility.code == "work" for row in group.rows]
    threads = queries.threads_of([row.row for row in work[:SHOWN]], viewer)
    context = {
        "subject": subject,
        "is_closed": False,
        "work": [(row, [(link.label, link.url) for link in threads[row.row.pk]]) for row in work[:SHOWN]],
        "left_out": len(work) - len(work[:SHOWN]),
        "groups": [group for group in held.groups if group.responsibility.code != "work"],
        "is_empty": not held.rows,
        "may_hand_over": bool(held.rows) and rights(viewer).anywhere(Act.EDIT, Kind.PLAN),
    }
    return [mark_safe(render_to_string("thread/templates/person_panel.html", context))]  # noqa: S308  escaped by its template


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody is responsible for, by kind; the rows chosen move to one person, as one action."""
    viewer: Person = request.person  # type: ignore[attr-defined]
    subject = get_object_or_404(people(viewer), pk=pk)
    if not rights(viewer).anywhere(Act.EDIT, Kind.PLAN):
        raise Forbidden("You may not plan the work of others.")
    if not plans.may_see_work(subject, viewer):
        raise Http404
    today = clock.today()
    held, takers = plans.held_by(subject, viewer, today, Act.EDIT), queries.takers(subject, viewer, today)
    form = HandOverForm(request.POST if request.method == "POST" else None, takers, held)
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.hand_over(giver=subject, taker=form.person, by=viewer, rows=form.rows)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _moved(request, subject, form.person, moved, left=len(held.rows) - moved)
    context = {"subject": subject, "form": form, "held": held}
    return pages.page(request, "thread/templates/hand_over.html", context, status=422 if form.is_bound else 200)


def _moved(request: HttpRequest, giver: Person, taker: Person, moved: int, left: int) -> HttpResponse:
    """Back to the list where something is left of it, else to the person's page."""
    pages.announce(request, f"{taker} takes over from {giver}: {writing.plural(moved, 'thing')}", undo_url=undo_address())
    return pages.see_other(reverse("thread:hand_over" if left else "accounts:person", args=[giver.pk]))
