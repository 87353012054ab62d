"""One key per project: which goal it serves, a duty, none, or not known yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights, undo_address
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.actions.choices import answer_alike, answer_with_choice
from goldenthread.plan.models import Step
from goldenthread.plan.queries import goals as found
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.ui import pages
from goldenthread.workspace.models import ImportedFile

KEYS = {"duty": "d", "none": "n", "dont_know": "u"}
TEMPLATE = "plan/templates/goals.html"


@require_http_methods(["GET", "POST"])
def goals(request: HttpRequest) -> HttpResponse:
    """The next project without an answer, or, sent, the answer for one; then the next."""
    person: Person = request.person  # type: ignore[attr-defined]
    progress = found.progress(person)
    if not progress.total and not rights(person).anywhere(Act.EDIT, Kind.PROJECT):
        raise Forbidden("There is no project for which you could answer.")
    last: dict[str, Any] | None = None
    if request.method == "POST":
        last = _answer(request, person)
        if not pages.wants_fragment(request):
            pages.announce(request, f"{last['project']}: {last['said']}", undo_url=last["undo"])
            return pages.see_other(reverse("plan:goals"))
        progress = found.progress(person)
    project = found.unasked(person, after=_number(request.GET.get("after", "")))
    choices = found.goal_choices(found.offices_of(project)) if project is not None else []
    context = {
        "project": project,
        "choices": [(choice, str(n)) for n, choice in enumerate(choices, start=1)],
        "others": [(value, label, hint, KEYS[value]) for value, label, hint in found.OTHERS],
        "alike": found.alike(project, person) if project is not None else [],
        "progress": progress,
        "sees_result": rights(person).anywhere(Act.VIEW, Kind.PULSE),
        "last": last,
    }
    return pages.page(request, TEMPLATE, context, block="card")


def _answer(request: HttpRequest, person: Person) -> dict[str, Any]:
    project = get_object_or_404(found.answerable(person), pk=_number(request.POST.get("project", "")))
    choice, field, more = request.POST.get("answer", ""), request.POST.get("for", ""), 0
    if field in found.ALIKE:
        more = answer_alike(subject=project, field=field, choice=choice, by=person)
    else:
        answer_with_choice(subject=project, choice=choice, by=person)
    said = GoalAnswer(project.goal_answer).label.lower()
    return {"project": f"{project.name} and {more} more" if more else project.name, "said": said, "undo": undo_address()}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def after_import(file: ImportedFile, person: Person) -> list[tuple[str, str]]:
    """Where a head of PMO goes once a project list is in. For the slot of the same name."""
    if file.file_kind != ImportedFile.FileKind.PROJECTS:
        return []
    return [("Name the goals: one key per project", reverse("plan:goals"))]


def question_options(question: Any) -> list[tuple[str, str, str]]:
    """The answers on the page behind a link. For the slot of the same name."""
    models: dict[str, Any] = {"step": Step, "project": Project}
    subject = models[question.ref_kind].objects.filter(pk=question.ref_id).first() if question.ref_kind in models else None
    if subject is None:
        return []
    return [(c.value, c.label, c.hint) for c in found.goal_choices(found.offices_of(subject))] + list(found.OTHERS)
