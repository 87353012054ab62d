"""Organisations, people, scopes, roles and changesets."""

from __future__ import annotations

import secrets
from datetime import time
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind, Role
from goldenthread.kit.scoping import InOrganisation

DAYS_KEPT = [MinValueValidator(1), MaxValueValidator(3650)]


def five_working_days() -> list[int]:
    """Working minutes a weekday, Monday first: eight hours on five days."""
    return [480] * 5 + [0] * 2


def no_terms() -> dict[str, str]:
    """No term renamed."""
    return {}


class Organisation(models.Model):
    """The tenant: nothing is shared between two of them."""

    in_past = "now"
    organisation_path = "pk"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=40, default="Europe/London")
    currency = models.CharField(max_length=3, default="EUR")
    country = models.CharField(max_length=10, blank=True, help_text="Country, or country and region, whose public holidays count")
    working_week = models.JSONField(default=five_working_days, help_text="Working minutes a weekday, Monday first")
    fiscal_year_start = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(12)])
    terms = models.JSONField(default=no_terms, blank=True, help_text="Terms renamed by the organisation")
    is_demo = models.BooleanField(default=False)
    # Privacy switches: each such feature is off by one click, and says so where it would have been shown.
    shows_person_load = models.BooleanField(default=True)
    smallest_group = models.PositiveSmallIntegerField(default=5, validators=[MinValueValidator(3), MaxValueValidator(50)])
    shows_time_of_others = models.BooleanField(default=True)
    shows_own_estimates = models.BooleanField(default=True)
    shows_who_has_read = models.BooleanField(default=True)
    # How many days some things are kept after they have done their work; empty keeps them. Facts stay in any case.
    keeps_answers_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=DAYS_KEPT)
    keeps_messages_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=DAYS_KEPT)
    keeps_files_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=DAYS_KEPT)
    keeps_sessions_days = models.PositiveSmallIntegerField(null=True, blank=True, default=1, validators=DAYS_KEPT)
    # Mails that nobody waits for: from when to when, and whether on days without work, they wait. Both empty: at any hour.
    quiet_from = models.TimeField(null=True, blank=True, default=time(19))
    quiet_to = models.TimeField(null=True, blank=True, default=time(7))
    is_quiet_on_free_days = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    def __str__(self) -> str:
        """The name."""
        return self.name


class CurrencyRate(Tracked):
    """What one unit of a currency is worth in the organisation's own, from a date on. Scaled by 1,000,000."""

    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    millionths = models.BigIntegerField(validators=[MinValueValidator(1)])
    source = models.CharField(max_length=120, blank=True)

    kind = Kind.SETTINGS
    is_of_the_whole = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "currency", "valid_from"], name="one_rate_a_currency_and_day")
        ]

    def __str__(self) -> str:
        """Currency and day."""
        return f"{self.currency} from {self.valid_from}"


class UserAccounts(BaseUserManager["User"]):
    """Makes sign-in accounts; an e-mail address is the name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password it can sign in only after setting one by link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account for the back office."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of an e-mail address, in any letter case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. What it may see follows from its Person."""

    in_past = "now"
    organisation_path = "person__organisation"
    left_behind = ("password",)

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserAccounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        """The e-mail address."""
        return self.email


class Person(Tracked):
    """Somebody who works, decides or is asked. May have no sign-in."""

    in_past = "now"

    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=120, blank=True)
    is_external = models.BooleanField(default=False)
    minutes_per_week = models.PositiveIntegerField(default=2400, validators=[MaxValueValidator(10080)])
    leaves_on = models.DateField(null=True, blank=True)
    deputy = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="stands_in_for")
    absent_from = models.DateField(null=True, blank=True)
    absent_to = models.DateField(null=True, blank=True)
    gets_mail = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True, help_text="Instead of the organisation's")
    quiet_to = models.TimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="A number stands for the name since then")

    kind = Kind.PERSON
    own_paths = ("pk",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "email"], condition=~Q(email=""), name="one_person_an_email"),
            models.CheckConstraint(condition=Q(absent_to__gte=models.F("absent_from")), name="absence_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Scope(InOrganisation):
    """A place where roles are held: the organisation, an office, a portfolio, a programme or a project."""

    in_past = "now"

    class ScopeKind(models.TextChoices):
        ORGANISATION = "ORGANISATION", "Organisation"
        OFFICE = "OFFICE", "Office"
        PORTFOLIO = "PORTFOLIO", "Portfolio"
        PROGRAMME = "PROGRAMME", "Programme"
        PROJECT = "PROJECT", "Project"

    scope_kind = models.CharField(max_length=20, choices=ScopeKind.choices)
    name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(scope_kind="ORGANISATION"), name="one_top_scope_an_organisation"
            )
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class ScopeEdge(InOrganisation):
    """One scope lies directly under another; a project may lie under several portfolios."""

    in_past = "now"

    parent = models.ForeignKey(Scope, models.CASCADE, related_name="child_edges")
    child = models.ForeignKey(Scope, models.CASCADE, related_name="parent_edges")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "child"], name="one_edge_a_pair"),
            models.CheckConstraint(condition=~Q(parent=models.F("child")), name="no_scope_under_itself"),
        ]

    def __str__(self) -> str:
        """Parent and child."""
        return f"{self.child_id} under {self.parent_id}"


class ScopePath(InOrganisation):
    """The closure of the edges, each scope under itself included: who lies anywhere below whom."""

    in_past = "now"

    ancestor = models.ForeignKey(Scope, models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Scope, models.CASCADE, related_name="paths_up")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="one_path_a_pair")]

    def __str__(self) -> str:
        """Ancestor and descendant."""
        return f"{self.descendant_id} below {self.ancestor_id}"


class RoleGrant(Tracked):
    """A person holds a role on a scope."""

    in_past = "now"

    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    scope = models.ForeignKey(Scope, models.CASCADE, related_name="grants")

    kind = Kind.PERSON
    scope_path = "scope"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "role", "scope"], name="one_grant_a_person_role_scope")
        ]

    def __str__(self) -> str:
        """Role and scope."""
        return f"{self.get_role_display()} of {self.scope}"


class Changeset(InOrganisation):
    """One user action: what was done, by whom, when and why. The unit of undo. Append-only."""

    in_past = "at"

    class Source(models.TextChoices):
        PAGE = "PAGE", "Page"
        COMMAND = "COMMAND", "Command"
        API = "API", "API"
        LINK = "LINK", "Answer by link"
        IMPORT = "IMPORT", "Import"
        JOB = "JOB", "Background job"

    title = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="changesets")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PAGE)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_index=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    key = models.CharField(max_length=80, blank=True, help_text="Idempotency key of the request")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the request that carried the key")
    about = models.CharField(max_length=60, blank=True, help_text="Reference of the main row, such as objective:12")

    kind = Kind.CHANGESET
    own_paths = ("by",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "by", "key"], condition=~Q(key=""), name="one_changeset_a_key")
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Invitation(Tracked):
    """A link by which a person makes a sign-in. Only its digest is stored."""

    in_past = ""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    kind = Kind.PERSON

    def __str__(self) -> str:
        """Whom it invites."""
        return f"Invitation of {self.person}"


def token_prefix() -> str:
    """The public part of a new API token, by which it is looked up."""
    return secrets.token_hex(6)


class ApiToken(InOrganisation):
    """A token of one person for the API: hashed, scoped, expiring."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, default=token_prefix, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    may_write = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Erasure(Tracked):
    """A person was erased: a number stands for the name. A fact; nothing brings the name back."""

    in_past = ""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, help_text="At whose request, and when it came")
    texts = models.PositiveIntegerField(help_text="How many texts named the person")
    files = models.PositiveIntegerField(help_text="How many kept files named the person")

    kind = Kind.PERSON
    is_fact = True

    def __str__(self) -> str:
        """Who is meant, by number."""
        return f"Erasure of {self.person}"
