"""The JSON API: the nouns that the rooms declare, as typed operations under /api/.

Reading: `GET /api/objectives` with filters, order and pages, `GET /api/objectives/12`. Writing: `POST` to create, `PATCH` and
`DELETE` with the `version` that was read, and `POST /api/objectives/12/approve` for each step of the life cycle. The same
actions and the same predicate as the pages; every write may carry an `Idempotency-Key` and is one changeset.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET
from ninja import Body as FromBody
from ninja import NinjaAPI, Path, Query, Status
from pydantic import create_model

from goldenthread.accounts import actions as accounts
from goldenthread.accounts import api as accounts_api
from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import visible
from goldenthread.config.door import Caller, Contested, StrictParser, opened, refuse_plainly
from goldenthread.evidence import api as evidence_api
from goldenthread.kit import history
from goldenthread.kit.errors import Conflict, Refused
from goldenthread.plan import api as plan_api
from goldenthread.projects import api as projects_api
from goldenthread.purpose import api as purpose_api
from goldenthread.resources import api as resources_api
from goldenthread.thread import api as thread_api
from goldenthread.ui.programs import Body, Id, Noun, Write

KEY = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)
ROOMS = (accounts_api, purpose_api, projects_api, plan_api, resources_api, evidence_api, thread_api)


def seen(noun: Noun, person: Person) -> models.QuerySet[Any]:
    """The rows of a noun that the person may see."""
    return noun.rows(person) if noun.rows is not None else visible(noun.model.objects.all(), person)


def _read(noun: Noun, rows: models.QuerySet[Any], key: int) -> dict[str, Any]:
    values = rows.filter(pk=key).values_list(*noun.read_paths).first()
    if values is None:
        raise Http404
    return noun.answer_of(values)


def _rows_for(given: dict[str, Any], body: type[Body], by: Person) -> dict[str, Any]:
    """The fields sent, each id replaced by its row. A row that `by` may not see is not there."""
    found = dict(given)
    for name, model in body.references.items():
        if found.get(name) is not None:
            rows = model.objects.filter(pk=found[name])
            row = (visible(rows, by) if hasattr(model, "kind") else rows).first()
            if row is None:
                raise Refused("There is no such row that you may see.", field=name)
            found[name] = row
    return found


def _mark(request: HttpRequest) -> tuple[str, str]:
    """The idempotency key of a request and the digest of what it asks; two empty texts without one."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return "", ""
    if not KEY.fullmatch(key):
        raise Refused("A key has 1 to 80 printable characters without spaces.", field="Idempotency-Key")
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return key, hashlib.sha256(asked).hexdigest()


def _then(model: Any, key: int, column_path: str, changeset_id: int) -> Any:
    """What a column of a row held when a changeset had been written."""
    past = history.records(model).filter(id=key, changeset_id__lte=changeset_id).order_by("-history_id")
    first, _, rest = column_path.partition("__")
    column = model._meta.get_field(first)
    value = past.values_list("id" if first == "id" else column.attname, flat=True).first()
    return value if not rest or value is None else _then(column.related_model, value, rest, changeset_id)


def _answer_then(noun: Noun, earlier: Changeset, key: int | None) -> dict[str, Any]:
    """The answer that the earlier request got: the row as its changeset left it."""
    if key is None:
        new = history.records(noun.model).filter(changeset=earlier, history_type="+").order_by("history_id")
        key = new.values_list("id", flat=True).first() or int(earlier.about.rpartition(":")[2])
    if noun.model.objects.filter(pk=key).exists() and not seen(noun, _writer(earlier)).filter(pk=key).exists():
        raise Http404
    return noun.answer_of([_then(noun.model, key, column, earlier.pk) for column in noun.read_paths])


def _writer(changeset: Changeset) -> Person:
    if changeset.by is None:
        raise Http404
    return changeset.by


def _name(made: Changeset, noun: Noun, write: Write, row: Any) -> None:
    """Say on the changeset what was done, as an action of a page would."""
    about = noun.about(row)
    made.title = f"{write.label} the {noun.model._meta.verbose_name} {row}"[:200]
    made.about = f"{about._meta.model_name}:{about.pk}"
    made.save(update_fields=["title", "about"])


def perform(request: Any, noun: Noun, write: Write, sent: dict[str, Any], key: int | None) -> dict[str, Any] | None:
    """One write: once for an idempotency key, in one changeset, under the version that was seen. Answers the row, if it stays."""
    by: Person = request.person
    mark, digest = _mark(request)
    earlier = accounts.once(key=mark, digest=digest, by=by)
    if earlier is None:
        try:
            made_key = _perform(noun, write, sent, key, by, (mark, digest))
        except Conflict as lost:
            current = seen(noun, by).filter(pk=key).values_list(*noun.read_paths).first()
            raise Contested(lost, noun.answer_of(current) if current else None, sent) from lost
        except IntegrityError:
            earlier = accounts.once(key=mark, digest=digest, by=by)
            if earlier is None:
                raise
        else:
            return None if write is noun.remove else _read(noun, noun.model.objects.all(), made_key)
    if write is noun.remove:
        return None
    return _answer_then(noun, earlier, None if write.makes else key)


def _perform(noun: Noun, write: Write, sent: dict[str, Any], key: int | None, by: Person, mark: tuple[str, str]) -> int:
    given = {name: value for name, value in sent.items() if name != "version"}
    with accounts.changeset(title=write.label, by=by, source=Changeset.Source.API, key=mark[0], digest=mark[1]) as made:
        if key is None:
            row = write.does(given=_rows_for(given, write.body, by), by=by)
            _name(made, noun, write, row)
            return int(row.pk)
        row = seen(noun, by).select_for_update(of=("self",)).filter(pk=key).first()
        if row is None:
            raise Http404
        stands = noun.version_of(row)
        if stands != sent["version"]:
            raise Conflict(row, expected=sent["version"], current=stands)
        _name(made, noun, write, row)
        version = row.version
        answer = write.does(row=row, given=_rows_for(given, write.body, by), by=by, version=version)
        return int(answer.pk) if write.makes else key


def build() -> NinjaAPI:
    """The API with every noun of every room."""
    api = NinjaAPI(
        title="Golden Thread",
        version="1",
        description="Objectives, plan, projects and what ties them together.",
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        auth=Caller(),
        parser=StrictParser(),
    )
    api.add_decorator(opened, mode="view")
    refuse_plainly(api)
    for room in ROOMS:
        for noun in getattr(room, "NOUNS", ()):
            _offer(api, noun)
        if hasattr(room, "router"):
            api.add_router("", room.router)
    return api


def _typed(function: Callable[..., Any], name: str, **kinds: Any) -> Callable[..., Any]:
    """A function whose parameters have types that are known only now."""
    function.__annotations__ = kinds
    function.__name__ = name
    return function


def _offer(api: NinjaAPI, noun: Noun) -> None:
    answer, one = noun.answer(), f"/{noun.path}/{{key}}"
    _offer_reads(api, noun, answer)
    if noun.create is not None:
        api.post(f"/{noun.path}", **_told(noun, "create", noun.create.label, {201: answer}))(_creating(noun, noun.create))
    if noun.change is not None:
        api.patch(one, **_told(noun, "change", noun.change.label, {200: answer}))(_writing(noun, noun.change, "change"))
    if noun.remove is not None:
        api.delete(one, **_told(noun, "remove", noun.remove.label, {204: None}))(_removing(noun, noun.remove))
    for verb, write in noun.verbs.items():
        status = 201 if write.makes else 200
        told = _told(noun, verb.replace("-", "_"), write.label, {status: answer})
        api.post(f"{one}/{verb}", **told)(_writing(noun, write, verb, status))


def _told(noun: Noun, operation: str, label: str, response: dict[int, Any]) -> dict[str, Any]:
    plural = str(noun.model._meta.verbose_name_plural)
    name = noun.path.replace("-", "_")
    return {"operation_id": f"{name}_{operation}", "summary": f"{label}: {plural}", "tags": [noun.path], "response": response}


def _offer_reads(api: NinjaAPI, noun: Noun, answer: Any) -> None:
    query = noun.query()
    page = create_model(
        f"{noun.model.__name__}Page", items=(list[answer], ...), count=(int, ...), page=(int, ...), size=(int, ...)
    )

    def rows(request: Any, query: Any) -> dict[str, Any]:
        asked = query.model_dump()
        unknown = set(request.GET) - set(asked)
        if unknown:
            raise Refused("There is no such filter.", field=min(unknown)[:80], advice=f"Use {', '.join(asked)}.")
        found = noun.chosen(seen(noun, request.person), asked)
        start = (query.page - 1) * query.size
        values = found.values_list(*noun.read_paths)[start : start + query.size]
        return {"items": [noun.answer_of(v) for v in values], "count": found.count(), "page": query.page, "size": query.size}

    def row(request: Any, key: int) -> dict[str, Any]:
        return _read(noun, seen(noun, request.person), key)

    rows = _typed(rows, f"list_{noun.path}", query=Query[query])  # type: ignore[valid-type, misc]
    api.get(f"/{noun.path}", **_told(noun, "list", "List", {200: page}))(rows)
    api.get(f"/{noun.path}/{{key}}", **_told(noun, "read", "Read", {200: answer}))(_typed(row, f"read_{noun.path}", key=Path[Id]))


def _creating(noun: Noun, write: Write) -> Callable[..., Any]:
    def create(request: Any, data: Any) -> Any:
        return Status(201, perform(request, noun, write, data.model_dump(exclude_unset=True), None))

    return _typed(create, f"create_{noun.path}", data=FromBody[write.body])  # type: ignore[name-defined, misc]


def _writing(noun: Noun, write: Write, verb: str, status: int = 200) -> Callable[..., Any]:
    name = f"{noun.model.__name__}{verb.title().replace('-', '')}"
    versioned = create_model(name, __base__=write.body, version=(Id, ...))

    def act(request: Any, key: int, data: Any) -> Any:
        return Status(status, perform(request, noun, write, data.model_dump(exclude_unset=True), key))

    return _typed(act, f"{verb}_{noun.path}", key=Path[Id], data=FromBody[versioned])  # type: ignore[valid-type, misc]


def _removing(noun: Noun, write: Write) -> Callable[..., Any]:
    def remove(request: Any, key: int, version: int) -> Any:
        perform(request, noun, write, {"version": version}, key)
        return Status(204, None)

    return _typed(remove, f"remove_{noun.path}", key=Path[Id], version=Query[Id])


API = build()


@cache
def description() -> dict[str, Any]:
    """What the API offers, as OpenAPI 3.1."""
    return dict(API.get_openapi_schema(path_prefix="/api/"))


@require_GET
def described(request: HttpRequest) -> HttpResponse:
    """The description of the API. It names nobody's data, so it asks for no sign-in."""
    return JsonResponse(description(), headers={"Cache-Control": "no-store"})


urlpatterns = [path("openapi.json", described), *(entry for entry in API.urls[0] if getattr(entry, "name", "") != "api-root")]
