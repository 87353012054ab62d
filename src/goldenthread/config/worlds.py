"""Addresses that answer from another state of the data: `/as-of/2026-10-01/plan` is the page `/plan` as it stood that day.

The same views, rights and templates answer; only the database under them is another one (`kit.worlds`), and the links of the
page stay in it. Decision 0026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from goldenthread.accounts.models import Changeset, Organisation, Person
from goldenthread.accounts.queries import may, one, rights
from goldenthread.kit import past, worlds
from goldenthread.kit.errors import Conflict, Refused
from goldenthread.kit.permissions import Act
from goldenthread.plan.actions import scenarios
from goldenthread.plan.mapping.scenario_text import FIRST_ID
from goldenthread.plan.models import Scenario
from goldenthread.purpose.progress import end_of
from goldenthread.ui import pages

Answer = Callable[[HttpRequest], HttpResponse]
Within = Callable[[str], bool]
READS = frozenset({"GET", "HEAD"})
AS_OF = re.compile(r"^/as-of/(\d{4}-\d{2}-\d{2})(/(?!/).*)$")  # after two strokes another site would be named
SCENARIO = re.compile(r"^/scenario/(\d{1,9})(/(?!/).*)$")
LINKS = re.compile(r'(?<=\s)(href|action|formaction|hx-get|hx-post|data-href|data-url|data-rows-url)="(/[^"]*)"(?! data-leaves)')
ROOMS = frozenset({"purpose", "projects", "plan"})  # whose pages have a past; of the others those named below
PAGES = frozenset({"thread:map", "thread:gaps"})
NO_PAST = ("/plan/scenarios", "/plan/sessions", "/plan/links", "/shared", "/projects/goals")  # drafts, talk, what is put today
DECIDES = (  # what is decided, said or handed out for good is so outside of scenarios
    "/cascades",
    "/plan/agenda",
    "/plan/forecast",
    "/plan/links",
    "/plan/objections",
    "/plan/proposals",
    "/plan/questions",
    "/plan/rounds",
    "/plan/scenarios",
    "/plan/sessions",
    "/plan/versions",
    "/plan/workbook",
    "/plan/words",
    "/projects/goals",
    "/shared",
)


@dataclass(frozen=True)
class Standing:
    """What a page says of the world that it answers from: a day of the past, or a scenario."""

    path: str  # the page itself, with what was asked of it
    day: date | None = None
    scenario: Scenario | None = None
    may_change: bool = False


class Worlds:
    """Answers addresses of a world from its data. Stands inside `Visit`: who asks and what may be seen is settled by then."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, inside the world that the address names."""
        request.world = None  # type: ignore[attr-defined]
        past_day, scenario = AS_OF.match(request.path_info), SCENARIO.match(request.path_info)
        if past_day is None and scenario is None:
            return self.get_response(request)
        person: Any = request.person  # type: ignore[attr-defined]
        if person is None:
            raise Http404
        if scenario is None:
            return self._past(request, person, *past_day.groups()) if past_day else self.get_response(request)
        return self._scenario(request, person, int(scenario[1]), scenario[2])

    def _past(self, request: HttpRequest, person: Person, text: str, path: str) -> HttpResponse:
        """A page as it stood on a day. Nothing is written there."""
        if request.method not in READS:
            return HttpResponseNotAllowed(READS)
        day = day_asked(text)
        if day is None or not has_past(path):
            return HttpResponseRedirect(_with_query(path, request) if has_past(path) else path)
        request.world = Standing(_with_query(path, request), day=day)  # type: ignore[attr-defined]
        person.__dict__["_rights"] = replace(rights(person), only_views=True)
        with worlds.inside(as_of(person.organisation, day)):
            response = self._answer(request, path)
            if response.status_code == HTTPStatus.NOT_FOUND:
                response = _not_there(request, day)
        return stay_inside(response, f"/as-of/{day}", has_past)

    def _scenario(self, request: HttpRequest, person: Person, pk: int, path: str) -> HttpResponse:
        """A page inside a scenario. What is written stays there."""
        found = one(person, Scenario, pk, "plan__office")
        if found is None:
            raise Http404
        writes = request.method not in READS
        may_change = found.state == Scenario.State.OPEN and may(person, Act.EDIT, found)
        if not is_tried(path):
            if writes:
                raise Http404
            return HttpResponseRedirect(_with_query(path, request))
        if writes and not may_change:
            return HttpResponseNotAllowed(READS)
        request.world = Standing(_with_query(path, request), scenario=found, may_change=may_change)  # type: ignore[attr-defined]
        request.inside = f"/scenario/{pk}"  # type: ignore[attr-defined]
        if not may_change:
            person.__dict__["_rights"] = replace(rights(person), only_views=True)
        world, edition = scenarios.world_of(found)
        with worlds.inside(replace(world, may_write=writes)) as content_of:
            response = self._answer(request, path)
            content = content_of() if writes and response.status_code < HTTPStatus.BAD_REQUEST else None
        if content is not None:
            response = self._kept(request, response, found, edition, content, person)
        return stay_inside(response, f"/scenario/{pk}", is_tried)

    def _kept(
        self, request: HttpRequest, response: HttpResponse, found: Scenario, edition: int, content: bytes, person: Person
    ) -> HttpResponse:
        """The answer, once what was written inside is kept; else why it was not."""
        try:
            scenarios.keep(scenario=found, edition=edition, content=content, by=person)
        except Conflict:
            said = f"Somebody else changed the scenario {found} at the same moment. Nothing was changed."
            return _refused(request, said, "Go back, load the page again, and send yours once more.", HTTPStatus.CONFLICT)
        except Refused as refusal:
            return _refused(request, refusal.message, refusal.advice, HTTPStatus.UNPROCESSABLE_ENTITY)
        return response

    def _answer(self, request: HttpRequest, path: str) -> HttpResponse:
        request.path = request.path_info = path
        return self.get_response(request)


def _refused(request: HttpRequest, message: str, advice: str, status: HTTPStatus) -> HttpResponse:
    said: Any = get_messages(request)
    said._queued_messages.clear()  # noqa: SLF001  what the view says that it did was not kept
    if pages.wants_fragment(request):
        toast = {"text": f"{message} {advice}".strip(), "tone": "bad", "undo": None}
        response = pages.trigger(HttpResponse(status=status), "toasts", {"toasts": [toast]})
        response["HX-Reswap"] = "none"
        return response
    context = {
        "status": int(status),
        "message": message,
        "advice": advice,
        "field": "",
        "told": (),
        "back": request.path,
        "is_read": request.method in READS,
    }
    return pages.page(request, "config/templates/refusal.html", context, status=status)


def _not_there(request: HttpRequest, day: date) -> HttpResponse:
    request.path = "/plan"
    advice = "What it is about had not been added yet, had been removed, or was not for you to see."
    return _refused(request, f"There was no such page at the end of {day.day} {day:%B %Y}.", advice, HTTPStatus.NOT_FOUND)


def day_asked(text: str) -> date | None:
    """The day of an address; None for today and what is no day with records: there the page itself answers."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if first_day() <= day < timezone.localdate() else None


def first_day() -> date:
    """The day of the organisation's first record; today where there is none."""
    at = Changeset.objects.order_by("id").values_list("at", flat=True).first()
    return timezone.localdate(at) if at is not None else timezone.localdate()


def where(request: HttpRequest) -> HttpResponse:
    """The page that was asked for, as it stood on the day chosen; without a day, the choice."""
    page, text = request.GET.get("page", "/plan"), request.GET.get("day", "")
    if not has_past(page.partition("?")[0]):
        raise Http404
    if not text:
        return pages.page(request, "config/templates/as_of.html", {"asked": page, "chosen": timezone.localdate()})
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"“{text[:40]}” is no day.", field="day", advice="Choose one such as 2026-10-01.") from None
    if day > timezone.localdate():
        raise Refused("That day is still to come.", field="day", advice="Choose a day up to today.")
    if day < first_day():
        said = f"{first_day().day} {first_day():%B %Y}"
        raise Refused(f"Nothing was recorded before {said}.", field="day", advice=f"Choose a day from {said} on.")
    return HttpResponseRedirect(page if day == timezone.localdate() else f"/as-of/{day}{page}")


@lru_cache(maxsize=4_096)
def has_past(path: str) -> bool:
    """Whether the page at `path` can be asked how it stood."""
    if not path.startswith("/") or path.startswith("//"):
        return False
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return (found.namespace in ROOMS and not path.startswith(NO_PAST)) or found.view_name in PAGES


INSIDE = {"accounts:undo": "pk", "workspace:view": "key"}


@lru_cache(maxsize=4_096)
def is_tried(path: str) -> bool:
    """Whether the page at `path`, or what is sent there, belongs inside a scenario. Decisions are taken outside."""
    if path.startswith(DECIDES):
        return False
    if has_past(path):
        return True
    try:
        found = resolve(path)
    except Resolver404:
        return False
    if found.view_name in INSIDE:  # of what was made inside; the rest stands outside
        return int(found.kwargs[INSIDE[found.view_name]]) >= FIRST_ID
    return found.view_name == "workspace:comment"


_worlds = worlds.Kept(8)


def as_of(organisation: Organisation, day: date) -> worlds.World:
    """How the open organisation stood at the end of `day`; kept until anything changes, a right for instance."""
    newest = Changeset.objects.order_by("-id").values_list("id", "at").first()
    key = (organisation.pk, organisation.created_at, organisation.version, day, newest)
    return _worlds.get(key, lambda: _rebuilt(day))


def _rebuilt(day: date) -> worlds.World:
    """The records of that day, with the dates computed that were computed then."""
    made = worlds.World(past.content_as_of(end_of(day)), end_of(day), may_write=True)
    with worlds.inside(made) as content:
        scenarios.compute_all_dates(day)
        return replace(made, content=content(), may_write=False)


def stay_inside(response: HttpResponse, prefix: str, within: Within) -> HttpResponse:
    """Have the page's links, and where it sends to, stay in the world; those to pages without one lead out of it."""

    def inside(link: str) -> str:
        return f"{prefix}{link}" if within(re.split(r"[?#]", link, maxsplit=1)[0]) else link

    for name in ("Location", "HX-Redirect", "HX-Location"):
        if name in response.headers:
            response.headers[name] = inside(response.headers[name])
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        text = response.content.decode()
        response.content = LINKS.sub(lambda found: f'{found[1]}="{inside(found[2])}"', text)
    return response


def _with_query(path: str, request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
