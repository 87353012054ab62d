"""What was said before, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from goldenthread.accounts.models import Person
from goldenthread.kit.history import Tracked
from goldenthread.kit.permissions import Kind
from goldenthread.kit.scoping import InOrganisation
from goldenthread.plan.models import Step
from goldenthread.projects.models import Project
from goldenthread.purpose.models import Kpi, Target, of_secret_kpis, secret_kpis


class StatedChance(InOrganisation):
    """A chance said of a target on a day, beside the aim it spoke of, which may move later. Scored once, by that aim.

    `closed_on` is the day on which it was judged; `was_reached` stays empty where no figure came, or where the KPI changed its
    meaning.
    """

    made_on = models.DateField(help_text="The day whose figures and plan the forecast knew")
    due_on = models.DateField()
    value = models.FloatField(null=True, help_text="Empty for a band")
    band_low = models.FloatField(null=True)
    band_high = models.FloatField(null=True)
    tolerance = models.FloatField(null=True)
    chance = models.FloatField(help_text="Between 0 and 1")
    closed_on = models.DateField(null=True)
    outcome = models.FloatField(null=True, help_text="The figure at the due date, in the KPI's unit")
    was_reached = models.BooleanField(null=True)

    class Meta:
        abstract = True


class Prediction(StatedChance):
    """What the forecast said of a target in a month, with the aim it spoke of. Derived, never changed, scored once."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="predictions")
    p10 = models.FloatField(null=True)
    p50 = models.FloatField(null=True)
    p90 = models.FloatField(null=True)
    basis = models.CharField(max_length=20)
    engine = models.CharField(max_length=20)

    kind = Kind.OBJECTIVE
    scope_path = "target__objective__office__scope"
    confidential_path = "target__objective__is_confidential"
    own_paths = ("target__objective__owner",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "made_on"], name="one_prediction_a_day")]
        indexes: ClassVar = [models.Index(fields=["closed_on", "due_on"])]

    def __str__(self) -> str:
        """Target and day."""
        return f"{self.target} as of {self.made_on}"


class OwnEstimate(StatedChance):
    """How likely an owner thought a target on a day. His or her own: no changeset, no history, in no export, until shared.

    A table of its own, so that nothing that reads the forecast's predictions can show one by mistake.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="own_estimates")
    target = models.ForeignKey(Target, models.CASCADE, related_name="own_estimates")
    is_shared = models.BooleanField(default=False)

    is_private = True

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "target", "made_on"], name="one_own_estimate_a_day")]
        indexes: ClassVar = [models.Index(fields=["person", "due_on"])]

    def __str__(self) -> str:
        """Target and day, not what was said."""
        return f"own estimate of {self.made_on}"


class ExpectedResult(Tracked):
    """What a step or a project was to do to a KPI, written down before it could be seen.

    A fact: size and days stand as they were said, and a contribution that changes later changes nothing here. While the work is
    not finished the days follow its plan; after that only `note` and who looks may still change, and a withdrawal is kept.
    """

    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="expected_results")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="expected_results")
    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="expected_results")
    low = models.FloatField()
    likely = models.FloatField()
    high = models.FloatField()
    unit = models.CharField(max_length=40, blank=True)
    lag_days = models.PositiveSmallIntegerField(default=0)
    ramp_days = models.PositiveSmallIntegerField(default=0)
    said_on = models.DateField(help_text="The day on which the size was written down")
    registered_on = models.DateField()
    registered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    looker = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="expected_results")
    finished_on = models.DateField(null=True, blank=True, help_text="Empty while the work goes on")
    begins_on = models.DateField(help_text="The first day on which something of the effect could be seen")
    look_on = models.DateField(help_text="The day to look")
    note = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    kind = Kind.PLAN
    scope_path = "kpi__office__scope"
    secret_rows = staticmethod(of_secret_kpis)
    own_paths = ("looker",)
    names = ("step", "project")
    is_fact = True

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(step__isnull=False, project__isnull=True) | Q(step__isnull=True, project__isnull=False),
                name="result_of_a_step_or_a_project",
            ),
            models.CheckConstraint(condition=Q(said_on__lte=F("begins_on")), name="result_said_before_it_begins"),
            models.CheckConstraint(condition=Q(registered_on__lt=F("look_on")), name="result_registered_before_the_look"),
            models.UniqueConstraint(
                fields=["step", "kpi"],
                condition=Q(step__isnull=False, withdrawn_at__isnull=True),
                name="one_standing_result_a_step_and_kpi",
            ),
            models.UniqueConstraint(
                fields=["project", "kpi"],
                condition=Q(project__isnull=False, withdrawn_at__isnull=True),
                name="one_standing_result_a_project_and_kpi",
            ),
        ]

    def __str__(self) -> str:
        """Subject and KPI."""
        return f"{self.subject} on {self.kpi}"

    @property
    def subject(self) -> Step | Project | None:
        """The work that it is expected of."""
        return self.step or self.project

    def stands_because(self) -> str:
        """Why no undo takes it back; empty where one may: nobody chooses among what was expected once the answer is known."""
        first = self.checks.order_by("look").first()
        return f"“{self}” was looked at on {first.checked_on:%d %B %Y}: what was expected stands." if first is not None else ""


class SeenWithResult:
    """Rows about an expected result: seen by who may see it."""

    kind = Kind.PLAN
    scope_path = "result__kpi__office__scope"
    own_paths = ("result__looker",)
    names = ("result__step", "result__project")

    @staticmethod
    def secret_rows() -> Q:
        """Those about a confidential figure."""
        return Q(result__kpi__in=secret_kpis())


class ResultCheck(SeenWithResult, InOrganisation):
    """What a look at the figures found. Derived, never changed; a later look stands beside it."""

    class State(models.TextChoices):
        SEEN = "SEEN", "Seen"
        NOT_SEEN = "NOT_SEEN", "Not seen so far"
        CANNOT = "CANNOT", "Cannot be tested"

    class Reason(models.TextChoices):
        NONE = "", "No reason needed"
        FEW_BEFORE = "FEW_BEFORE", "Too few figures before it began"
        FEW_AFTER = "FEW_AFTER", "Too few figures since it was whole"
        REDEFINED = "REDEFINED", "The KPI was redefined, and too few figures of the new kind lie before it began"
        TOO_NEAR = "TOO_NEAR", "Other work on the same KPI lands too near to be told apart"
        NOISE = "NOISE", "The figures vary too much for an effect of this size to stand out"

    result = models.ForeignKey(ExpectedResult, models.CASCADE, related_name="checks")
    checked_on = models.DateField()
    look = models.PositiveSmallIntegerField(help_text="1 for the first")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True, default="")
    step_size = models.FloatField(null=True, help_text="The step found in the KPI's level")
    low = models.FloatField(null=True, help_text="In nine cases of ten it lies from here to `high`")
    high = models.FloatField(null=True)
    sure = models.FloatField(null=True, help_text="Probability that it went the promised way, 0 to 1")
    before = models.PositiveIntegerField(help_text="Figures before it began")
    after = models.PositiveIntegerField(help_text="Figures since it was whole")
    last_figure_on = models.DateField(null=True)
    observed = models.FloatField(null=True, help_text="Mean level after less mean level before")
    by_itself = models.FloatField(null=True, help_text="The part of it that the trend explains")
    attributed = models.FloatField(null=True)
    to_others = models.FloatField(null=True, help_text="Attributed to other work on the same KPI")
    remainder = models.FloatField(null=True)
    beside = models.JSONField(default=list, help_text="References of work that could not be told apart from it")
    engine = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["result", "look"], name="one_check_a_look")]

    def __str__(self) -> str:
        """Result and look."""
        return f"{self.result_id}, look {self.look}"


class RivalExplanation(SeenWithResult, Tracked):
    """Something else that could have moved the figure, and what was found of it."""

    class Cause(models.TextChoices):
        SEASON = "SEASON", "The season or the calendar"
        OTHER_WORK = "OTHER_WORK", "Other work of ours, or of a neighbour"
        COUNTING = "COUNTING", "Another way of counting or collecting"
        VOLUME = "VOLUME", "More or fewer cases than before"
        MIX = "MIX", "Other cases than before: easier, harder, elsewhere"
        OUTSIDE = "OUTSIDE", "Law, market, weather or a supplier"
        REGRESSION = "REGRESSION", "It was extreme before and went back to normal"
        EFFORT = "EFFORT", "People tried harder because they were watched"
        OTHER = "OTHER", "Something else"

    class Answer(models.TextChoices):
        OPEN = "OPEN", "Not looked at yet"
        RULED_OUT = "RULED_OUT", "Ruled out"
        POSSIBLE = "POSSIBLE", "Could explain a part"
        LIKELY = "LIKELY", "Explains it better"

    result = models.ForeignKey(ExpectedResult, models.CASCADE, related_name="rivals")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.OPEN)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["result", "cause"], name="one_answer_a_cause")]

    def __str__(self) -> str:
        """Cause and answer."""
        return f"{self.get_cause_display()}: {self.get_answer_display()}"
