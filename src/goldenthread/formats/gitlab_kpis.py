"""Lists of performance indicators in YAML, as GitLab's public handbook keeps them, as a plan: one goal for each `org`.

Targets are sentences there. One that states a direction and one number is read; any other stays in words and is listed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from goldenthread.formats.errors import FormatError
from goldenthread.formats.strategy import Goal, Indicator, Measurement, NotUnderstood, Plan, Result, Role, Stakeholder

EVENTS = 200_000
DEPTH = 20
_ADVICE = "A list of indicators starts each entry with “- name:”."
_WANTED = re.compile(
    r"(?P<how>above|over|at or above|at least|greater than|more than|equal or greater than|greater than or equal to|below|under"
    r"|at or below|at most|less than|equal or less than|less than or equal to|>=|<=|>|<)?\s*"
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)\s*(?P<unit>%|[A-Za-z][A-Za-z/ ]{0,38})?\.?",
    re.IGNORECASE,
)
_FALLS = ("below", "under", "at or below", "at most", "less than", "equal or less than", "less than or equal to", "<=", "<")
_TAKEN = frozenset("name definition target org dri health urls parent base_path is_key".split())
_NO_TARGET = frozenset({"", "confidential", "tbd", "none", "n/a"})


def read_gitlab_kpis(data: bytes, options: Any = None) -> Plan:
    """Read one file; FormatError where it is no such list. `options` is not used."""
    entries = _loaded(data)
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and e.get("name") for e in entries):
        raise FormatError("This YAML is no list of indicators with names.", "", _ADVICE)
    missed: list[NotUnderstood] = []
    found: dict[str, list[Indicator]] = {}
    people: dict[str, dict[str, list[str]]] = {}
    for number, entry in enumerate(entries, 1):
        org = _text(entry.get("org")) or "no department named"
        indicator = _indicator(entry, f"entry {number}", missed)
        found.setdefault(org, []).append(indicator)
        if _text(entry.get("dri")):
            people.setdefault(org, {}).setdefault(_text(entry["dri"]), []).append(indicator.dimension)
    goals = tuple(
        Goal(
            name=f"Performance indicators of {org}",
            identifier=f"gitlab-kpi/{org}",
            stakeholders=tuple(
                Stakeholder(name, type="Person", roles=(Role("Responsible", ", ".join(kpis), ("Performer",)),))
                for name, kpis in people.get(org, {}).items()
            ),
            indicators=tuple(indicators),
        )
        for org, indicators in found.items()
    )
    return Plan("Performance indicators", 2, "Performance_Plan", goals=goals, not_understood=tuple(missed))


def _loaded(data: bytes) -> Any:
    """The YAML as plain values; an alias, a tag of its own, too much or too deep is refused before anything is built."""
    depth = 0
    try:
        for count, event in enumerate(yaml.parse(data, Loader=yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if count > EVENTS or depth > DEPTH or isinstance(event, yaml.AliasEvent):
                what = "refers to other parts of itself" if isinstance(event, yaml.AliasEvent) else "holds too much, or too deep"
                line = f"line {event.start_mark.line + 1}" if event.start_mark else ""
                raise FormatError(f"The file {what}, which is refused.", line, _ADVICE)
        return yaml.safe_load(data)
    except yaml.MarkedYAMLError as problem:
        line = f"line {problem.problem_mark.line + 1}" if problem.problem_mark else ""
        raise FormatError("This is no YAML that can be read.", line, _ADVICE) from problem
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise FormatError("This is no YAML that can be read.", "", _ADVICE) from problem


def _indicator(entry: dict[Any, Any], place: str, missed: list[NotUnderstood]) -> Indicator:
    name, target = _text(entry["name"]), _text(entry.get("target"))
    other = sorted(entry.keys() - _TAKEN, key=str)
    missed += [NotUnderstood(f"{place} > {key}", "not taken over", _text(entry[key])[:200]) for key in other]
    wanted = _WANTED.fullmatch(target)
    measurements: tuple[Measurement, ...] = ()
    unit = direction = ""
    if wanted:
        unit = (wanted["unit"] or "").strip()
        how = (wanted["how"] or "").lower()
        direction = "FALL" if how in _FALLS else "RISE" if how else ""
        number = Decimal(wanted["number"].replace(",", ""))
        measurements = (Measurement((Result(number, place=place),)),)
    elif target.lower() not in _NO_TARGET:
        missed.append(NotUnderstood(f"{place} > target", "words where a number belongs", target[:200]))
    said = "\n\n".join(part for part in _said(entry, target) if part)
    return Indicator(name, unit, type="Quantitative", other_information=said, direction=direction, measurements=measurements)


def _said(entry: dict[Any, Any], target: str) -> Iterator[str]:
    """What an indicator says of itself, in paragraphs."""
    yield _text(entry.get("definition"))
    yield f"Target: {target}" if target else ""
    health = entry.get("health")
    if isinstance(health, dict):
        reasons = health.get("reasons")
        words = "; ".join(_text(one) for one in reasons) if isinstance(reasons, list) else _text(reasons)
        yield f"Health {_text(health.get('level'))} of 3: {words}"
    urls = entry.get("urls")
    yield "See: " + " ".join(_text(one) for one in urls) if isinstance(urls, list) else ""
    for key, label in (("parent", "Part of"), ("base_path", "From")):
        yield f"{label}: {_text(entry[key])}" if entry.get(key) else ""
    yield "A key indicator." if entry.get("is_key") is True else ""


def _text(value: Any) -> str:
    """A value in words, without the marks of a web page."""
    if value is None:
        return ""
    return " ".join(html.unescape(re.sub(r"<[^>]{0,2000}>", " ", str(value))).replace("\0", "").split())
