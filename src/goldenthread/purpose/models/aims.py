"""Why the PMO exists, what it is to reach, and what reaching it is worth."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from goldenthread.accounts.models import Person, Scope
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind


class Office(Tracked):
    """One PMO."""

    scope = models.OneToOneField(Scope, models.PROTECT, related_name="office")
    name = models.CharField(max_length=120)
    code = models.SlugField(max_length=20)
    head = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    red_means = models.CharField(max_length=200, blank=True, help_text="What a red status means in this office")
    supervision_minutes = models.PositiveIntegerField(default=0, help_text="Minutes a week for supervising projects")

    kind = Kind.MANDATE
    scope_path = "scope"
    making_kind = Kind.SETTINGS  # an office is added by who keeps the organisation's settings

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "code"], name="one_office_a_code")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Mandate(Tracked):
    """Why the office exists, given by somebody, for a time. One is in force per office."""

    class MandateKind(models.TextChoices):
        SUPPORTIVE = "SUPPORTIVE", "Supportive"
        CONTROLLING = "CONTROLLING", "Controlling"
        DIRECTIVE = "DIRECTIVE", "Directive"
        VALUE = "VALUE", "Value office"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        IN_FORCE = "IN_FORCE", "In force"
        SUPERSEDED = "SUPERSEDED", "Superseded"

    office = models.ForeignKey(Office, models.PROTECT, related_name="mandates")
    title = models.CharField(max_length=200)
    mandate_kind = models.CharField(max_length=20, choices=MandateKind.choices, default=MandateKind.SUPPORTIVE)
    purpose = models.TextField(max_length=4000)
    issuer = models.CharField(max_length=120, help_text="Who gave it: a person or a body")
    issued_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    kind = Kind.MANDATE
    scope_path = "office__scope"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office"], condition=Q(state="IN_FORCE"), name="one_mandate_in_force"),
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("valid_from")), name="mandate_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Clause(Tracked):
    """One sentence of a mandate that an objective can cite."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    kind = Kind.MANDATE
    scope_path = "mandate__office__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mandate", "number"], name="one_clause_a_number")]

    def __str__(self) -> str:
        """Number and text."""
        return f"{self.number} {self.text}"


class Service(Tracked):
    """What the office offers, does not offer, or has stopped. The last two make the stop list."""

    class State(models.TextChoices):
        OFFERED = "OFFERED", "Offered"
        NOT_OFFERED = "NOT_OFFERED", "Not our job"
        RETIRED = "RETIRED", "Retired"

    class ServiceClass(models.TextChoices):
        GOVERNANCE = "GOVERNANCE", "Governance"
        ASSURANCE = "ASSURANCE", "Assurance"
        SUPPORT = "SUPPORT", "Support"
        VALUE = "VALUE", "Value"
        CAPABILITY = "CAPABILITY", "Capability"

    office = models.ForeignKey(Office, models.PROTECT, related_name="services")
    name = models.CharField(max_length=120)
    detail = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OFFERED)
    service_class = models.CharField(max_length=20, choices=ServiceClass.choices, default=ServiceClass.SUPPORT)
    goes_to = models.CharField(max_length=120, blank=True, help_text="Who does it instead")
    stopped_on = models.DateField(null=True, blank=True)
    planned_share = models.PositiveIntegerField(
        default=0,
        validators=[MaxValueValidator(10_000)],
        help_text="Planned share of the office's hours, in hundredths of a percent",
    )

    kind = Kind.MANDATE
    scope_path = "office__scope"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "name"], name="one_service_a_name")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Objective(Tracked):
    """What the office is to reach, seen from the organisation. Its chance comes from its required targets."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        PROPOSED = "PROPOSED", "Proposed"
        APPROVED = "APPROVED", "Approved"
        ACHIEVED = "ACHIEVED", "Achieved"
        RETIRED = "RETIRED", "Retired"

    class Ambition(models.TextChoices):
        COMMITTED = "COMMITTED", "Committed"
        ASPIRATIONAL = "ASPIRATIONAL", "Aspirational"

    office = models.ForeignKey(Office, models.PROTECT, related_name="objectives")
    title = models.CharField(max_length=300)
    short_name = models.CharField(max_length=60, blank=True, help_text="A few words for maps and threads")
    detail = models.TextField(max_length=4000, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="objectives")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="objectives")
    ambition = models.CharField(max_length=20, choices=Ambition.choices, default=Ambition.COMMITTED)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    leadership_goal = models.CharField(max_length=300, blank=True, help_text="The leadership's goal it comes from")
    agreed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    agreed_on = models.DateField(null=True, blank=True)
    missed_by = models.CharField(max_length=200, blank=True, help_text="Who outside the PMO would miss it")
    disbenefits = models.CharField(max_length=500, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="After this day it no longer counts")
    is_confidential = models.BooleanField(default=False)
    source_key = models.CharField(max_length=120, blank=True, editable=False, help_text="Id in the file it came from")

    kind = Kind.OBJECTIVE
    scope_path = "office__scope"
    own_paths = ("owner",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["office", "source_key"], condition=~Q(source_key=""), name="one_objective_a_source_key"
            )
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title

    @property
    def label(self) -> str:
        """The few words that stand on maps and threads."""
        return self.short_name or self.title


class Kpi(Tracked):
    """An indicator: a number with a unit, a direction or a band, a source and a measurement owner."""

    class Direction(models.TextChoices):
        RISE = "RISE", "Higher is better"
        FALL = "FALL", "Lower is better"
        BAND = "BAND", "Keep within a band"

    class Cadence(models.TextChoices):
        WEEKLY = "WEEKLY", "Weekly"
        MONTHLY = "MONTHLY", "Monthly"
        QUARTERLY = "QUARTERLY", "Quarterly"
        YEARLY = "YEARLY", "Yearly"

    office = models.ForeignKey(Office, models.PROTECT, related_name="kpis")
    name = models.CharField(max_length=160)
    unit = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices, default=Direction.RISE)
    decimals = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(6)])
    floor = models.FloatField(null=True, blank=True, help_text="The figure cannot fall below this")
    ceiling = models.FloatField(null=True, blank=True, help_text="The figure cannot rise above this")
    definition = models.TextField(max_length=2000, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="Where the figure is read")
    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.MONTHLY)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="kpis", help_text="Who enters the figure"
    )
    is_completion = models.BooleanField(default=False, help_text="Counts how much of a task is done, not a result")
    is_internal = models.BooleanField(default=False, help_text="Only the PMO itself would notice a change")
    redefined_on = models.DateField(null=True, blank=True, help_text="Figures before this day measured something else")
    overlaps = models.CharField(max_length=60, blank=True, help_text="KPIs with the same word may count the same money")
    source_key = models.CharField(max_length=120, blank=True, editable=False)

    kind = Kind.KPI
    scope_path = "office__scope"
    own_paths = ("owner",)

    @staticmethod
    def secret_rows() -> Q:
        """A figure that serves confidential objectives alone is as confidential as they are: its name tells what they are."""
        return Q(id__in=secret_kpis())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "name"], name="one_kpi_a_name"),
            models.CheckConstraint(condition=Q(ceiling__gt=models.F("floor")), name="ceiling_above_floor"),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Target(Tracked):
    """What a KPI is to be on a day for an objective."""

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="targets")
    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="targets")
    baseline = models.FloatField(null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True, help_text="Empty for a band")
    band_low = models.FloatField(null=True, blank=True)
    band_high = models.FloatField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    tolerance = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0.0)])
    is_required = models.BooleanField(default=True)

    kind = Kind.OBJECTIVE
    scope_path = "objective__office__scope"
    confidential_path = "objective__is_confidential"
    own_paths = ("objective__owner",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["objective", "kpi", "due_on"], name="one_target_a_day"),
            models.CheckConstraint(condition=Q(band_high__gt=models.F("band_low")), name="band_has_width"),
        ]

    def __str__(self) -> str:
        """KPI and value."""
        return f"{self.kpi} → {self.value}"


def secret_kpis() -> models.QuerySet[Any]:
    """Ids of the KPIs whose every target belongs to a confidential objective."""
    open_to_all = Target.objects.filter(kpi=models.OuterRef("pk"), objective__is_confidential=False)
    named = Kpi.objects.filter(targets__objective__is_confidential=True)
    return named.exclude(models.Exists(open_to_all)).values("pk")


def of_secret_kpis() -> Q:
    """Rows about such a KPI."""
    return Q(kpi__in=secret_kpis())


class ValueRate(Tracked):
    """What one unit of a KPI is worth. Counts in a total only once finance has signed it."""

    class RateKind(models.TextChoices):
        PER_YEAR = "PER_YEAR", "Per year, while it holds"
        ONCE = "ONCE", "Once, at the target date"

    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="value_rates")
    minor = models.BigIntegerField(help_text="Worth of one unit, in minor units of the currency")
    currency = models.CharField(max_length=3)
    rate_kind = models.CharField(max_length=10, choices=RateKind.choices, default=RateKind.PER_YEAR)
    held_until = models.DateField(null=True, blank=True)
    valid_from = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    signed_on = models.DateField(null=True, blank=True)

    kind = Kind.VALUE_RATE
    scope_path = "kpi__office__scope"
    secret_rows = staticmethod(of_secret_kpis)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kpi", "valid_from"], name="one_value_rate_a_day"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_on__isnull=True) | Q(signed_by__isnull=False, signed_on__isnull=False),
                name="a_signature_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        """KPI and day."""
        return f"{self.kpi} from {self.valid_from}"


class Measurement(Tracked):
    """A figure of a KPI for a day. A fact: corrected by a later one, withdrawn with a reason, never deleted."""

    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="measurements")
    on = models.DateField()
    value = models.FloatField()
    source = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    is_estimate = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    kind = Kind.KPI
    scope_path = "kpi__office__scope"
    secret_rows = staticmethod(of_secret_kpis)
    own_paths = ("kpi__owner",)
    is_fact = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kpi", "on"], condition=Q(withdrawn_at__isnull=True), name="one_standing_figure_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["kpi", "on"])]

    def __str__(self) -> str:
        """KPI, day and value."""
        return f"{self.kpi} {self.on}: {self.value}"


class Strategy(Tracked):
    """What a file that was taken in says as a whole: who it is of, mission, vision, values, source, dates. One per source."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="strategies")
    source_key = models.CharField(max_length=120, editable=False, help_text="By what the same strategy is known again")
    name = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200)
    taken_in_on = models.DateField()
    said = models.JSONField(default=dict, help_text="All that the file says beside its goals")

    kind = Kind.OBJECTIVE
    scope_path = "office__scope"

    class Meta:
        verbose_name_plural = "strategies"
        constraints: ClassVar = [models.UniqueConstraint(fields=["office", "source_key"], name="one_strategy_a_source")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class StrategyPart(Tracked):
    """An objective, a goal that is one itself, or an indicator of one, as the file states it, tied to the row it became.

    Every part is of an objective; so what the file says of a confidential one, the goal above it included, is confidential too.
    """

    class PartKind(models.TextChoices):
        GOAL = "GOAL", "Goal"
        OBJECTIVE = "OBJECTIVE", "Objective"
        INDICATOR = "INDICATOR", "Indicator"

    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="parts")
    part_kind = models.CharField(max_length=10, choices=PartKind.choices)
    position = models.PositiveIntegerField()
    above = models.PositiveIntegerField(null=True, blank=True, help_text="Position of the goal or objective it stands under")
    objective = models.ForeignKey(Objective, models.PROTECT, related_name="stated")
    kpi = models.ForeignKey(Kpi, models.PROTECT, null=True, blank=True, related_name="stated")
    said = models.JSONField(default=dict)
    goal = models.JSONField(default=dict, blank=True, help_text="What the file says of the goal above an objective")

    kind = Kind.OBJECTIVE
    scope_path = "strategy__office__scope"
    confidential_path = "objective__is_confidential"
    own_paths = ("objective__owner",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["strategy", "position"], name="one_strategy_part_a_position")]

    def __str__(self) -> str:
        """What it is and how it is called."""
        return f"{self.get_part_kind_display()} {self.said.get('name') or self.said.get('dimension') or self.position}"
