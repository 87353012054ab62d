"""`schedule simulate FILE|PROJECT`: what finish dates may come out where durations are uncertain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenthread.config.printing import document, say, table
from goldenthread.config.schedule_files import read_schedule

if TYPE_CHECKING:
    from goldenthread.config.session import Session
    from goldenthread.formats.risk_list import RiskEvent, RiskList
    from goldenthread.formats.schedule_risk import RiskRequest

SHOWN = 10


def simulate_file(name: str, *, json: bool, risks: str = "", **stated: Any) -> None:
    """Of a file: every project's finish in 10, 50, 80 and 90 % of runs, its milestones, and what would help most."""
    from goldenthread.formats.schedule_risk import simulated

    events = _events(risks)
    request = _request(**stated)
    _answer({"file": name, **read_schedule(name, lambda file: simulated(file, request, events=events))}, json=json)


def simulate_project(session: Session, name: str, *, json: bool, risks: str = "", **stated: Any) -> None:
    """The same of a project that is stored here, by its id, reference or name; a list of risks takes the place of those kept."""
    from django.utils import timezone

    from goldenthread.projects.queries import simulated_project

    told = simulated_project(name, session.person, _request(**stated), timezone.localdate(), _events(risks))
    _answer({"project": name, **told}, json=json)


def _answer(told: dict[str, Any], *, json: bool) -> None:
    if json:
        document(told)
        return
    for project in told["projects"]:
        _say(project)
    say(f"{told['runs']:,} runs, seed {told['seed']}. {told['assumed']['words']}")


def _events(name: str) -> tuple[RiskEvent, ...]:
    """The list of risks in a file; none where no file is named."""
    from goldenthread.formats.errors import FormatError
    from goldenthread.formats.limits import read_guarded
    from goldenthread.kit.errors import Refused

    if not name:
        return ()
    try:
        found: RiskList = read_guarded("risks", Path(name).read_bytes())
        return found.usable()
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.", field="--risks") from error
    except FormatError as error:
        raise Refused(f"{name}: {error}", field="--risks") from error


def _request(*, runs: int, seed: int, spread: str, shape: str, correlation: float) -> RiskRequest:
    from goldenthread.formats.errors import FormatError
    from goldenthread.formats.schedule_risk import RiskRequest
    from goldenthread.kit.errors import Refused

    try:
        low, likely, high = (float(part) for part in spread.split("/"))
    except ValueError as error:
        raise Refused(f"“{spread}” is no spread: write three percentages, such as 90/100/125.", field="--spread") from error
    try:
        return RiskRequest(runs, seed, shape, low, likely, high, correlation)
    except FormatError as error:
        raise Refused(str(error), field="--spread") from error


def _say(project: dict[str, Any]) -> None:
    finish = project["finish"]
    say(f"{project['name']}\n")
    for note in project["notes"]:
        say(f"  {note}")
    if finish is None:
        say("")
        return
    stated = project["with_own_range"]
    say(f"  Uncertain: {project['activities']} activities, of which {stated or 'none'} with a range of the file's own.")
    say(f"  The plan says {_day(finish['stated'])}; {finish['chance_of_stated']:.0%} of runs end by then.")
    for one in project["promises"]:
        say(f"  The {one['words']} says {_day(one['target'])}; {one['chance_of_target']:.0%} of runs end by then.")
    if finish["target"]:
        say(f"  The {finish['target_kind']} says {_day(finish['target'])}; {finish['chance_of_target']:.0%} of runs end by then.")
    say("  " + "; ".join(f"P{p} {_day(finish[f'p{p}'])}" for p in (10, 50, 80, 90)) + ".")
    if finish["p80_standard_error_days"] is not None:
        between = " and ".join(_day(moment) for moment in finish["p80_interval_95"])
        say(f"  P80's standard error is {finish['p80_standard_error_days']:.2f} days: 95 % sure between {between}.")
    _say_cost(project["cost"])
    say("")
    rows = [_milestone(one) for one in project["milestones"][:SHOWN]]
    if rows:
        table(["milestone", "plan", "P50", "P80", "wanted by", "chance"], rows, "")
        say("")
    critical = [_activity(one) for one in project["critical"][:SHOWN] if one["criticality"]]
    table(["most often critical", "critical in", "moves the finish (rank)", "sensitivity"], critical, "No activity.")
    say("")
    helps = [[_named(one), one["kind"], f"{one['p80_falls_days']:.1f} days"] for one in project["helps"][:SHOWN]]
    table(["what would help most: no uncertainty in", "", "P80 falls by"], helps, "No single activity or risk moves P80.")
    say("")
    if project["risks"]:
        risks = [[one["name"][:60], f"{one['chance_percent']:g} %", _fall(one["p80_falls_days"])] for one in project["risks"]]
        table(["risk", "chance", "without it P80 falls by"], risks[:SHOWN], "")
        say("")


def _fall(days: float | None) -> str:
    return "not tried" if days is None else f"{days:.1f} days"


def _say_cost(cost: dict[str, Any] | None) -> None:
    if cost is None:
        return
    stated = f"{cost['stated']:,.0f} {cost['currency']}".strip()
    say(f"  Cost: {stated} as planned, P50 {cost['p50']:,.0f}, P80 {cost['p80']:,.0f}.")
    level = cost["percentile_that_keeps_both_in_80_percent"]
    both = f"  Date and cost of P80 both hold in {cost['chance_of_p80_date_and_p80_cost']:.0%} of runs"
    say(f"{both}; both hold in 80 % when planned at P{level}." if level else f"{both}.")


def _activity(one: dict[str, Any]) -> list[str]:
    rank = "" if one["cruciality"] is None else f"{one['cruciality']:.2f}"
    return [_named(one), f"{one['criticality']:.0%} of runs", rank, f"{one['sensitivity']:.2f}"]


def _milestone(one: dict[str, Any]) -> list[str]:
    wanted = f"{_day(one['target'])} ({one['target_kind']})" if one["target"] else ""
    chance = "" if one["chance_of_target"] is None else f"{one['chance_of_target']:.0%}"
    return [_named(one), *(_day(one[name]) for name in ("stated", "p50", "p80")), wanted, chance]


def _named(one: dict[str, Any]) -> str:
    return f"{one['id']} {one['name'][:40]}".strip()


def _day(moment: str) -> str:
    """A day that no country reads otherwise: 3 Mar 2027."""
    day = dt.datetime.fromisoformat(moment)
    return f"{day.day} {day:%b %Y}"
