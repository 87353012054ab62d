"""Rows of the search for things whose own room offers none: steps and people."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import visible
from goldenthread.plan.models import Step

SHOWN = 6


def search_rows(person: Person, words: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Steps and people that the person may see and whose name holds what was typed: (heading, [(label, note, address)])."""
    steps = visible(Step.objects.select_related("activity").filter(activity__name__icontains=words), person)
    named = Q(name__icontains=words) | Q(email__icontains=words)
    people = visible(Person.objects.filter(named), person)
    return [
        (
            "Steps",
            [
                (s.activity.name, s.get_mode_display(), reverse("plan:step", args=[s.pk]))
                for s in steps.order_by("activity__name", "id")[:SHOWN]
            ],
        ),
        (
            "People",
            [(p.name, p.job_title, reverse("accounts:person", args=[p.pk])) for p in people.order_by("name", "id")[:SHOWN]],
        ),
    ]
