"""S1, S2, S14, S15: every address, by every method, as every role, in every place; one walk, judged four ways."""

import logging
import os
from collections.abc import Iterator

import pytest
from django.db import connection

from goldenthread.kit.permissions import Act, Kind, Role, allows
from tests.cast import module_cast
from tests.rights.policy import addresses, matrix
from tests.rights.stage import NOBODY, Stage
from tests.rights.walk import Findings, Walk, routes

__all__ = ["module_cast"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEWEST = 5000
# Each role on SQLite. On PostgreSQL, where only the SQL can differ, the roles whose statements have a shape of their own:
# an office with and without what is confidential, one project, nothing; LONG_TESTS: all.
SHAPES = {"HEAD", "PMO", "CLIENT", NOBODY}
TWIN = ("PROGRAMME_MANAGER", "PROJECT_MANAGER")  # of two roles with the same rights the first is walked with LONG_TESTS


@pytest.fixture(scope="module")
def walked(module_cast, django_db_blocker) -> Iterator[Findings]:
    """One walk for all judgements."""
    logging.disable(logging.ERROR)  # thousands of refusals are no news
    try:
        with django_db_blocker.unblock():
            stage = Stage(module_cast)
            if connection.vendor != "sqlite" and not os.environ.get("LONG_TESTS"):
                stage.players = [player for player in stage.players if player.name in SHAPES]
                assert len(stage.players) == len(SHAPES)
            elif not os.environ.get("LONG_TESTS"):
                stage.players = [player for player in stage.players if player.name != TWIN[0]]
            yield Walk(stage).run()
    finally:
        logging.disable(logging.NOTSET)


def told(lines: list[str]) -> str:
    """The first hundred, one a line."""
    return "\n".join([f"{len(lines)} found", *lines[:100]])


def test_the_page_and_the_code_have_the_same_roles_and_letters():
    letters = {
        (role.value, kind.value): "".join(act for act in Act.values if allows(role, kind, act)) for role in Role for kind in Kind
    }
    assert {key: "".join(sorted(value)) for key, value in matrix().items()} == {k: "".join(sorted(v)) for k, v in letters.items()}


def test_two_roles_of_which_one_is_walked_have_the_same_rights():
    rights = [{kind: letters for (role, kind), letters in matrix().items() if role == name} for name in TWIN]
    assert rights[0] == rights[1]


def test_every_address_has_its_line_and_every_line_its_address():
    assert set(routes()) - set(addresses()) == set(), "an address without a line in docs/rights.md"
    assert set(addresses()) - set(routes()) == set(), "a line in docs/rights.md for an address that is gone"


def test_every_answer_is_the_one_that_the_page_states(walked, capsys):
    with capsys.disabled():
        print(f"\n{walked.cells} cells, statuses {dict(sorted(walked.statuses.items()))}")
    assert not walked.wrong, told(walked.wrong)
    assert walked.cells >= (FEWEST if connection.vendor == "sqlite" else 1500)


def test_no_answer_fails(walked):
    assert not {status: count for status, count in walked.statuses.items() if status >= 500}
    assert not walked.stumbles, told(walked.stumbles)


def test_no_word_of_another_organisation_or_of_a_confidential_row_appears(walked):
    assert not walked.leaks, told(walked.leaks)


def test_the_past_was_looked_at(walked):
    assert walked.past[200] > 60 or connection.vendor != "sqlite", walked.past


def test_no_read_writes(walked):
    assert not walked.writes, told(walked.writes)


def test_every_answer_carries_its_headers(walked):
    assert dict(walked.headers) == {}
