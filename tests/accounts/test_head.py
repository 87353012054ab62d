"""The address that pages poll: cheap, short, and silent about everything but that something changed."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goldenthread.accounts.actions import changeset


def test_the_poll_costs_two_statements_and_tells_only_that_something_changed(cast):
    client = Client()
    client.force_login(cast.nobody.user)
    client.get("/head")
    with CaptureQueriesContext(connection) as asked:
        first = client.get("/head")
    assert len(asked) <= 2, [one["sql"] for one in asked]
    tag = first["ETag"]
    size = sum(len(f"{name}: {value}\r\n") for name, value in first.headers.items()) + len(first.content)
    assert size < 1024
    same = client.get("/head", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    with changeset(title="A secret thing", by=cast.head) as made:
        pass
    other = client.get("/head", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other["ETag"] != tag
    assert str(made.pk) not in other.text or len(str(made.pk)) < 3, "not even how many actions there were"
    assert "secret" not in str(other.headers)
