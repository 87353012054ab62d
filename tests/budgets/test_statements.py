"""How many statements a page may ask, session and user included, and that the number does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.budgets.growth import grow
from tests.cast import Cast

BUDGETS = {
    "/": 12,
    "/map": 8,
    "/objectives": 8,
    "/plan": 8,
    "/gaps": 10,
    "/projects?size=200": 8,
}


def statements(client, address: str) -> list[str]:
    """The statements of the second visit: the first may fill caches that live as long as the server."""
    return visit(client, address)[0]


def visit(client, address: str) -> tuple[list[str], int]:
    """The statements of a second visit, and the size of its page."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    return [query["sql"] for query in seen.captured_queries], len(answer.content)


def told(found: list[str]) -> str:
    return "\n".join(f"{i:2} {sql[:230]}" for i, sql in enumerate(found, 1))


@pytest.fixture
def visits(cast: Cast):
    """Both visits of every page: at 10 and at 200 rows of each noun."""
    client = cast.client(cast.head)
    grow(cast.office, cast.head, 10)
    small = {address: visit(client, address) for address in BUDGETS}
    grow(cast.office, cast.head, 190)
    return small, {address: visit(client, address) for address in BUDGETS}


@pytest.mark.slow
def test_pages_ask_within_their_budget_and_no_more_for_more_rows(visits):
    small, large = visits
    faults = []
    for address, budget in BUDGETS.items():
        (few, little), (many, much) = small[address], large[address]
        assert much > little * 1.5, f"{address} does not show the rows that were added"
        if len(many) > budget:
            faults.append(f"{address}: {len(many)} statements, {budget} are allowed\n{told(many)}")
        if len(few) != len(many):
            faults.append(f"{address}: {len(few)} statements at 10 rows, {len(many)} at 200\n{told(few)}\n--\n{told(many)}")
    assert not faults, "\n\n".join(faults)


def test_a_statement_a_row_would_be_noticed(cast: Cast):
    """The measure itself: a page's count rises when something asks once a row."""
    from goldenthread.accounts.models import Person

    client = cast.client(cast.head)
    counted = len(statements(client, "/objectives"))
    with CaptureQueriesContext(connection) as seen:
        for person in Person.objects.all():
            person.organisation.refresh_from_db()
        client.get("/objectives")
    assert len(seen) >= counted + Person.objects.count()
