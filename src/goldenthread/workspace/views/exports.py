"""The page of exports, and the files."""

from __future__ import annotations

import io
import zipfile

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from goldenthread.accounts.models import Person
from goldenthread.kit.errors import Forbidden
from goldenthread.kit.slots import gather
from goldenthread.ui import pages
from goldenthread.workspace.queries import exports
from goldenthread.workspace.queries.records import exportable

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def export_page(request: HttpRequest) -> HttpResponse:
    """What the person may take out, with the number of rows of each."""
    person: Person = request.person  # type: ignore[attr-defined]
    kinds = exportable(person)
    if not kinds:
        raise Forbidden("You may not export anything.")
    rows = [(kind, len(kind.rows(person))) for kind in kinds]
    return pages.page(request, "workspace/templates/export.html", {"rows": rows, "files": gather("export_files", person)})


@require_GET
def download(request: HttpRequest, noun: str, form: str) -> HttpResponse:
    """One noun, or all of them (`noun` is "all": a workbook, or a zip of CSV files)."""
    person: Person = request.person  # type: ignore[attr-defined]
    files = exports(person, form, [] if noun == "all" else [noun])
    if len(files) == 1:
        (name, data), kind = files[0], form
    else:
        name, data, kind = "golden-thread.zip", _zipped(files), "zip"
    stem, _, ending = name.rpartition(".")
    response = HttpResponse(data, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{stem}-{timezone.localdate():%Y-%m-%d}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
