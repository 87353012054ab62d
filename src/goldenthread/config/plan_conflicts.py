"""What `goldenthread plan conflicts` does."""

from __future__ import annotations

from goldenthread.config.printing import document, say, table
from goldenthread.config.session import Session


def conflicts(session: Session, *, json: bool) -> None:
    """`plan conflicts`: pairs of objectives that pull apart, limits that are passed, and what is not known."""
    from django.utils import timezone

    from goldenthread.kit.errors import Refused
    from goldenthread.plan.queries import plans_of
    from goldenthread.plan.queries.conflict_page import as_data, conflict_page
    from goldenthread.plan.queries.conflicts import conflict_rows

    office = session.office
    plan = next((plan for plan in plans_of(session.person) if plan.office_id == office.pk), None)
    if plan is None:
        raise Refused(f"{office} has no plan that you may see.")
    rows = conflict_rows(plan, timezone.localdate(), session.person)
    if json:
        document(as_data(rows, office.pk))
        return
    page = conflict_page(rows)
    say(f"{page.sentence}\n")
    told = [(f"{pair.first.label} / {pair.second.label}", one) for pair in page.pairs for one in pair.against]
    told += [("", one) for one in page.alone]
    table(["objectives", "what", "in words", "what to do"], [[who, one.title, one.words, one.advice] for who, one in told], "")
    if page.unknown:
        say(f"\nNot enough data: nobody says how many hours {', '.join(page.unknown)} have.")
