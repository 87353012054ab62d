"""Removes a demo organisation with everything in it, and nothing else."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django_scopes import scopes_disabled
from django_tasks_db.models import DBTaskResult

from goldenthread.accounts.models import Organisation, User
from goldenthread.kit.errors import Refused


def clear(organisation: Organisation) -> int:
    """Delete every row of a demo organisation, its history and its sign-ins; returns how many rows went. Refused for a real one."""
    if not organisation.is_demo:
        raise Refused(f"{organisation} is not a demo, so it is not cleared.")
    gone = 0
    with scopes_disabled(), transaction.atomic():
        users = list(User.objects.filter(person__organisation=organisation).values_list("pk", flat=True))
        for model in apps.get_models():
            if any(f.name == "organisation" for f in model._meta.concrete_fields):
                rows = model._base_manager.filter(organisation_id=organisation.pk)
                gone += rows._raw_delete(rows.db)  # noqa: SLF001  everything goes, so nothing has to cascade
        DBTaskResult.objects.filter(args_kwargs__args__0=organisation.pk).delete()  # work that was asked for, done or not
        User.objects.filter(pk__in=users).delete()
        organisation.delete()
        connection.check_constraints()
    return gone
