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
def countries() -> dict[str, tuple[str, ...]]:
    """Codes of the countries known, each with the codes of its regions."""
    import holidays

    return {code: tuple(regions) for code, regions in sorted(holidays.list_supported_countries(include_aliases=False).items())}


def regions(country: str) -> tuple[str, ...]:
    """Codes of a country's regions that have holidays of their own."""
    return countries().get(country, ())


@lru_cache(maxsize=64)
def public_holidays(place: str, year: int) -> tuple[Holiday, ...]:
    """The public holidays of `place` ("GB", "GB-ENG") in a year, in order; none for an empty or unknown place."""
    import holidays

    country, _, region = place.partition("-")
    if country not in countries() or (region and region not in regions(country)):
        return ()
    found = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    return tuple(Holiday(day, name) for day, name in sorted(found.items()))
