"""Addresses of the room `workspace`."""

from __future__ import annotations

from django.urls import path

from goldenthread.workspace.views import answers, exports, imports, inbox, saved

app_name = "workspace"
urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read_all, name="read_all"),
    path("inbox/<int:key>", inbox.open_item, name="open_item"),
    path("comments/<slug:ref_kind>/<int:ref_id>", answers.comment, name="comment"),
    path("views/<int:key>", saved.change, name="view"),
    path("ask/<slug:ref_kind>/<int:ref_id>", answers.ask, name="ask"),
    path("answer/<str:secret>", answers.answer, name="answer"),
    path("export", exports.export_page, name="export"),
    path("export/<slug:noun>/<slug:form>", exports.download, name="download"),
    path("import", imports.start, name="import"),
    path("import/upload", imports.upload, name="upload"),
    path("import/<int:key>", imports.file_page, name="file"),
    path("import/<int:key>/columns", imports.columns, name="columns"),
    path("import/<int:key>/apply", imports.apply, name="apply"),
]
