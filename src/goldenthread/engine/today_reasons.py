"""Why a piece of work stands where it stands today, in a few plain words and without money.

A reason is one registered function over `Facts` that returns a sentence or None; they are tried in the order they stand here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from goldenthread.engine.text_dates import MONTHS

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NEAR_DAYS = 7  # a day within a week is called by its name


@dataclass(frozen=True, slots=True)
class Facts:
    """What the reasons look at.

    `cost_rank` and `yield_rank` count from 1 among items whose cost of delay is known and above zero: by cost of delay, and
    by cost of delay per hour left. `float_days` are spare working days. None: not known.
    """

    position: int
    day: date
    due: date | None = None
    float_days: float | None = None
    hours_left: float | None = None
    cost_rank: int | None = None
    yield_rank: int | None = None
    is_duty: bool = False
    started: bool = False
    waiting_days: int = 0
    longest_waiting: bool = False
    smallest: bool = False
    waits_for: str = ""
    holds_up: str = ""
    holds_up_on: date | None = None
    is_question: bool = False
    measurement_days_late: int = 0
    estimated: bool = True
    has_goal: bool = False


Rule = Callable[[Facts], str | None]
REASONS: dict[str, Rule] = {}


def reason(code: str) -> Callable[[Rule], Rule]:
    """Registers a reason; the order of registration is the order in which reasons are tried."""

    def register(rule: Rule) -> Rule:
        REASONS[code] = rule
        return rule

    return register


def why(facts: Facts) -> tuple[str, str]:
    """Code and sentence of the first reason that applies."""
    for code, rule in REASONS.items():
        sentence = rule(facts)
        if sentence:
            return code, sentence
    return "in_plan", "In the plan for now"


def day_name(moment: date, today: date) -> str:
    """A day as people say it: today, tomorrow, Thursday, 14 March, 14 March 2028."""
    distance = (moment - today).days
    if distance in {-1, 0, 1}:
        return ("yesterday", "today", "tomorrow")[distance + 1]
    if 1 < distance < NEAR_DAYS:
        return WEEKDAYS[moment.weekday()]
    year = "" if moment.year == today.year else f" {moment.year}"
    return f"{moment.day} {MONTHS[moment.month - 1].capitalize()}{year}"


def _days(count: float) -> str:
    whole = max(1, round(count))
    return "1 day" if whole == 1 else f"{whole} days"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@reason("waits_for")
def waits_for(facts: Facts) -> str | None:
    return f"Waits for {facts.waits_for}" if facts.waits_for else None


@reason("duty")
def duty(facts: Facts) -> str | None:
    if not facts.is_duty or facts.due is None:
        return None
    if facts.due < facts.day:
        return f"Duty: was due {day_name(facts.due, facts.day)}"
    return f"Duty: due {day_name(facts.due, facts.day)}"


@reason("holds_up")
def holds_up(facts: Facts) -> str | None:
    if not facts.holds_up:
        return None
    when = ""
    if facts.holds_up_on is not None and facts.holds_up_on >= facts.day:
        name = day_name(facts.holds_up_on, facts.day)
        when = f"{_capital(name)}’s " if name in {*WEEKDAYS, "today", "tomorrow"} else ""
    thing = f"{when}{facts.holds_up}" if when else _capital(facts.holds_up)
    return f"First: {thing} waits for it" if facts.position == 1 else f"{thing} waits for it"


@reason("overdue")
def overdue(facts: Facts) -> str | None:
    if facts.due is None or facts.due >= facts.day:
        return None
    return f"Was due {_days((facts.day - facts.due).days)} ago"


@reason("due_now")
def due_now(facts: Facts) -> str | None:
    if facts.due is None or (facts.due - facts.day).days > 1:
        return None
    return f"Due {day_name(facts.due, facts.day)}"


@reason("behind")
def behind(facts: Facts) -> str | None:
    if facts.float_days is None or facts.float_days >= 0:
        return None
    return f"The plan needs it {_days(-facts.float_days)} sooner"


@reason("no_float")
def no_float(facts: Facts) -> str | None:
    return "No spare days" if facts.float_days is not None and facts.float_days < 1 else None


@reason("measurement")
def measurement(facts: Facts) -> str | None:
    return f"The figure is {_days(facts.measurement_days_late)} late" if facts.measurement_days_late > 0 else None


@reason("waiting")
def waiting(facts: Facts) -> str | None:
    if facts.waiting_days < 1:
        return None
    if facts.smallest and facts.longest_waiting:
        return "Smallest effort, longest wait"
    return f"Somebody has waited {_days(facts.waiting_days)} for your answer"


@reason("question")
def question(facts: Facts) -> str | None:
    return "Asked today: an answer takes minutes" if facts.is_question else None


@reason("cost_of_delay")
def cost_of_delay(facts: Facts) -> str | None:
    return "Waiting costs the goal most here" if facts.cost_rank == 1 else None


@reason("yield")
def gains_most(facts: Facts) -> str | None:
    return "Helps the goal most for the hours it takes" if facts.yield_rank == 1 else None


@reason("little_float")
def little_float(facts: Facts) -> str | None:
    if facts.float_days is None or facts.float_days >= 5:
        return None
    days = int(facts.float_days)
    return "1 spare day" if days == 1 else f"{days} spare days"


@reason("due_soon")
def due_soon(facts: Facts) -> str | None:
    if facts.due is None or (facts.due - facts.day).days > 2 * NEAR_DAYS:
        return None
    return f"Due {day_name(facts.due, facts.day)}"


@reason("started")
def started(facts: Facts) -> str | None:
    return "Started: bring it to an end" if facts.started else None


@reason("serves_goal")
def serves_goal(facts: Facts) -> str | None:
    return "Each day’s wait costs the goal a little" if facts.cost_rank is not None else None


@reason("not_estimated")
def not_estimated(facts: Facts) -> str | None:
    if facts.estimated:
        return None
    known = "What a wait costs is not known yet" if facts.has_goal else "No goal named"
    return f"{known}; placed by spare days and due date"
