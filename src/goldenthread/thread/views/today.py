"""Today: what to do, in order, each with its thread; and what a person does with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.queries import rights, undo_address, visible
from goldenthread.kit import clock
from goldenthread.kit.errors import Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import DutyOccurrence
from goldenthread.schedule import actions as schedule
from goldenthread.schedule.models import Activity
from goldenthread.thread import actions, queries
from goldenthread.ui import pages

BEGIN = 15  # rows shown before "more"


def _person(request: HttpRequest) -> Any:
    return request.person  # type: ignore[attr-defined]


def _back() -> HttpResponseRedirect:
    return pages.see_other(reverse("thread:today"))


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The person's day; `?team` shows the team's to who leads it."""
    person = _person(request)
    day = queries.today(person)
    begun = queries.first_run(person) if not day.rows and rights(person).anywhere(Act.EDIT, Kind.MANDATE) else None
    if begun is not None and begun.is_untouched:
        return HttpResponseRedirect(reverse("thread:start"))
    team = queries.team_today(person) if "team" in request.GET and queries.leads(person) else None
    loose = queries.may_add_loose(person, day.steps)
    context = {
        "day": day,
        "team": team,
        "leads": queries.leads(person),
        "begun": begun,
        "begin": BEGIN,
        "sees_plan": rights(person).in_an_office(Act.VIEW, Kind.PLAN),
        "sees_map": rights(person).in_an_office(Act.VIEW, Kind.OBJECTIVE),
        "may_answer": rights(person).in_an_office(Act.VIEW, Kind.MANDATE),
        "loose": loose,
        "may_add": loose or bool(day.steps),
    }
    return pages.page(request, "thread/templates/today.html", context)


def _activity(request: HttpRequest, pk: int) -> Activity:
    rows = visible(Activity.objects.select_related("schedule__scope"), _person(request))
    return get_object_or_404(rows, pk=pk)


@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish the work; a duty that wants proof takes it here."""
    activity, person = _activity(request, pk), _person(request)
    occurrence = DutyOccurrence.objects.filter(activity=activity).select_related("duty__plan").first()
    if occurrence is not None:
        actions.prove_duty(occurrence=occurrence, proof=request.POST.get("proof", ""), by=person)
    else:
        schedule.report_progress(activity=activity, by=person, finished_on=clock.today())
    pages.announce(request, f"Done: {activity.name}", undo_url=undo_address())
    return _back()


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take "done" back."""
    activity = _activity(request, pk)
    schedule.reopen(activity=activity, by=_person(request))
    pages.announce(request, f"Open again: {activity.name}", undo_url=undo_address())
    return _back()


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the work today."""
    activity = _activity(request, pk)
    schedule.report_progress(activity=activity, by=_person(request), started_on=clock.today())
    pages.announce(request, f"Started: {activity.name}", undo_url=undo_address())
    return _back()


@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the work waits for, or that it waits no longer."""
    activity = _activity(request, pk)
    because = request.POST.get("because", "")
    schedule.block(activity=activity, because=because, by=_person(request))
    text = f"Waiting: {activity.name}" if because.strip() else f"No longer waiting: {activity.name}"
    pages.announce(request, text, undo_url=undo_address())
    return _back()


class Estimate(forms.Form):
    """Hours left as a range, and percent done."""

    low = forms.FloatField(min_value=0, max_value=10_000, label="At best", required=False)
    likely = forms.FloatField(min_value=0, max_value=10_000, label="Likely")
    high = forms.FloatField(min_value=0, max_value=10_000, label="At worst", required=False)


@require_POST
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """Re-estimate what is left, in hours."""
    activity, form = _activity(request, pk), Estimate(request.POST)
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Refused(f"{form[name].label}: {errors[0]}", field=name)
    given = form.cleaned_data
    low, high = (None if given[end] is None else given[end] * 60 for end in ("low", "high"))
    schedule.report_progress(
        activity=activity, by=_person(request), effort=schedule.effort_range(given["likely"] * 60, low, high)
    )
    pages.announce(request, f"Estimated anew: {activity.name}", undo_url=undo_address())
    return _back()


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """The person has read what changed."""
    actions.mark_seen(person=_person(request))
    return _back()


@require_POST
def add_work(request: HttpRequest) -> HttpResponse:
    """Quick add: a task of one's own, under a step when one is named."""
    activity = actions.add_own_work(
        person=_person(request),
        name=request.POST.get("name", ""),
        hours=request.POST.get("hours", ""),
        step_id=request.POST.get("step", ""),
    )
    pages.announce(request, f"Added: {activity.name}", undo_url=undo_address())
    return _back()
