"""What an owner thinks of his or her own targets: said, kept private, and judged later."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.evidence import actions
from goldenthread.evidence.forms import OwnChanceForm
from goldenthread.evidence.queries import own_estimates as own
from goldenthread.kit.errors import Forbidden
from goldenthread.purpose.models import Objective
from goldenthread.ui import pages
from goldenthread.ui.writing import plural


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


@require_http_methods(["GET", "POST"])
def own_chance(request: HttpRequest, key: int) -> HttpResponse:
    """The owner says how likely the targets are in his or her eyes, and sees alone how right that was so far."""
    person, day = _person(request), timezone.localdate()
    objective = get_object_or_404(visible(Objective.objects.all(), person), pk=key)
    if objective.owner_id != person.pk or not person.organisation.shows_own_estimates:
        if request.method == "GET":
            raise Http404
        raise Forbidden("Only the owner says how likely it is in his or her eyes.")
    targets = own.targets_ahead(objective, day)
    known = own.newest_own(person, targets)
    form = OwnChanceForm(request.POST or None, targets=targets, known=known)
    if request.method == "POST" and "forget" in request.POST:
        count = actions.forget_own_chances(objective=objective, by=person)
        return _back(request, f"Removed: {plural(count, 'own estimate')}", key)
    if request.method == "POST" and form.is_valid():
        shared = form.cleaned_data["is_shared"]
        actions.state_own_chances(objective=objective, percents=form.percents(), is_shared=shared, by=person, today=day)
        return _back(request, "Kept, and shared with who may see the target" if shared else "Kept for you alone", key)
    context = {"objective": objective, "form": form, "targets": targets, "known": known, "record": own.own_record(person)}
    status = 422 if form.errors else 200
    return pages.page(request, "evidence/templates/own_chance.html", context, status=status)


def _back(request: HttpRequest, words: str, key: int) -> HttpResponse:
    pages.announce(request, words)
    response = HttpResponseRedirect(reverse("evidence:own_chance", args=[key]))
    response.status_code = 303
    return response


def objective_panels(objective: Objective, person: Person, *, whole: bool) -> list[str]:
    """For the owner alone: a link that fetches the form. Asks the database nothing. For the slot of the same name."""
    del whole
    if objective.owner_id != person.pk or not person.organisation.shows_own_estimates:
        return []
    return ["", render_to_string("evidence/templates/panel_own_chance.html", {"objective": objective})]
