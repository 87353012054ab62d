"""The forecast of an office as it was computed, kept for pages to read."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.purpose.models import Office


@lru_cache(maxsize=8)
def _results(pk: int, digest: str, made_at: datetime) -> Any:
    """What came out of a forecast; digest and time tell it from another database's row of the same number."""
    return Forecast.objects.values_list("results", flat=True).get(pk=pk, digest=digest, made_at=made_at)


class _Shared(DeferredAttribute):
    """Fetches what was deferred from this process's memory."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The value of a row; the attribute itself for the class."""
        if instance is not None and self.field.attname not in instance.__dict__:
            instance.__dict__[self.field.attname] = _results(instance.pk, instance.digest, instance.made_at)
        return super().__get__(instance, owner)


class SharedJSON(models.JSONField):
    """JSON of which the readers of one process share the decoded form: only to be read, and to be deferred.

    The results of a large office are a megabyte that every page needs a few lines of, and a forecast is never changed; to
    fetch and decode them cost more than the page.
    """

    descriptor_class = _Shared

    def deconstruct(self) -> Any:
        """The column is a plain JSON column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class Forecast(InOrganisation):
    """One run of the forecast for an office: what went in, what came out. Derived, so recomputed and never undone."""

    in_past = "made_at"

    office = models.ForeignKey(Office, models.CASCADE, related_name="forecasts")
    data_date = models.DateField()
    seed = models.BigIntegerField()
    runs = models.PositiveIntegerField()
    engine = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what went in")
    inputs = models.JSONField()
    results = SharedJSON()
    made_at = models.DateTimeField()
    head = models.BigIntegerField(help_text="Newest changeset that was taken into account")

    kind = Kind.PLAN
    scope_path = "office__scope"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "-made_at"])]

    def __str__(self) -> str:
        """Office and time."""
        return f"{self.office_id} at {self.made_at}"
