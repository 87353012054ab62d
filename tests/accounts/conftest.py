from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cast import cast, kept_cast, module_cast

__all__ = ["cast", "kept_cast", "module_cast"]


@pytest.fixture
def time_machine_now():
    """Travel from the present: `with time_machine_now(days=3): ...`."""
    return lambda **ahead: time_machine.travel(datetime.now(UTC) + timedelta(**ahead), tick=True)
