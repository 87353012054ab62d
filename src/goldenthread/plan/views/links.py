"""Links to the plan on one page: made, listed and revoked inside, read outside without an account."""

from __future__ import annotations

import zoneinfo
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import may, people
from goldenthread.accounts.queries.links import organisation_of
from goldenthread.formats.one_page import as_pdf
from goldenthread.formats.typesetting import is_available
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act
from goldenthread.kit.scoping import organisation_scope
from goldenthread.plan import queries
from goldenthread.plan.actions.links import DAYS, MOST_DAYS, count_read, revoke_link, share_plan
from goldenthread.plan.models import PlanLink
from goldenthread.plan.queries.links import PURPOSE, links_of, open_link
from goldenthread.plan.queries.one_page_outside import client_page, client_paper, outside_page, outside_paper
from goldenthread.plan.queries.one_page_person import is_stakeholder, lead_of
from goldenthread.plan.views.shared import done, seen, visitor
from goldenthread.ui import pages

CHOICES = ((7, "a week"), (30, "30 days"), (90, "90 days"), (366, "a year"))


@require_http_methods(["GET", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """The links to an office's plan: a new one, whose address is shown this once, and those made before."""
    viewer = visitor(request)
    plan = queries.named_plan(queries.plans_of(viewer), request.GET.get("office"))
    if not may(viewer, Act.APPROVE, plan):
        raise Forbidden("You may not share this plan.")
    refusal, address = None, ""
    if request.method == "POST":
        try:
            made = share_plan(
                plan=plan, note=request.POST.get("note", ""), days=_days(request), client=_client(request, viewer), by=viewer
            )
            address = request.build_absolute_uri(made.path)
        except Refused as error:
            refusal = error
    everybody = people(viewer).filter(erased_at__isnull=True).order_by("name", "pk")
    context = {
        "plan": plan,
        "office": plan.office,
        "offices": [one.office for one in queries.plans_of(viewer) if may(viewer, Act.APPROVE, one)],
        "links": list(links_of(plan, viewer)),
        "now": timezone.now(),
        "choices": CHOICES,
        "chosen": DAYS,
        "clients": [person for person in everybody.filter(is_external=True) if is_stakeholder(person)],
        "address": address,
        "refusal": refusal,
        "sent": request.POST if refusal else {},
    }
    response = pages.page(request, "plan/templates/links.html", context, status=422 if refusal else 200)
    add_never_cache_headers(response)
    return response


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a link at once."""
    link: PlanLink = seen(request, PlanLink, pk, "plan__office")
    revoke_link(link=link, by=visitor(request))
    return done(request, "The link has ended", f"{reverse('plan:links')}?office={link.plan.office.code}")


@require_GET
def shared(request: HttpRequest, link: str) -> HttpResponse:
    """The plan on one page for whoever has the link; with `?pdf` as a file. A wrong, an old and a revoked link look alike."""
    organisation = organisation_of(link, PURPOSE)
    if organisation is None:
        return _closed(request)
    with organisation_scope(organisation), timezone.override(zoneinfo.ZoneInfo(organisation.time_zone)):
        found = open_link(link, timezone.now())
        if found is None:
            return _closed(request)
        day = clock.today()
        response = _pdf(found, day) if "pdf" in request.GET and is_available() else _page(request, found, day)
        count_read(found)
        return _quiet(response)


def _page(request: HttpRequest, link: PlanLink, day: date) -> HttpResponse:
    context = {"link": link, "has_pdf": is_available(), "sheet": None, "own": None, "lead": ""}
    if link.client is None:
        context["sheet"] = page = outside_page(link.plan, day)
        context["lead"] = page.lead
    else:
        context["own"] = own = client_page(link.client, day)
        context["lead"] = lead_of(own)
    return pages.page(request, "plan/templates/shared.html", context)


def _pdf(link: PlanLink, day: date) -> HttpResponse:
    paper = outside_paper(outside_page(link.plan, day)) if link.client is None else client_paper(client_page(link.client, day))
    response = HttpResponse(as_pdf(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="plan-{day:%Y-%m-%d}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _closed(request: HttpRequest) -> HttpResponse:
    context = {"link": None, "has_pdf": False, "sheet": None, "own": None, "lead": ""}
    return _quiet(pages.page(request, "plan/templates/shared.html", context, status=404))


def _quiet(response: HttpResponse) -> HttpResponse:
    """Kept by nobody on the way, found by no search engine, and its address told to no other site."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _days(request: HttpRequest) -> int:
    given = request.POST.get("days", str(DAYS))
    if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= MOST_DAYS):
        raise Refused("A link lasts from one day to one year.", field="days")
    return int(given)


def _client(request: HttpRequest, viewer: Person) -> Person | None:
    given = request.POST.get("client", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        raise Refused("Choose a client from the list.", field="client")
    client: Person = get_object_or_404(people(viewer), pk=int(given))
    return client
