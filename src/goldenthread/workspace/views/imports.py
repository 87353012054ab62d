"""The import wizard: upload, columns, what it would do, done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.accounts.models import Changeset, Person
from goldenthread.accounts.queries import rights, undo_address
from goldenthread.formats.errors import FormatError
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.kit.permissions import Act, Kind
from goldenthread.ui import pages
from goldenthread.workspace import actions, forms, jobs, queries
from goldenthread.workspace.models import ImportedFile, Job

STEPS = ["Upload", "How it is read", "What it would do", "Done"]
COUNTED = {
    "matched": "found again",
    "reports": "status reports",
    "projects": "in the list",
    "withheld": "figures withheld",
    "kpis": "KPIs",
}
NOUNS = ("projects", "rows", "relationships")
FATES = ("added", "updated", "changed", "stopped", "removed")
RECENT = 12
LARGE = 1500  # rows from which on applying is left to a job


def visitor(request: HttpRequest) -> Person:
    """Who asks; only those who may import get further."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not rights(person).anywhere(Act.EDIT, Kind.IMPORT):
        raise Forbidden("You may not import files.")
    return person


def _file(request: HttpRequest, key: int) -> ImportedFile:
    return get_object_or_404(queries.recent_files(visitor(request)), pk=key)


def _refusal(error: FormatError | Refused) -> dict[str, str]:
    place = error.place if isinstance(error, FormatError) else ""
    return {"message": error.message, "place": place, "advice": error.advice}


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Upload a file or paste text; files taken in before; the way to exports. `into` names what the file is to continue."""
    into = request.GET.get("into", "")
    return _start(request, forms.UploadForm(initial={"into": into if into.isdecimal() and len(into) < 19 else None}))


def _start(request: HttpRequest, form: forms.UploadForm, refusal: dict[str, str] | None = None) -> HttpResponse:
    recent = queries.recent_files(visitor(request))[:RECENT]
    context = {"form": form, "recent": recent, "refusal": refusal, "steps": STEPS}
    return pages.page(request, "workspace/templates/import.html", context, status=422 if refusal else 200)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in. One that cannot be read is answered with what is wrong and where; nothing is kept."""
    person = visitor(request)
    form = forms.UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start(request, form, {"message": "The form was not complete.", "place": "", "advice": ""})
    sent, text = form.cleaned_data["file"], form.cleaned_data["text"].strip()
    if sent is None and not text:
        return _start(request, form, {"message": "Choose a file, or paste text.", "place": "", "advice": ""})
    if sent is not None:
        kind, name, chunks = form.cleaned_data["file_kind"], sent.name or "file", sent.chunks()
    else:
        kind, name, chunks = ImportedFile.FileKind.SLIDES, "Pasted text", iter([text.encode()])
    try:
        told = {"into": form.cleaned_data["into"]} if form.cleaned_data["into"] else {}
        file = actions.take_in(name=name, chunks=chunks, by=person, file_kind=kind, **told)
    except (FormatError, Refused) as error:
        return _start(request, form, _refusal(error))
    if not file.layout and actions.is_large(file) and not queries.is_read(file):
        jobs.read_later(file, person)
    return pages.see_other(_next(file))


def _next(file: ImportedFile) -> str:
    """The columns of a layout not seen before; else what it would do."""
    has_columns = file.file_kind in queries.WITH_COLUMNS and "like" not in file.settings and queries.is_read(file)
    return reverse("workspace:columns" if has_columns else "workspace:file", args=[file.pk])


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, key: int) -> HttpResponse:
    """Which column is which, and how the table was found; sending corrects it."""
    file, person = _file(request, key), visitor(request)
    if file.outcome:
        return pages.see_other(reverse("workspace:file", args=[file.pk]))
    waiting = _waiting(request, file)
    if waiting is not None:
        return waiting
    try:
        view = queries.kind_of(file).table(queries.reading_of(file), file)
        if view is None:
            return pages.see_other(reverse("workspace:file", args=[file.pk]))
        refusal = _correct(request, file, person, view) if request.method == "POST" else None
        if request.method == "POST" and refusal is None:
            again = "again" in request.POST
            return pages.see_other(reverse("workspace:columns" if again else "workspace:file", args=[file.pk]))
    except FormatError as error:
        return _start(request, forms.UploadForm(), _refusal(error))
    context = {"file": file, "view": view, "steps": STEPS, "choices": forms, "refusal": refusal}
    return pages.page(request, "workspace/templates/import_columns.html", context, status=422 if refusal else 200)


def _correct(request: HttpRequest, file: ImportedFile, person: Person, view: queries.TableView) -> dict[str, str] | None:
    """Keep the corrections if the file can be read with them; else what is wrong with them."""
    before = (file.settings, file.mapping)
    try:
        changes = forms.corrections(request.POST, view, file, timezone.localdate())
        file.settings, file.mapping = changes["settings"], changes["mapping"]
        reading = queries.reading_of(file)
        changes["layout"] = queries.kind_of(file).layout(reading)
    except (FormatError, Refused) as error:
        file.settings, file.mapping = before
        return _refusal(error)
    file.settings, file.mapping = before
    if changes["settings"] != file.settings or changes["mapping"] != file.mapping:
        actions.read_differently(file=file, changes=changes, by=person)
    return None


@require_GET
def file_page(request: HttpRequest, key: int) -> HttpResponse:
    """What applying the file would do; once it was applied, what came of it."""
    file, person = _file(request, key), visitor(request)
    if file.outcome:
        return _done(request, file)
    waiting = _waiting(request, file)
    if waiting is not None:
        return waiting
    return _check(request, file, person)


def _check(request: HttpRequest, file: ImportedFile, person: Person, refusal: dict[str, str] | None = None) -> HttpResponse:
    try:
        reading = queries.reading_of(file)
        kind = queries.kind_of(file)
        preview, table = kind.preview(reading, file, person), kind.table(reading, file)
    except FormatError as error:
        return _start(request, forms.UploadForm(), _refusal(error))
    context = {"file": file, "preview": preview, "table": table, "steps": STEPS, "refusal": refusal}
    return pages.page(request, "workspace/templates/import_check.html", context, status=422 if refusal else 200)


@require_POST
def apply(request: HttpRequest, key: int) -> HttpResponse:
    """Apply the file as one action that can be undone; a large one in the background."""
    file, person = _file(request, key), visitor(request)
    answers = {name: value for name, value in request.POST.items() if isinstance(value, str) and name != "csrfmiddlewaretoken"}
    here = reverse("workspace:file", args=[file.pk])
    if file.outcome:
        return pages.see_other(here)
    try:
        if queries.kind_of(file).size(queries.reading_of(file)) > LARGE:
            jobs.apply_later(file, person, answers)
            return pages.see_other(here)
        actions.apply_file(file=file, by=person, answers=answers)
    except Refused as error:
        return _check(request, file, person, _refusal(error))
    except FormatError as error:
        return _start(request, forms.UploadForm(), _refusal(error))
    pages.announce(request, f"{file.name} imported", undo_url=undo_address())
    return pages.see_other(here)


def _waiting(request: HttpRequest, file: ImportedFile) -> HttpResponse | None:
    """The page that waits for the worker; None when there is nothing to wait for."""
    job = jobs.newest_job(file)
    if job is None or job.state == Job.State.DONE:
        return None
    if job.state == Job.State.FAILED:
        if queries.is_read(file):
            return None if job.key.startswith("read") else _check(request, file, visitor(request), _failed(job))
        return _start(request, forms.UploadForm(), _failed(job))
    return pages.page(request, "workspace/templates/import_waiting.html", {"file": file, "job": job, "steps": STEPS})


def _failed(job: Job) -> dict[str, str]:
    return {"message": job.message, "place": "", "advice": ""}


def _done(request: HttpRequest, file: ImportedFile) -> HttpResponse:
    made = Changeset.objects.filter(pk=file.outcome.get("changeset", 0)).first()
    counted = {name: count for name, count in file.outcome.items() if name != "changeset" and count}
    figures = [(_counted(name, counted[name]), counted[name]) for name in sorted(counted, key=_order)]
    context: dict[str, Any] = {"file": file, "changeset": made, "figures": figures, "steps": STEPS}
    context["after"] = queries.after_import(file, visitor(request))
    return pages.page(request, "workspace/templates/import_done.html", context)


def _order(name: str) -> tuple[int, int]:
    """Where a figure stands: the larger thing first, what is new before what is gone. A database keeps no order of names."""
    noun, _, fate = name.partition("_")
    return NOUNS.index(noun) if noun in NOUNS else len(NOUNS), FATES.index(fate) if fate in FATES else len(FATES)


def _counted(name: str, count: int) -> str:
    """What an outcome counts, in words: “projects_added” is “project added” where it is one."""
    if name in COUNTED:
        return COUNTED[name]
    noun, *rest = name.split("_")
    if count == 1:
        noun = f"{noun.removesuffix('ies')}y" if noun.endswith("ies") else noun.removesuffix("s")
    return " ".join([noun, *rest])
