"""Where a person's name and addresses stand in words: in every text column of every table, as it is and as it was.

A namesake cannot be told apart in a sentence; whoever erases is shown how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from goldenthread.accounts.models import Person
from goldenthread.kit import history
from goldenthread.kit.history import Tracked
from goldenthread.kit.scoping import InOrganisation

SHORTEST = 3  # letters; a shorter word means too many other things to be looked for in sentences
ONLY_FIGURES = frozenset(
    {"plan.Forecast", "schedule.ActivityDates", "schedule.ScheduleDates"}
)  # computed, large, and of numbers and ids alone


@dataclass(frozen=True)
class Identity:
    """The words by which a person is known. `needles` are plain pieces that a database can look for; `said` is all of them."""

    person_id: int
    said: tuple[str, ...]
    pattern: re.Pattern[str] | None
    needles: tuple[str, ...]

    @property
    def pseudonym(self) -> str:
        """What stands in their place."""
        return f"Person {self.person_id}"

    def is_in(self, value: Any) -> bool:
        """Whether a stored value, a text or JSON, holds one of the words."""
        if isinstance(value, str):
            return self.pattern is not None and self.pattern.search(value) is not None
        return bool(self.without(value) != value)

    def told_by(self, value: Any) -> Any:
        """What of a stored value is told to the person: a text as it is, of JSON only the texts that hold one of the words."""
        return value if isinstance(value, str) else list(dict.fromkeys(self._texts(value)))

    def _texts(self, value: Any) -> Iterator[str]:
        if isinstance(value, str):
            if self.is_in(value):
                yield value
            return
        inner = (*value, *value.values()) if isinstance(value, Mapping) else value if isinstance(value, Sequence) else ()
        for one in inner:
            yield from self._texts(one)

    def without(self, value: Any) -> Any:
        """The value with the words replaced: names by the pseudonym, addresses by a note."""
        if self.pattern is None:
            return value
        if isinstance(value, str):
            return self.pattern.sub(lambda found: "(address removed)" if "@" in found[0] else self.pseudonym, value)
        if isinstance(value, Mapping):
            return {self.without(key): self.without(inner) for key, inner in value.items()}
        if isinstance(value, Sequence):
            return [self.without(inner) for inner in value]
        return value


@dataclass(frozen=True)
class Place:
    """A column in which words may stand: live rows or history rows of a model."""

    model: Any
    rows: models.QuerySet[Any]
    field: Any
    is_past: bool


def identity_of(person: Person, also: Sequence[str] = ()) -> Identity:
    """All names and addresses the person has or had, and what else he or she is called by (`also`)."""
    past = history.records(Person).filter(id=person.pk)
    names = {person.name, *past.values_list("name", flat=True)}
    addresses = {person.email, *past.values_list("email", flat=True), person.user.email if person.user else ""}
    turned = {f"{parts[-1]}, {' '.join(parts[:-1])}" for name in names if len(parts := name.split()) > 1}
    words = {" ".join(word.split()) for word in (*names, *turned, *addresses, *also)}
    said = sorted((w for w in words if len(w) >= SHORTEST or (w and not w.isascii())), key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(map(_pattern, said))) if said else None
    return Identity(person.pk, tuple(said), pattern, tuple({_needle(word) for word in said}))


def _pattern(word: str) -> str:
    """A name as a whole, in any letter case and spacing; a single word as it is written, for it may be a common one."""
    text = r"\s+".join(re.escape(part) for part in word.split())
    if word.upper() == word.lower():  # a script that writes words without spaces between them
        return text
    free = f"(?i:{text})" if " " in word or "@" in word else text
    return rf"(?<![\w.+-]){free}(?![\w-])" if "@" in word else rf"(?<!\w){free}(?!\w)"


def _needle(word: str) -> str:
    """The longest run of plain letters: found in any letter case by every database, and in JSON however that is written."""
    return max(re.findall(r"[A-Za-z0-9@.]+", word) or [""], key=len)


def places() -> Iterator[Place]:
    """Every column of the organisation's rows that may hold words."""
    for model in apps.get_models():
        if not issubclass(model, InOrganisation) or model._meta.label in ONLY_FIGURES:
            continue
        for field in text_columns(model):
            yield Place(model, model.objects.all(), field, is_past=False)
        if issubclass(model, Tracked):
            past = history.records(model)
            for field in text_columns(past.model):
                yield Place(model, past, field, is_past=True)


def text_columns(model: Any) -> list[Any]:
    """The columns of a model that hold words or JSON: no choices, no short codes."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and not isinstance(field, models.SlugField)
        and not field.primary_key
        and not getattr(field, "choices", None)
        and field.name != "history_type"
    ]


def mentions(place: Place, identity: Identity) -> Iterator[tuple[int, Any]]:
    """Key and value of the rows whose column holds one of the words. A namesake's own name is no mention."""
    if identity.pattern is None:
        return
    rows, name = place.rows, place.field.name
    if place.model is Person:
        if name in {"name", "email"}:
            return
        rows = rows.exclude(id=identity.person_id)
    elif name == "name" and any(f.one_to_one and f.related_model is Person for f in place.model._meta.concrete_fields):
        rows = rows.filter(Q(person=None) | Q(person=identity.person_id))
    if isinstance(place.field, models.JSONField):
        rows, name = rows.annotate(as_text=Cast(place.field.name, models.TextField())), "as_text"
    wanted = reduce(or_, (Q(**{f"{name}__icontains": needle}) for needle in identity.needles))
    for pk, value in rows.filter(wanted).order_by().values_list("pk", place.field.name).iterator(2000):
        if identity.is_in(value):
            yield pk, value
