"""Public holidays of a country or of one of its regions, from the `holidays` package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True)
class Holiday:
    """A day on which nobody is expected to work."""

    on: date
    name: str


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """ISO codes of the countries whose holidays are known."""
    from holidays.registry import COUNTRIES

    return tuple(sorted(entry[1] for entry in COUNTRIES.values()))


@lru_cache(maxsize=64)
def regions(country: str) -> dict[str, str]:
    """A country's regions that have holidays of their own: code and name."""
    import holidays

    if country not in countries():
        return {}
    found = holidays.country_holidays(country)
    names = {code: name for name, code in found.subdivisions_aliases.items()}
    return {code: names.get(code, code) for code in found.subdivisions}


@lru_cache(maxsize=64)
def public_holidays(place: str, year: int) -> tuple[Holiday, ...]:
    """The public holidays of `place` ("GB", "GB-ENG") in a year, in order; none for an empty or unknown place."""
    import holidays

    country, _, region = place.partition("-")
    if country not in countries() or (region and region not in regions(country)):
        return ()
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    return tuple(Holiday(day, name) for day, name in sorted(found.items()))
