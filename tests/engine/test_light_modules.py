import os
import subprocess
import sys

import pytest

LIGHT = [
    "objective_quality",
    "unsupported",
    "thread_gaps",
    "belief_gap",
    "ranking",
    "discrimination",
    "proposals",
    "freshness",
    "confusion",
]


@pytest.mark.parametrize("module", LIGHT)
def test_pages_and_commands_that_only_ask_these_stay_light(module):
    code = f"import sys, goldenthread.engine.{module}; print(*{{'numpy', 'scipy', 'numba', 'django'}} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


def test_the_server_starts_without_what_only_calculations_and_exports_need():
    """They would make each start longer, and each return after a fault."""
    code = "import sys, goldenthread.config.wsgi; print(*sorted({'numba', 'xlsxwriter'} & set(sys.modules)))"
    words = [sys.executable, "-c", code]
    answer = subprocess.run(words, capture_output=True, text=True, check=True, env=os.environ | {"GT_WORKER": "off"})
    assert answer.stdout.strip() == ""
