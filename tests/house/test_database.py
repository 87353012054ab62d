"""The lanes of the test run are what they say: the database asked for, with the guarantees the product relies on."""

import os

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from goldenthread.accounts.models import Organisation

WANTED = "postgresql" if os.environ.get("GT_TEST_DATABASE") == "postgres" else "sqlite"


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for():
    assert connection.vendor == WANTED


@pytest.mark.django_db
@pytest.mark.skipif(WANTED != "sqlite", reason="pragmas are SQLite's")
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 20_000)])
def test_sqlite_keeps_what_was_promised(pragma, value):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone()[0] == value


@pytest.mark.django_db(transaction=True)
def test_what_failed_leaves_nothing_behind():
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="First")
        Organisation.objects.create(pk=Organisation.objects.get().pk, name="The same row again")
    assert Organisation.objects.count() == 0
