"""The page that asks when a project will really be finished."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from goldenthread.accounts.queries import may
from goldenthread.kit import clock
from goldenthread.kit.permissions import Act
from goldenthread.projects.actions.simulations import ask_for_simulation
from goldenthread.projects.queries import may_take_out_schedule, newest_review, risk_request, simulation_page
from goldenthread.projects.queries.schedule_risks import risks_of_schedule
from goldenthread.projects.queries.schedule_simulation import RUNS, simulation_question
from goldenthread.projects.views.schedule import seen
from goldenthread.ui import pages
from goldenthread.ui.writing import number


@require_http_methods(["GET", "HEAD", "POST"])
def simulation(request: HttpRequest, key: int) -> HttpResponse:
    """The schedule simulated with uncertain durations, as the visitor asks. A POST has a large one simulated by the worker."""
    person, project, _ = seen(request, key)
    asked, here = risk_request(request.GET), request.get_full_path()
    if request.method == "POST":
        if ask_for_simulation(project=project, asked=asked, by=person, today=clock.today()):
            pages.announce(request, "The schedule is being simulated")
        return pages.see_other(here)
    context: dict[str, Any] = {"project": project, "here": here, "page": None, "runs": [(n, number(n)) for n in RUNS]}
    if project.schedule is not None:
        page = simulation_page(project, asked, clock.today())
        job = newest_review(project.schedule, simulation_question(asked)) if page.is_large else None
        risks = risks_of_schedule(project.schedule, page.told, request.GET.get("page", "1"), is_old=page.is_old)
        context |= {"page": page, "job": job, "risks": risks, "may_edit": may(person, Act.EDIT, project)}
        context |= {"may_export": may_take_out_schedule(person, project), "asked": _asked(request)}
    return pages.page(request, "projects/templates/schedule_simulation.html", context)


def _asked(request: HttpRequest) -> str:
    """What was asked for, without the page of the list of risks."""
    given = request.GET.copy()
    given.pop("page", None)
    return given.urlencode()
