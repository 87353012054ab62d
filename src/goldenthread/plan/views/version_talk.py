"""A question about a version, its answer, and reminding who has not read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from goldenthread.plan.actions import version_talk as actions
from goldenthread.plan.models import PlanVersion, VersionQuestion
from goldenthread.plan.views.shared import done, seen, visitor
from goldenthread.ui import pages, writing


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the planner about a version."""
    row: PlanVersion = seen(request, PlanVersion, pk, "plan__office", "plan__scope", "proposed_by")
    actions.ask_planner(version=row, text=request.POST.get("text", ""), by=visitor(request))
    return done(request, "Your question is sent", reverse("plan:version_changes", args=[row.pk]))


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question about a version."""
    row: VersionQuestion = seen(request, VersionQuestion, pk, "plan_version__plan__scope", "asked_by")
    text, version = request.POST.get("answer", ""), pages.version_seen(request)
    actions.answer_question(question=row, text=text, by=visitor(request), version=version)
    return done(request, "Your answer is sent", reverse("plan:version", args=[row.plan_version_id]))


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind who has not read a version."""
    row: PlanVersion = seen(request, PlanVersion, pk, "plan__office", "plan__scope", "proposed_by")
    count = actions.remind(version=row, by=visitor(request))
    told = f"{writing.plural(count, 'person', 'people')} reminded" if count else "Everybody was reminded today already"
    return done(request, told, reverse("plan:version", args=[row.pk]))
