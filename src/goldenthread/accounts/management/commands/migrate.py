"""Django's `migrate`, which begins in an empty database with tables made at once (decision 0027)."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from goldenthread.kit.tables import make_at_once


class Command(migrate.Command):
    """All tables of an empty database at once, then whatever is left to migrate."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Begin at once only where the whole database was asked for, and is to be written."""
        is_whole = not (options["app_label"] or options["fake"] or options["plan"] or options["check_unapplied"])
        if is_whole:
            make_at_once(connections[options["database"]])
        return super().handle(*args, **options)
