"""What finished work was to bring, what was seen of it, and what else could explain that."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import is_own, may_in, rights, undo_address, visible
from goldenthread.evidence import actions
from goldenthread.evidence.models import ExpectedResult, RivalExplanation
from goldenthread.evidence.queries import results as reads
from goldenthread.evidence.queries.results import ResultRow
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act, Kind
from goldenthread.plan.models import Contribution
from goldenthread.purpose.models import Objective, Office
from goldenthread.ui import charts, pages


def navigation(person: Person) -> list[dict[str, Any]]:
    """The list, for who may see the plan."""
    if not rights(person).in_an_office(Act.VIEW, Kind.PLAN):
        return []
    return [{"group": "thread", "label": "Results", "url": reverse("evidence:results"), "count": None, "key": "g r"}]


def objective_panels(objective: Objective, person: Person, *, whole: bool) -> list[str]:
    """How many of the results expected for an objective were seen; nothing where none was expected."""
    del whole
    if not may_in(person, Act.VIEW, Kind.PLAN, objective.office.scope_id):
        return []
    seen, count = reads.seen_of(objective, person)
    return [render_to_string("evidence/templates/panel_seen.html", {"seen": seen, "count": count})] if count else []


def contribution_panels(contribution: Contribution, request: HttpRequest) -> list[str]:
    """What was written down of a contribution, or the button that does it."""
    result, person = reads.promised(contribution), _person(request)
    may_edit = may_in(person, Act.EDIT, Kind.PLAN, contribution.kpi.office.scope_id)
    context = {"result": result, "contribution": contribution}
    template = "evidence/templates/panel_promise.html"
    return [render_to_string(template, context, request)] if result or may_edit else []


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined]


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """The list, by where each stands."""
    person, state = _person(request), request.GET.get("state", "")
    if not rights(person).anywhere(Act.VIEW, Kind.PLAN):
        raise Http404
    every = reads.results(person)
    state = state if state in reads.STATES else ""
    address = reverse("evidence:results")
    tabs = [
        (reads.STATES[key][0].capitalize(), f"{address}?state={key}", count, key == state)
        for key, count in reads.tally(every).items()
    ]
    context = {
        "rows": [row for row in every if state in ("", row.state)],
        "tabs": [("All", address, len(every), not state), *tabs] if tabs else [],
        "unsaid": sum(reads.never_written_down(office, person) for office in visible(Office.objects.all(), person)),
    }
    return pages.page(request, "evidence/templates/results.html", context)


def _row(request: HttpRequest, pk: int) -> ResultRow:
    found = reads.result(_person(request), pk)
    if found is None:
        raise Http404
    return found


@require_GET
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: the promise, the figures, each look, and the other explanations."""
    person, row, today = _person(request), _row(request, pk), clock.today()
    office = may_in(person, Act.EDIT, Kind.PLAN, row.result.kpi.office.scope_id)
    may_look = office or is_own(person, row.result)
    newest = row.figures[-1][0] if row.figures else None
    context = {
        "row": row,
        "wide": _chart(row, today, 720, 270),
        "narrow": _chart(row, today, 360, 230),
        "rivals": reads.rivals(row),
        "answers": RivalExplanation.Answer.choices,
        "may_answer": may_look,
        "may_look": may_look and _may_look_now(row, today, newest),
        "may_withdraw": office and today < row.result.begins_on and row.result.withdrawn_at is None,
    }
    return pages.page(request, "evidence/templates/result.html", context)


def _may_look_now(row: ResultRow, today: date, newest: date | None) -> bool:
    """Whether looking now could find anything that the last look did not."""
    due = row.result.finished_on is not None and row.result.look_on <= today and row.result.withdrawn_at is None
    return due and (row.check is None or row.check.last_figure_on != newest)


def _chart(row: ResultRow, today: date, width: int, height: int) -> charts.Fan | None:
    """The KPI's figures with the day on which it began, and the level that was expected from then on."""
    if not row.figures:
        return None
    before, kpi = row.level_before, row.result.kpi
    expected: dict[str, Any] = {}
    if before is not None:
        expected = {"target": round(before + row.result.likely, kpi.decimals + 1), "baseline": (row.result.begins_on, before)}
        expected["target_date"] = row.result.look_on
    return charts.fan(
        row.figures,
        today=today,
        unit=row.result.unit,
        aim="promised",
        width=width,
        height=height,
        **expected,
    )


def _done(request: HttpRequest, text: str, result: ExpectedResult) -> HttpResponse:
    pages.announce(request, text, undo_url=undo_address())
    return pages.see_other(reverse("evidence:result", args=[result.pk]))


@require_POST
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a contribution is to bring."""
    rows = visible(
        Contribution.objects.select_related("kpi__office", "kpi__owner", "step__activity", "project"), _person(request)
    )
    row = actions.register_result(contribution=get_object_or_404(rows, pk=pk), by=_person(request))
    return _done(request, "Written down: it will be looked at on its day", row)


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note."""
    found = _row(request, pk).result
    text = request.POST.get("note", "")
    actions.annotate(result=found, note=text, by=_person(request), version=pages.version_seen(request))
    return _done(request, "Noted", found)


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the figures again."""
    found = _row(request, pk).result
    check = actions.check_result(result=found, by=_person(request))
    return _done(request, "Looked at again" if check else "No figure has come since the last look", found)


@require_POST
def rival(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was found of another explanation."""
    found, given = _row(request, pk).result, request.POST
    actions.answer_rival(
        result=found, cause=given.get("cause", ""), answer=given.get("answer", ""), because=given.get("because", ""),
        by=_person(request), version=pages.version_seen(request),
    )  # fmt: skip
    return _done(request, "Answered", found)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back, before it can be seen."""
    found = _row(request, pk).result
    actions.withdraw_result(
        result=found, because=request.POST.get("because", ""), by=_person(request), version=pages.version_seen(request)
    )
    return _done(request, "Taken back", found)
