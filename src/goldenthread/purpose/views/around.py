"""What the room offers to pages above it: entries of the navigation, and rows for the search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from goldenthread.accounts.models import Person
from goldenthread.accounts.queries import rights
from goldenthread.kit.permissions import Act, Kind
from goldenthread.purpose import queries

SHOWN = 6


def navigation(person: Person) -> list[dict[str, Any]]:
    """The pages of this room on which something stands for the person. No statement beyond the rights."""
    held = rights(person)
    entries = [
        ("thread", "Objectives", "purpose:objectives", "g o", Kind.OBJECTIVE),
        ("office", "Mandate", "purpose:current_mandate", "g d", Kind.MANDATE),
        ("office", "Services", "purpose:services", "g v", Kind.MANDATE),
        ("office", "Offices", "purpose:offices", "g f", Kind.MANDATE),
    ]
    return [
        {"group": group, "label": label, "url": reverse(name), "count": None, "key": key}
        for group, label, name, key, kind in entries
        if held.in_an_office(Act.VIEW, kind)
    ]


def search_rows(person: Person, words: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Objectives and KPIs whose words hold what was typed: (heading, [(label, note, address)])."""
    named = Q(title__icontains=words) | Q(short_name__icontains=words)
    objectives = queries.objectives(person).filter(named).order_by("id")[:SHOWN]
    kpis = queries.kpis(person).filter(name__icontains=words)[:SHOWN]
    return [
        ("Objectives", [(o.label, o.get_state_display(), reverse("purpose:objective", args=[o.pk])) for o in objectives]),
        ("KPIs", [(k.name, k.unit, reverse("purpose:kpi", args=[k.pk])) for k in kpis]),
    ]
