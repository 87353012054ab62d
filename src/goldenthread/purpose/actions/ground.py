"""What every write of this room stands on: the right to it, valid input, and the day it happens."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from goldenthread.accounts import queries as accounts
from goldenthread.accounts.models import Changeset, Person
from goldenthread.kit import history
from goldenthread.kit.errors import Forbidden, Refused
from goldenthread.purpose.models import Office


def require(by: Person, act: str, row: Any, words: str) -> None:
    """Forbidden unless `by` may do `act` with this row."""
    if not accounts.may(by, act, row):
        raise Forbidden(words)


def require_in(by: Person, act: str, kind: str, office: Office, words: str) -> None:
    """Forbidden unless `by` may do `act` with things of `kind` in this office."""
    if not accounts.may_in(by, act, kind, office.scope_id):
        raise Forbidden(words)


def day_of(made: Changeset) -> date:
    """The calendar day on which the action happens, where the organisation is."""
    return timezone.localtime(made.at).date()


def only(changes: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Refused where a field is named that this action does not change."""
    for name in changes:
        if name not in allowed:
            raise Refused(f"“{name}” cannot be changed here.", field=name)


def finite(**values: float | None) -> None:
    """Refused where a figure is not a number."""
    for name, value in values.items():
        if value is not None and not math.isfinite(value):
            raise Refused("This is not a number.", field=name, advice="Enter a figure or leave it empty.")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a model finds wrong with its fields into a refusal that names the field, and a lost race into one too."""
    try:
        yield
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else ("", error.messages)
        raise Refused(" ".join(messages), field="" if field == "__all__" else field) from error
    except IntegrityError as error:
        raise Refused("Somebody saved the same at the same moment.", advice="Look at it again before you save yours.") from error


def add(row: Any) -> Any:
    """Store a new row; Refused where a field is not valid."""
    with refusing():
        row.full_clean(exclude=["organisation"], validate_unique=False, validate_constraints=False)
        row.save()
    return row


def change(row: Any, changes: dict[str, Any], version: int | None = None) -> bool:
    """Change a row under its version; Refused where a field is not valid, Conflict where somebody was faster."""
    with refusing():
        return history.change(row, changes, version=version)


def as_it_would_be(row: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of the row with the changes, to be judged and never saved."""
    copy = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def reason_of(reason: str) -> str:
    """The reason given, or that of the action inside which this one runs."""
    outer = history.open_changeset()
    return reason.strip() or (outer.reason if outer is not None else "")
