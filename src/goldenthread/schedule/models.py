"""When work happens: schedules, activities, relationships, resources, assignments and baselines.

Entered fields live on Activity; computed dates live in ActivityDates, without history, stamped with what made them.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation


class Schedule(Tracked):
    """One network of activities: the business plan's, or a project's."""

    scope = models.ForeignKey(Scope, models.PROTECT, related_name="schedules")
    name = models.CharField(max_length=200)
    data_date = models.DateField(null=True, blank=True, help_text="Empty: today")
    source_key = models.CharField(max_length=160, blank=True, editable=False, help_text="Kind and id in the file it came from")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT  # a project's schedule is changed by who may change the project
    making_kind = Kind.SETTINGS  # that of an office's plan comes with the office
    scope_path = "scope"
    confidential_path = "scope__project__is_confidential"

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def is_of_project(self) -> bool:
        """Whether it is a project's, and no business plan's."""
        return self.scope.scope_kind == Scope.ScopeKind.PROJECT


class Calendar(Tracked):
    """The working time of a schedule's activities: shifts of a week, and days that differ, as its file has them.

    week: seven lists of [from, until] in minutes of the day, Monday first. exceptions: [first day, last day, shifts].
    """

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="calendars")
    name = models.CharField(max_length=120)
    is_default = models.BooleanField(default=False)
    week = models.JSONField(default=list)
    exceptions = models.JSONField(default=list, blank=True)
    minutes_per_day = models.PositiveSmallIntegerField(default=480)
    source_key = models.CharField(max_length=120, blank=True, editable=False)

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"

    def __str__(self) -> str:
        """The name."""
        return self.name


class Activity(Tracked):
    """A piece of scheduled work; a tree. Times are whole working minutes."""

    class Constraint(models.TextChoices):
        SNET = "SNET", "Start no earlier than"
        SNLT = "SNLT", "Start no later than"
        FNET = "FNET", "Finish no earlier than"
        FNLT = "FNLT", "Finish no later than"
        MSO = "MSO", "Must start on"
        MFO = "MFO", "Must finish on"
        ALAP = "ALAP", "As late as possible"
        FIXED = "FIXED", "Dates set by hand"

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="activities")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveIntegerField(default=0, help_text="Order among its siblings")
    name = models.CharField(max_length=300)
    code = models.CharField(max_length=60, blank=True, help_text="What its file calls it: a WBS code or an activity id")
    is_milestone = models.BooleanField(default=False)
    is_summary = models.BooleanField(default=False, help_text="Never work of its own, even with nothing under it")
    is_level_of_effort = models.BooleanField(default=False, help_text="Lasts as long as what it goes along with: never critical")
    duration = models.PositiveIntegerField(default=480, validators=[MaxValueValidator(10_000_000)], help_text="Working minutes")
    is_elapsed = models.BooleanField(default=False, help_text="The duration is by the clock, nights and days off included")
    remaining = models.PositiveIntegerField(null=True, blank=True, help_text="What is left of it; empty: as progress says")
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="activities")
    constraint_kind = models.CharField(max_length=5, choices=Constraint.choices, blank=True)
    constraint_date = models.DateField(null=True, blank=True)
    not_before = models.DateField(null=True, blank=True)
    deadline = models.DateField(null=True, blank=True)
    # Effort: person-minutes that remain, as a range; remaining duration follows progress.
    effort_low = models.PositiveIntegerField(null=True, blank=True)
    effort_likely = models.PositiveIntegerField(null=True, blank=True)
    effort_high = models.PositiveIntegerField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(100)], help_text="Percent of the work done"
    )
    actual_start = models.DateField(null=True, blank=True)
    actual_finish = models.DateField(null=True, blank=True)
    blocked_because = models.CharField(max_length=300, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    source_key = models.CharField(max_length=120, blank=True, editable=False)
    stated_start = models.DateField(null=True, blank=True, help_text="As the file has it")
    stated_finish = models.DateField(null=True, blank=True, help_text="As the file has it")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"
    own_paths = ("assignments__resource__person",)

    class Meta:
        verbose_name_plural = "activities"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(actual_finish__gte=F("actual_start")), name="activity_finishes_after_it_starts"),
            models.CheckConstraint(
                condition=Q(effort_low__lte=F("effort_likely")) & Q(effort_likely__lte=F("effort_high")), name="effort_in_order"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="progress_up_to_hundred"),
        ]
        indexes: ClassVar = [models.Index(fields=["schedule", "parent", "position"])]

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def is_done(self) -> bool:
        """Whether it has finished."""
        return self.actual_finish is not None


class ActivityDates(InOrganisation):
    """Dates computed for an activity. Recomputed, never undone."""

    activity = models.OneToOneField(Activity, models.CASCADE, related_name="dates", primary_key=True)
    early_start = models.DateField()
    early_finish = models.DateField()
    late_start = models.DateField()
    late_finish = models.DateField()
    total_float = models.IntegerField(help_text="Working minutes")
    free_float = models.IntegerField(help_text="Working minutes")
    is_critical = models.BooleanField()
    is_on_longest_path = models.BooleanField(default=False)
    driven_by = models.JSONField(default=list, help_text="Ids of the activities that set its dates")
    parts = models.JSONField(null=True, help_text="Of split work the days from which and to which each part lasts")
    drag = models.IntegerField(
        null=True, help_text="Working minutes that all would finish earlier if it took no time; empty: not worked out"
    )

    kind = Kind.PLAN
    scope_path = "activity__schedule__scope"
    confidential_path = "activity__schedule__scope__project__is_confidential"

    def __str__(self) -> str:
        """The activity."""
        return str(self.activity_id)


class ScheduleDates(InOrganisation):
    """The stamp of all computed dates of a schedule: it changes when one of them does. Recomputed, never undone."""

    schedule = models.OneToOneField(Schedule, models.CASCADE, related_name="dates", primary_key=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the dates")

    kind = Kind.PLAN
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"

    def __str__(self) -> str:
        """The schedule."""
        return str(self.schedule_id)


class Relationship(Tracked):
    """A successor waits for a predecessor."""

    class RelationshipKind(models.TextChoices):
        FS = "FS", "Finish to start"
        SS = "SS", "Start to start"
        FF = "FF", "Finish to finish"
        SF = "SF", "Start to finish"

    class LagKind(models.TextChoices):
        WORKING = "", "working time"
        ELAPSED = "E", "by the clock"
        PERCENT = "P", "percent of the predecessor"

    predecessor = models.ForeignKey(Activity, models.CASCADE, related_name="successor_links")
    successor = models.ForeignKey(Activity, models.CASCADE, related_name="predecessor_links")
    relationship_kind = models.CharField(max_length=2, choices=RelationshipKind.choices, default=RelationshipKind.FS)
    lag = models.IntegerField(
        default=0,
        validators=[MinValueValidator(-10_000_000), MaxValueValidator(10_000_000)],
        help_text="Working minutes; negative is a lead",
    )
    lag_kind = models.CharField(
        max_length=1, choices=LagKind.choices, blank=True, default="", help_text="By the clock the lag is in minutes, too"
    )
    is_stated = models.BooleanField(default=False, editable=False, help_text="By the file of the schedule, not by hand")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "successor__schedule__scope"
    confidential_path = "successor__schedule__scope__project__is_confidential"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "relationship_kind"], name="one_relationship_a_pair_and_kind"
            ),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="no_activity_waits_for_itself"),
        ]

    def __str__(self) -> str:
        """Predecessor, kind and successor."""
        return f"{self.predecessor_id} {self.relationship_kind} {self.successor_id}"


class Resource(Tracked):
    """A person, role, equipment or material that work is assigned to. May have no person."""

    class ResourceKind(models.TextChoices):
        PERSON = "PERSON", "Person"
        ROLE = "ROLE", "Role"
        EQUIPMENT = "EQUIPMENT", "Equipment"
        MATERIAL = "MATERIAL", "Material"

    name = models.CharField(max_length=120)
    resource_kind = models.CharField(max_length=10, choices=ResourceKind.choices, default=ResourceKind.PERSON)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="resource")
    cost_minor = models.BigIntegerField(
        null=True, blank=True, help_text="Cost of an hour, minor units of the organisation's currency"
    )

    kind = Kind.PERSON
    comes_along = True  # with the first work that a person is given

    def __str__(self) -> str:
        """The name."""
        return self.name


class Assignment(Tracked):
    """A resource works on an activity."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="assignments")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="assignments")
    units = models.PositiveIntegerField(default=100, validators=[MaxValueValidator(1000)], help_text="Percent of the resource")
    is_stated = models.BooleanField(default=False, editable=False, help_text="By the file of the schedule, not by hand")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "activity__schedule__scope"
    confidential_path = "activity__schedule__scope__project__is_confidential"
    own_paths = ("resource__person",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["activity", "resource"], name="one_assignment_a_pair")]

    def __str__(self) -> str:
        """Resource and activity."""
        return f"{self.resource_id} on {self.activity_id}"


class Baseline(Tracked):
    """Dates and effort of a schedule, frozen on a day. Insert-only."""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="baselines")
    name = models.CharField(max_length=120)
    set_on = models.DateField()

    kind = Kind.PLAN
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"
    is_fact = True

    def __str__(self) -> str:
        """The name."""
        return self.name


class BaselineActivity(InOrganisation):
    """One activity in a baseline."""

    in_past = "baseline"

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="activities")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="baselines")
    start = models.DateField()
    finish = models.DateField()
    effort_likely = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["baseline", "activity"], name="one_line_an_activity")]

    def __str__(self) -> str:
        """The activity."""
        return str(self.activity_id)


class StatedBaseline(Tracked):
    """What the file of a schedule says an activity once was to be; number 0 to 10, as there. The next file may say otherwise."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="stated_baselines")
    number = models.PositiveSmallIntegerField()
    start = models.DateField()
    finish = models.DateField()

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "activity__schedule__scope"
    confidential_path = "activity__schedule__scope__project__is_confidential"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["activity", "number"], name="one_stated_baseline_a_number")]

    def __str__(self) -> str:
        """Number and activity."""
        return f"Baseline {self.number} of {self.activity_id}"


class ScheduleSource(Tracked):
    """What the file of a schedule says, whole: also what no column keeps, such as times of day, options, costs and custom fields.

    The rows beside it are what holds; where one no longer says what its file does, it was changed here.
    """

    schedule = models.OneToOneField(Schedule, models.PROTECT, related_name="source")
    content = models.JSONField(help_text="As formats.schedule_kept has it")
    resources = models.JSONField(default=dict, help_text="Which resource each of the file's became: its id by theirs")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"

    def __str__(self) -> str:
        """The schedule."""
        return f"File of {self.schedule_id}"


class ScheduleRisk(Tracked):
    """Something that may happen, as its effect on the durations of a schedule's activities: what a simulation draws.

    Not the risk itself, with its owner and responses: an entry of a register may point here. low, likely and high: working days
    that are added, or percent of what remains (100 changes nothing).
    """

    class Unit(models.TextChoices):
        DAYS = "days", "working days that are added"
        PERCENT = "percent", "percent of what remains"

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="risks")
    name = models.CharField(max_length=200)
    chance = models.FloatField(help_text="Percent")
    unit = models.CharField(max_length=7, choices=Unit.choices, default=Unit.DAYS)
    low = models.FloatField()
    likely = models.FloatField()
    high = models.FloatField()

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "schedule__scope"
    confidential_path = "schedule__scope__project__is_confidential"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(chance__gte=0) & Q(chance__lte=100), name="risk_chance_up_to_hundred"),
            models.CheckConstraint(condition=Q(low__lte=F("likely")) & Q(likely__lte=F("high")), name="risk_impact_in_order"),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class DrivenActivity(Tracked):
    """An activity that a schedule risk lengthens where it happens."""

    risk = models.ForeignKey(ScheduleRisk, models.CASCADE, related_name="driven")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="risks")

    kind = Kind.PLAN
    kind_in_projects = Kind.PROJECT
    scope_path = "risk__schedule__scope"
    confidential_path = "risk__schedule__scope__project__is_confidential"

    class Meta:
        verbose_name_plural = "driven activities"
        constraints: ClassVar = [models.UniqueConstraint(fields=["risk", "activity"], name="one_activity_a_risk")]

    def __str__(self) -> str:
        """Risk and activity."""
        return f"{self.risk_id} on {self.activity_id}"


class ScheduleReview(InOrganisation):
    """The health of a large schedule, or what moved since an earlier plan, as the worker found it. Derived: never undone."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="reviews")
    question = models.CharField(max_length=40, help_text="health, or compare and the earlier plan")
    revision = models.CharField(max_length=64, help_text="SHA-256 of what the schedule was when it was looked at")
    told = models.JSONField(help_text="All but the lists")
    made_at = models.DateTimeField()

    kind = Kind.PLAN
    scope_path = "schedule__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["schedule", "question"], name="one_review_a_question")]

    def __str__(self) -> str:
        """The question."""
        return self.question


class ReviewedRows(InOrganisation):
    """A part of a list in a kept answer about a schedule: what a page shows of it is read without the rest."""

    review = models.ForeignKey(ScheduleReview, models.CASCADE, related_name="lists")
    name = models.CharField(max_length=40, help_text="A check, or a kind of difference")
    number = models.PositiveIntegerField(help_text="Which part, from 0")
    rows = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "name", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        """The list and the part."""
        return f"{self.name} {self.number}"
