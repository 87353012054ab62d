"""The business plan: which steps, who is responsible, how each moves which number, and its versions."""

from goldenthread.plan.models.effects import VersionEffect
from goldenthread.plan.models.forecast import Forecast, SharedJSON
from goldenthread.plan.models.links import PlanLink, PlanLinkReads
from goldenthread.plan.models.scenarios import Scenario, ScenarioContent, ScenarioResult
from goldenthread.plan.models.sessions import (
    AgendaItem,
    Estimate,
    EstimateRound,
    Invitee,
    PlanningSession,
    SessionWord,
    StepProposal,
)
from goldenthread.plan.models.telling import VersionMail, VersionQuestion, VersionReminder
from goldenthread.plan.models.versions import PlanEvent, PlanVersion, SignOff, StepException, VersionDocument
from goldenthread.plan.models.work import (
    DAY_OF_MONTH,
    REPEATS,
    BusinessPlan,
    Cadence,
    Contribution,
    Duty,
    DutyOccurrence,
    PulseAnswer,
    Raci,
    Step,
    Supervision,
)

__all__ = [
    "DAY_OF_MONTH",
    "REPEATS",
    "AgendaItem",
    "BusinessPlan",
    "Cadence",
    "Contribution",
    "Duty",
    "DutyOccurrence",
    "Estimate",
    "EstimateRound",
    "Forecast",
    "Invitee",
    "PlanEvent",
    "PlanLink",
    "PlanLinkReads",
    "PlanVersion",
    "PlanningSession",
    "PulseAnswer",
    "Raci",
    "Scenario",
    "ScenarioContent",
    "ScenarioResult",
    "SessionWord",
    "SharedJSON",
    "SignOff",
    "Step",
    "StepException",
    "StepProposal",
    "Supervision",
    "VersionDocument",
    "VersionEffect",
    "VersionMail",
    "VersionQuestion",
    "VersionReminder",
]
