"""The tables of an empty database, made at once from the models instead of by every migration there ever was (decision 0027)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def create_all(editor: Any) -> None:
    """Create the table of every model."""
    for model in apps.get_models():  # many-to-many tables come along
        if model._meta.managed and not model._meta.proxy:
            editor.create_model(model)


def make_at_once(connection: Any) -> bool:
    """Make every table and note every migration as applied, in one transaction. False where there are tables already."""
    if connection.introspection.table_names():
        return False
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        create_all(editor)
        editor.create_model(recorder.Migration)
        for app, name in MigrationLoader(None).disk_migrations:
            recorder.migration_qs.create(app=app, name=name)
    return True
