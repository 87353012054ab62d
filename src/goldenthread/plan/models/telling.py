"""Telling people of a version by mail, what they ask back, and who was reminded."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models.versions import PlanVersion


class VersionMail(InOrganisation):
    """One mail to one person about one version, made when the person is told. It goes out once at most.

    It is claimed before it is handed to the mail server. Where the worker dies in between, nobody knows whether it went out, and
    it is not sent again: Today and the inbox have told it already.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        CLAIMED = "CLAIMED", "Handed over; not known whether it went out"
        SENT = "SENT", "Sent"
        REFUSED = "REFUSED", "The mail server refused it"
        NOT_WANTED = "NOT_WANTED", "Not wanted any more"

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="mails")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    said = models.CharField(max_length=300, help_text="How much changed, without a name")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    goes_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan_version", "person"], name="one_mail_a_version_and_person")]
        indexes: ClassVar = [models.Index(fields=["goes_at"], condition=Q(state="WAITING"), name="mails_that_wait")]

    def __str__(self) -> str:
        """To whom, about what."""
        return f"{self.person_id} about {self.plan_version_id}"


class VersionQuestion(Tracked):
    """What somebody asks the planner about a version instead of saying “seen”, and the answer."""

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "plan_version__plan__scope"
    own_paths = ("asked_by",)
    is_fact = True
    is_sealed = True

    def __str__(self) -> str:
        """The question."""
        return self.text[:60]


class VersionReminder(InOrganisation):
    """That somebody was reminded of a version on a day: once a day at most, whoever reminds."""

    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan_version", "person", "on"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        """Whom, when."""
        return f"{self.person_id} on {self.on}"
