"""What an owner thinks of his or her own targets: said, kept private, and judged later."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.evidence import actions
from goldenthread.evidence.forms import OwnChanceForm
from goldenthread.evidence.queries import own_estimates as own
from goldenthread.kit import clock
from goldenthread.kit.errors import Forbidden
from goldenthread.purpose.models import Objective, Target
from goldenthread.ui import pages
from goldenthread.ui.writing import plural


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


@require_http_methods(["GET", "POST"])
def own_chance(request: HttpRequest, key: int) -> HttpResponse:
    """The owner says how likely the targets are in his or her eyes, and sees alone how right that was so far.

    Who owns it no more, or is asked no more, may still remove what was said.
    """
    person = _person(request)
    objective = get_object_or_404(visible(Objective.objects.all(), person), pk=key)
    may_say, has_said = own.may_say(person, objective), own.has_said(person, objective)
    if request.method == "POST" and "forget" in request.POST and (may_say or has_said):
        count = actions.forget_own_chances(objective=objective, by=person)
        return _done(request, f"Removed: {plural(count, 'own estimate')}", "purpose:objective", key)
    if not may_say and request.method == "POST":
        raise Forbidden("Only the owner says how likely it is in his or her eyes.")
    if not may_say and not has_said:
        raise Http404
    return _asked(request, objective, own.targets_ahead(objective, clock.today()) if may_say else [], has_said=has_said)


def _asked(request: HttpRequest, objective: Objective, targets: list[Target], *, has_said: bool) -> HttpResponse:
    """The form, kept where it was sent filled in."""
    person = _person(request)
    form = OwnChanceForm(request.POST or None, targets=targets, known=own.newest_own(person, targets))
    if request.method == "POST" and form.is_valid():
        shared, day = form.cleaned_data["is_shared"], clock.today()
        actions.state_own_chances(objective=objective, percents=form.percents(), is_shared=shared, by=person, today=day)
        words = "Kept, and shared with who may see the target" if shared else "Kept for you alone"
        return _done(request, words, "evidence:own_chance", objective.pk)
    context = {"objective": objective, "form": form, "targets": targets, "has_said": has_said, "record": own.own_record(person)}
    status = 422 if form.errors else 200
    return pages.page(request, "evidence/templates/own_chance.html", context, status=status)


def _done(request: HttpRequest, words: str, to: str, key: int) -> HttpResponse:
    pages.announce(request, words)
    return pages.see_other(reverse(to, args=[key]))


def objective_panels(objective: Objective, person: Person, *, whole: bool) -> list[str]:
    """For the owner alone: a link that fetches the form. Asks the database nothing. For the slot of the same name."""
    del whole
    if not own.may_say(person, objective):
        return []
    return ["", render_to_string("evidence/templates/panel_own_chance.html", {"objective": objective})]
