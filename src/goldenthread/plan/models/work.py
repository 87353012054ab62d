"""Steps, who is responsible for them, the duties, and how each moves which number."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.projects.models import GoalAnswer, Project
from goldenthread.purpose.models import Kpi, Office, Service, of_secret_kpis
from goldenthread.schedule.models import Activity, Schedule


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
