"""Hours worked."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Service
from goldenthread.schedule.models import Activity


class TimeEntry(Tracked):
    """Minutes a person worked on a day, for an activity, a project or a service."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="time_entries")
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(1440)])
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="time_entries")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="time_entries")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="time_entries")
    note = models.CharField(max_length=300, blank=True)

    kind = Kind.TIME
    switch = "shows_time_of_others"
    own_paths = ("person",)
    names = ("activity", "project", "service")

    class Meta:
        verbose_name_plural = "time entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False, project__isnull=True, service__isnull=True)
                | Q(activity__isnull=True, project__isnull=False, service__isnull=True)
                | Q(activity__isnull=True, project__isnull=True, service__isnull=False),
                name="time_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=1440), name="time_within_a_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "on"])]

    def __str__(self) -> str:
        """Person and day."""
        return f"{self.person_id} on {self.on}"
