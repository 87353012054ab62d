from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cast import kept_cast as cast
from tests.cast import module_cast

__all__ = ["cast", "module_cast"]


@pytest.fixture
def time_machine_now():
    """Travel from the present: `with time_machine_now(days=3): ...`."""
    return lambda **ahead: time_machine.travel(datetime.now(UTC) + timedelta(**ahead), tick=True)
