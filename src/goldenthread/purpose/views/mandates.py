"""Pages of the mandate: the one in force, its versions, two side by side."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.actions import changeset
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import actions, queries
from goldenthread.purpose.forms import MandateForm
from goldenthread.purpose.models import Mandate, Office, Service
from goldenthread.purpose.views.base import done, office_to_edit, office_wanted, require, seen, visitor
from goldenthread.ui import pages
from goldenthread.ui.writing import plural

NO_EDIT = "You may not change mandates of this office."
NOUNS = {"service": "Services", "objective": "Objectives", "work": "Work", "person": "People"}
PAGE = 50
PLAIN = ("title", "mandate_kind", "purpose", "issuer", "issued_on", "valid_from", "valid_to", "review_on")


@require_GET
def current_mandate(request: HttpRequest) -> HttpResponse:
    """The mandate in force of the office asked for; the newest version where none is."""
    office, offices = office_wanted(request)
    found = (queries.mandate_in_force(office) or queries.mandates(office).first()) if office else None
    return _page(request, office, offices, found)


@require_GET
def mandate(request: HttpRequest, key: int) -> HttpResponse:
    """One version of a mandate."""
    row = seen(request, Mandate, key, "office", "successor")
    return _page(request, row.office, list(queries.offices(visitor(request))), row)


def _page(request: HttpRequest, office: Office | None, offices: list[Office], row: Mandate | None) -> HttpResponse:
    person, day = visitor(request), clock.today()
    before = queries.mandate_in_force(office) if row is not None and office is not None and row.state == row.State.DRAFT else None
    context = {
        "planned": queries.comparison(before, row, person) if before is not None and row is not None else None,
        "services": queries.named_services(row) if row else [],
        "office": office,
        "offices": offices,
        "mandate": row,
        "clauses": list(queries.clauses(row)) if row else [],
        "versions": list(queries.mandates(office)) if office else [],
        "holds": row is not None and queries.in_force(row, day),
        "flagged": [one for one in queries.objectives_without_mandate(person, day) if office and one.office_id == office.pk],
        "may_edit": office is not None and accounts.may_in(person, Act.EDIT, Kind.MANDATE, office.scope_id),
        "may_approve": office is not None and accounts.may_in(person, Act.APPROVE, Kind.MANDATE, office.scope_id),
        "day": day,
    }
    return pages.page(request, "purpose/templates/mandate.html", context)


@require_http_methods(["GET", "POST"])
def new_mandate(request: HttpRequest) -> HttpResponse:
    """A first mandate, or another one from scratch."""
    office = office_to_edit(request, Kind.MANDATE, NO_EDIT)
    form = MandateForm(request.POST or None)
    made: list[Mandate] = []

    def write() -> None:
        said = form.changes("clauses")
        made.append(actions.draft_mandate(office=office, clauses=form.lines(), by=visitor(request), **said))

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Mandate drafted", reverse("purpose:mandate", args=[made[0].pk]))
    return _form(request, form, f"New mandate of {office}", office, None)


@require_http_methods(["GET", "POST"])
def edit_mandate(request: HttpRequest, key: int) -> HttpResponse:
    """A draft with its clauses; of a mandate in force only its end and its review day."""
    person, row = visitor(request), seen(request, Mandate, key, "office")
    require(request, Act.EDIT, row, NO_EDIT)
    texts = list(row.clauses.order_by("number").values_list("text", flat=True))
    initial = {name: getattr(row, name) for name in (*PLAIN, "version")} | {"clauses": "\n".join(texts)}
    draft = row.state == Mandate.State.DRAFT
    form = MandateForm(request.POST or None, initial=initial, with_clauses=draft, dates_only=not draft)

    def write() -> None:
        with changeset(title=f"Edit the mandate {row}", by=person, about=f"mandate:{row.pk}"):
            actions.edit_mandate(mandate=row, changes=form.changes("clauses"), by=person, version=pages.version_seen(request))
            if draft:
                actions.set_clauses(mandate=row, texts=form.lines(), by=person)

    if request.method == "POST" and pages.tried(form, write):
        return done(request, "Mandate saved", reverse("purpose:mandate", args=[key]))
    return _form(request, form, f"Edit {row}", row.office, row)


def _form(request: HttpRequest, form: MandateForm, title: str, office: Office, row: Mandate | None) -> HttpResponse:
    context = {"form": form, "title": title, "office": office, "mandate": row}
    status = 422 if request.method == "POST" else 200
    return pages.page(request, "purpose/templates/mandate_form.html", context, status=status)


@require_POST
def draft_successor(request: HttpRequest, key: int) -> HttpResponse:
    """A draft with the same words, to be changed."""
    made = actions.draft_successor(mandate=seen(request, Mandate, key, "office"), by=visitor(request))
    return done(request, "Successor drafted", reverse("purpose:edit_mandate", args=[made.pk]))


@require_POST
def put_in_force(request: HttpRequest, key: int) -> HttpResponse:
    """The draft becomes the mandate; the page then shows what that changes."""
    row = seen(request, Mandate, key, "office")
    before = actions.put_mandate_in_force(mandate=row, by=visitor(request), version=pages.version_seen(request))
    where = reverse("purpose:compare_mandates", args=[before.pk, row.pk]) if before else reverse("purpose:mandate", args=[key])
    return done(request, "Mandate in force", where)


@require_POST
def end_mandate(request: HttpRequest, key: int) -> HttpResponse:
    """End the mandate in force without a successor."""
    row = seen(request, Mandate, key, "office")
    reason = request.POST.get("reason", "").replace("\0", "")[:500]
    actions.retire_mandate(mandate=row, reason=reason, by=visitor(request), version=pages.version_seen(request))
    return done(request, "Mandate ended", reverse("purpose:mandate", args=[key]))


@require_http_methods(["GET", "POST"])
def compare_mandates(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """Two versions side by side; its button carries over the objectives whose clause kept its words."""
    before, after = (seen(request, Mandate, key, "office") for key in (old, new))
    if before.office_id != after.office_id:
        raise Http404
    if request.method == "POST":
        count = actions.carry_over_objectives(before=before, after=after, by=visitor(request))
        return done(request, f"{plural(count, 'objective')} carried over", request.path)
    found = queries.comparison(before, after, visitor(request))
    shown = request.GET.get("show", "")
    counts = {kind: len(found.of(kind)) for kind in NOUNS}
    if shown not in NOUNS:
        shown = next((kind for kind in NOUNS if counts[kind]), "objective")
    context = {
        "found": found,
        "picture": queries.picture(found),
        "heads": queries.HEADS,
        "shown": shown,
        "tabs": [(label, f"?show={kind}#touched", counts[kind], kind == shown) for kind, label in NOUNS.items()],
        "page": Paginator(found.of(shown), PAGE).get_page(request.GET.get("page")),
        "may_carry": accounts.may_in(visitor(request), Act.APPROVE, Kind.OBJECTIVE, after.office.scope_id),
        "may_approve": accounts.may_in(visitor(request), Act.APPROVE, Kind.MANDATE, after.office.scope_id),
    }
    return pages.page(request, "purpose/templates/mandate_compare.html", context)


@require_POST
def name_services(request: HttpRequest, key: int) -> HttpResponse:
    """Which services a draft asks for, each by which clause."""
    row = seen(request, Mandate, key, "office")
    clauses = {str(clause.number): clause for clause in row.clauses.all()}
    offered = Service.objects.filter(office=row.office_id).order_by("pk")
    said = {one: request.POST.get(f"service-{one.pk}") for one in offered}
    named = {one: clauses.get(number) for one, number in said.items() if number is not None}
    actions.name_services(mandate=row, named=named, by=visitor(request))
    return done(request, "Services named", reverse("purpose:mandate", args=[key]))
