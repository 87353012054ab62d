"""What every noun can have. A noun is named by a reference: its kind and id, such as `objective` and 12."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation


class Comment(Tracked):
    """What somebody said about a thing."""

    ref_kind = models.CharField(max_length=20)
    ref_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()

    kind = Kind.CONFIDENTIAL  # in the activity, others than its author need the right to secrets
    own_paths = ("by",)
    is_about_anything = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ref_kind", "ref_id", "at"])]

    def __str__(self) -> str:
        """The first words."""
        return self.text[:60]


class SavedView(Tracked):
    """A list as somebody likes to see it, under a name: what is filtered, shown and folded on the page of a thing.

    page: its route, which takes the thing's id. settings: names and values of its address, as texts, so that whoever looks for
    a word in what is kept finds it.
    """

    page = models.CharField(max_length=40)
    ref_kind = models.CharField(max_length=20)
    ref_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict, blank=True)
    is_shared = models.BooleanField(default=False, help_text="With all who see the page")
    is_default = models.BooleanField(default=False, help_text="What its owner sees first")

    kind = Kind.CONFIDENTIAL  # as of comments: its words may name anything
    own_paths = ("by",)
    is_about_anything = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["page", "ref_kind", "ref_id"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "page", "ref_kind", "ref_id", "name"], name="one_view_a_name"),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class InboxItem(InOrganisation):
    """Something a person should know or answer. One per event, never one per row."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="inbox")
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=600, blank=True)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    needs_answer = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "read_at", "-at"])]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Question(Tracked):
    """One question to one person, answered from a link in an e-mail without an account. A fact once answered."""

    class QuestionKind(models.TextChoices):
        GOAL = "GOAL", "Which goal does this work serve?"
        KEEP = "KEEP", "Keep this work, or stop it?"
        FREE = "FREE", "A question in words"

    asked = models.ForeignKey(Person, models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    question_kind = models.CharField(max_length=10, choices=QuestionKind.choices)
    ref_kind = models.CharField(max_length=20)
    ref_id = models.BigIntegerField()
    text = models.CharField(max_length=400)
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the link's secret")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=400, blank=True)

    kind = Kind.CONFIDENTIAL  # as of comments: its words may name anything
    own_paths = ("asked", "asked_by")
    is_about_anything = True
    is_fact = True

    @staticmethod
    def taken_back(moment: datetime) -> dict[str, Any]:
        """What is written where asking is undone: the mail stays sent, its link ends."""
        return {"expires_at": moment}

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ref_kind", "ref_id"])]

    def __str__(self) -> str:
        """The question."""
        return self.text


class ImportedFile(Tracked):
    """A file that was read in: its digest, how it was understood, and what came of it."""

    class FileKind(models.TextChoices):
        PROJECTS = "PROJECTS", "Project list"
        STRATML = "STRATML", "StratML"
        GITLAB = "GITLAB", "KPI list in YAML (GitLab)"
        PERFORMANCE = "PERFGOV", "Performance.gov (JSON)"
        RECORDS = "RECORDS", "Table of records"
        PLAN = "PLAN", "Plan workbook"
        SLIDES = "SLIDES", "Pasted text"
        SCHEDULE = "SCHEDULE", "Project schedule"
        TASKS = "TASKS", "List of tasks"

    file_kind = models.CharField(max_length=10, choices=FileKind.choices)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    layout = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the header: lists of one layout share a mapping")
    mapping = models.JSONField(default=dict, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    kind = Kind.IMPORT

    class Meta:
        indexes: ClassVar = [models.Index(fields=["file_kind", "layout", "-at"])]

    def __str__(self) -> str:
        """The file's name."""
        return self.name


class Job(InOrganisation):
    """Long work in the background, with its progress."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The name."""
        return self.name
