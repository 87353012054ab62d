"""The business plan: which steps, who is responsible, and how each moves which number."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.query_utils import DeferredAttribute

from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office, Service, of_secret_kpis
from goldenthread.schedule.models import Activity, Baseline, Schedule


class BusinessPlan(Tracked):
    """How the office means to reach its objectives. One per office; versions are snapshots of it."""

    office = models.OneToOneField(Office, models.PROTECT, related_name="plan")
    scope = models.ForeignKey(Scope, models.PROTECT, related_name="+")
    schedule = models.OneToOneField(Schedule, models.PROTECT, related_name="plan")
    name = models.CharField(max_length=200)
    review_days = models.PositiveSmallIntegerField(default=90, validators=[MinValueValidator(7), MaxValueValidator(730)])
    approved_on = models.DateField(null=True, blank=True)

    kind = Kind.PLAN
    making_kind = Kind.SETTINGS  # an office brings an empty one
    scope_path = "scope"

    def __str__(self) -> str:
        """The name."""
        return self.name


class Cadence(models.TextChoices):
    """How often something falls due again."""

    ONCE = "ONCE", "Once"
    WEEKLY = "WEEKLY", "Weekly"
    MONTHLY = "MONTHLY", "Monthly"
    QUARTERLY = "QUARTERLY", "Quarterly"
    YEARLY = "YEARLY", "Yearly"


REPEATS = [choice for choice in Cadence.choices if choice[0] != Cadence.ONCE]


DAY_OF_MONTH = "The day that each month's due day stands for, where a shorter month moved it"


class Step(Tracked):
    """What an activity of the business plan is for. One to one with its Activity, which holds tree, dates and progress."""

    class StepKind(models.TextChoices):
        INITIATIVE = "INITIATIVE", "Initiative"
        STEP = "STEP", "Step"

    class Mode(models.TextChoices):
        DIRECT = "DIRECT", "Direct"
        SUPERVISED = "SUPERVISED", "Supervised"
        ENABLED = "ENABLED", "Enabled"

    class Mark(models.TextChoices):
        NONE = "", "No mark"
        DUPLICATE = "DUPLICATE", "Doubles other work"

    activity = models.OneToOneField(Activity, models.PROTECT, related_name="step")
    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="steps")
    step_kind = models.CharField(max_length=12, choices=StepKind.choices, default=StepKind.STEP)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.DIRECT)
    deliverable = models.CharField(max_length=300, blank=True)
    acceptance = models.CharField(max_length=300, blank=True, help_text="How one will see that it is done")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="steps")
    requested_by = models.CharField(max_length=120, blank=True)
    goal_answer = models.CharField(max_length=10, choices=GoalAnswer.choices, default=GoalAnswer.NOT_ASKED)
    mark = models.CharField(max_length=12, choices=Mark.choices, blank=True, default="")
    doubles = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="doubled_by")
    updated_on = models.DateField(null=True, blank=True, help_text="Last day somebody confirmed or changed it")
    repeats = models.CharField(max_length=10, choices=REPEATS, blank=True, default="")
    next_on = models.DateField(null=True, blank=True, help_text="Day by which the next time is to be done")
    day_of_month = models.PositiveSmallIntegerField(null=True, blank=True, editable=False, help_text=DAY_OF_MONTH)
    repeat_minutes = models.PositiveIntegerField(default=60, help_text="Effort each time")
    repeats_until = models.DateField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "plan__scope"
    own_paths = ("raci__person", "activity__assignments__resource__person")

    def __str__(self) -> str:
        """The activity's name."""
        return self.activity.name

    @property
    def whole_version(self) -> int:
        """What a writer saw of the step and its activity together: one step stands in two tables."""
        return int(self.version + self.activity.version)


class Raci(Tracked):
    """Who is what on a step. Exactly one is Accountable."""

    class Letter(models.TextChoices):
        RESPONSIBLE = "R", "Responsible"
        ACCOUNTABLE = "A", "Accountable"
        CONSULTED = "C", "Consulted"
        INFORMED = "I", "Informed"

    step = models.ForeignKey(Step, models.CASCADE, related_name="raci")
    person = models.ForeignKey(Person, models.PROTECT, related_name="raci")
    letter = models.CharField(max_length=1, choices=Letter.choices)

    kind = Kind.PLAN
    scope_path = "step__plan__scope"
    own_paths = ("person",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step"], condition=Q(letter="A"), name="one_accountable_a_step"),
            models.UniqueConstraint(fields=["step", "person", "letter"], name="one_letter_a_person_and_step"),
        ]

    def __str__(self) -> str:
        """Letter and person."""
        return f"{self.letter} {self.person_id}"


class Duty(Tracked):
    """Work that needs no goal but a source, proof and an end: law, regulator, contract, keep-running."""

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="duties")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=300, help_text="The law, rule, contract or decision that asks for it")
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="duties")
    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.YEARLY)
    next_due = models.DateField(null=True, blank=True)
    day_of_month = models.PositiveSmallIntegerField(null=True, blank=True, editable=False, help_text=DAY_OF_MONTH)
    minutes = models.PositiveIntegerField(default=60, help_text="Effort each time")
    proof_wanted = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    step = models.ForeignKey(
        Step, models.SET_NULL, null=True, blank=True, related_name="duties", help_text="The work it justifies"
    )
    project = models.ForeignKey(Project, models.SET_NULL, null=True, blank=True, related_name="duties")

    kind = Kind.DUTY
    scope_path = "plan__scope"
    own_paths = ("holder",)
    names = ("project",)

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        """The name."""
        return self.name


class DutyOccurrence(Tracked):
    """One time a duty falls due. Its work is an activity of the plan's schedule."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="occurrences")
    activity = models.OneToOneField(Activity, models.PROTECT, related_name="duty_occurrence")
    due_on = models.DateField()
    proof = models.CharField(max_length=500, blank=True)
    proven_on = models.DateField(null=True, blank=True)

    kind = Kind.DUTY
    scope_path = "duty__plan__scope"
    own_paths = ("duty__holder",)
    names = ("duty__project",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["duty", "due_on"], name="one_occurrence_a_day")]

    def __str__(self) -> str:
        """Duty and day."""
        return f"{self.duty} by {self.due_on}"


class Contribution(Tracked):
    """How a step or a project is expected to move a KPI, in the KPI's units."""

    class Size(models.TextChoices):
        SMALL = "S", "Small"
        MEDIUM = "M", "Medium"
        LARGE = "L", "Large"

    class Shown(models.TextChoices):
        OPEN = "", "Not judged"
        SHOWN = "SHOWN", "Shown to work"
        NOT_SHOWN = "NOT_SHOWN", "Not seen so far"
        REFUTED = "REFUTED", "Shown not to work"

    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="contributions")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="contributions")
    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="contributions")
    size = models.CharField(max_length=1, choices=Size.choices, blank=True, help_text="Where the range was not given in units")
    low = models.FloatField()
    likely = models.FloatField()
    high = models.FloatField()
    chance = models.PositiveSmallIntegerField(default=80, validators=[MaxValueValidator(100)], help_text="Percent")
    lag_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(3650)])
    ramp_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(3650)])
    mechanism = models.CharField(max_length=300, blank=True, help_text="Why it moves the figure, in one sentence")
    assumption = models.CharField(max_length=300, blank=True)
    grade = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(5)], help_text="Evidence, E0 to E5")
    counted_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(150)],
        help_text="Part of the effect that the forecast counts, chosen from what like work gave; empty: as the office learnt",
    )  # fmt: skip
    shown = models.CharField(max_length=10, choices=Shown.choices, blank=True, default="")
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_on = models.DateField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "kpi__office__scope"
    secret_rows = staticmethod(of_secret_kpis)
    names = ("step", "project")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(step__isnull=False, project__isnull=True) | Q(step__isnull=True, project__isnull=False),
                name="contribution_of_a_step_or_a_project",
            ),
            models.CheckConstraint(
                condition=(Q(low__lte=F("likely")) & Q(likely__lte=F("high")))
                | (Q(low__gte=F("likely")) & Q(likely__gte=F("high"))),
                name="effect_in_order",
            ),
            models.UniqueConstraint(
                fields=["step", "kpi"], condition=Q(step__isnull=False), name="one_contribution_a_step_and_kpi"
            ),
            models.UniqueConstraint(
                fields=["project", "kpi"], condition=Q(project__isnull=False), name="one_contribution_a_project_and_kpi"
            ),
            models.CheckConstraint(condition=Q(chance__lte=100), name="chance_up_to_hundred"),
        ]

    def __str__(self) -> str:
        """Subject and KPI."""
        return f"{self.step or self.project} → {self.kpi}"


class Supervision(Tracked):
    """A step supervises a project: it raises the chance of that project's contributions and has no KPI of its own."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="supervisions")
    project = models.ForeignKey(Project, models.PROTECT, related_name="supervisions")
    raise_low = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)], help_text="Percentage points")
    raise_likely = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(100)])
    raise_high = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(100)])

    kind = Kind.PLAN
    scope_path = "step__plan__scope"
    names = ("project",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "project"], name="one_supervision_a_pair"),
            models.CheckConstraint(
                condition=Q(raise_low__lte=F("raise_likely")) & Q(raise_likely__lte=F("raise_high")), name="raise_in_order"
            ),
        ]

    def __str__(self) -> str:
        """Step and project."""
        return f"{self.step} supervises {self.project}"


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


class PulseAnswer(Tracked):
    """Two questions to a person: does your work serve a goal, and which? Shown only in groups."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="pulse_answers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    on = models.DateField()
    share = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(100)], help_text="Percent of my hours that serve a goal"
    )
    knows_goal = models.BooleanField(help_text="I could name the goal without looking")

    kind = Kind.PULSE
    scope_path = "office__scope"
    own_paths = ("person",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "person", "on"], name="one_pulse_a_day")]

    def __str__(self) -> str:
        """The day."""
        return str(self.on)


class PlanVersion(Tracked):
    """The plan as it stood when it was proposed: a baseline of its dates, and one document of everything else, by ids.

    What it holds is never changed; what becomes of it (signed, in force, superseded) is told by its events.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        SIGNED = "SIGNED", "Signed"
        IN_FORCE = "IN_FORCE", "In force"
        SUPERSEDED = "SUPERSEDED", "Superseded"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    baseline = models.OneToOneField(Baseline, models.PROTECT, related_name="plan_version")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the document and the baseline’s rows")
    because = models.CharField(max_length=1000, help_text="What changed since the last version, and why")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    in_force_on = models.DateField(null=True, blank=True)
    superseded_on = models.DateField(null=True, blank=True)

    kind = Kind.PLAN
    scope_path = "plan__scope"
    is_fact = True
    is_sealed = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="IN_FORCE"), name="one_version_in_force"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state__in=["PROPOSED", "SIGNED"]), name="one_version_proposed"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return f"version {self.number}"


class VersionDocument(InOrganisation):
    """What a version holds beside its baseline. A row of its own: large, without history, and shown to nobody as it is."""

    version = models.OneToOneField(PlanVersion, models.PROTECT, related_name="document", primary_key=True)
    text = models.TextField(help_text="Canonical JSON: ids and figures, no names")

    def __str__(self) -> str:
        """Of which version."""
        return f"document of {self.version_id}"


class SignOff(Tracked):
    """What somebody said of a version proposed: agrees or objects. Of one person the newest stands; an objection is answered."""

    class Verdict(models.TextChoices):
        AGREES = "AGREES", "Agrees"
        OBJECTS = "OBJECTS", "Objects"

    class Answer(models.TextChoices):
        OPEN = "", "Open"
        RESOLVED = "RESOLVED", "Resolved"
        OVERRULED = "OVERRULED", "Overruled"

    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="sign_offs")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    because = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_because = models.CharField(max_length=1000, blank=True)

    kind = Kind.PLAN
    scope_path = "plan_version__plan__scope"
    own_paths = ("person",)
    is_fact = True
    is_sealed = True

    class Meta:
        indexes: ClassVar = [models.Index(fields=["plan_version", "person", "-at"])]

    def __str__(self) -> str:
        """The verdict."""
        return self.get_verdict_display()


class StepException(Tracked):
    """Leave for a step to stand in a version without a contribution, a supervision or a duty: why, and until when."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="exceptions")
    because = models.CharField(max_length=500)
    until = models.DateField()
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    kind = Kind.PLAN
    scope_path = "step__plan__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["step"], name="one_exception_a_step")]

    def __str__(self) -> str:
        """The last day."""
        return f"until {self.until}"


class PlanEvent(InOrganisation):
    """What became of a version: one link of the chain of its plan. Appended, never changed or removed; ids and times only."""

    class What(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        AGREED = "AGREED", "Signed"
        OBJECTED = "OBJECTED", "Objected"
        RESOLVED = "RESOLVED", "Objection resolved"
        OVERRULED = "OVERRULED", "Objection overruled"
        APPROVED = "APPROVED", "Approved"
        SUPERSEDED = "SUPERSEDED", "Superseded"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        SEEN = "SEEN", "Read and seen"

    plan = models.ForeignKey(BusinessPlan, models.PROTECT, related_name="events")
    place = models.PositiveIntegerField(help_text="From 1 on, without a gap")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=What.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    holds = models.CharField(max_length=64, help_text="SHA-256 of what the version holds")
    before = models.CharField(max_length=64, help_text="The hash of the event before; empty at the first")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of all the above")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "place"], name="one_event_a_place")]

    def __str__(self) -> str:
        """What and of which version."""
        return f"{self.what} {self.version_id}"
