"""The forecast against the plain loop: every figure, both paths, any thread count, and the speed that makes it worth the
kernels."""

import numpy as np
import pytest

from goldenthread.engine.forecast import ForecastOptions, forecast
from tests.engine.oracle_forecast import differences, loop, organisation

SMALL = {"kpis": 4, "objectives": 5, "targets": 9, "subjects": 14, "contributions": 25, "supervisions": 5}


def equal_bits(a, b):
    """Whether two forecasts agree to the last bit, nan included."""
    for table in ("targets", "objectives", "contributions", "subjects", "supervisions"):
        for name, values in vars(getattr(a, table)).items():
            np.testing.assert_array_equal(values, getattr(getattr(b, table), name), err_msg=f"{table}.{name}")
    np.testing.assert_array_equal(a.fan, b.fan)
    assert (a.digest, a.seed, a.runs, a.engine) == (b.digest, b.seed, b.runs, b.engine)


@pytest.mark.parametrize("path", ["plain", "compiled"])
@pytest.mark.parametrize("seed", range(5))
def test_every_figure_equals_the_plain_loop(seed, path):
    data = organisation(seed, **SMALL)
    worst = differences(data, 130, seed=seed - 2, cells=5 + seed, path=path, brute=True)
    assert {"delay", "subject worth", "supervision objective", "contribution expected", "p10"} <= worst.keys()
    assert {kind: gap for kind, gap in worst.items() if gap > 1e-9} == {}


def test_the_oracle_is_not_satisfied_by_nothing():
    """The organisations of these tests move every kind of figure, so that equality above means something."""
    kinds = set()
    for seed in range(5):
        want, _ = loop(organisation(seed, **SMALL), 130)
        kinds |= {
            (key[0][0], key[1]) if isinstance(key[0], tuple) else (key[0],) for key, value in want.items() if abs(value) > 1e-6
        }
    for item in ("contribution", "subject", "supervision"):
        assert {(item, "worth"), (item, "chance"), (item, "expected")} <= kinds
    assert {("delay",), ("chance",), ("worth",), ("subject", "objective")} <= kinds


def test_paths_agree_at_more_runs_than_one_block_and_threads_change_no_bit():
    data = organisation(4, **SMALL)
    plain, one, two, three = (
        forecast(data, ForecastOptions(runs=3_001, path=path, threads=threads))
        for path, threads in (("plain", 1), ("compiled", 1), ("compiled", 2), ("compiled", 3))
    )
    equal_bits(one, two)
    equal_bits(one, three)
    for table in ("targets", "objectives", "contributions", "subjects", "supervisions"):
        for name, values in vars(getattr(plain, table)).items():
            other = getattr(getattr(one, table), name)
            if name == "coverage_reason":
                assert values == other
            elif name in {"chance", "objective_chance", "key", "item", "target", "objective"}:
                np.testing.assert_array_equal(values, other, err_msg=f"{table}.{name}")
            else:
                np.testing.assert_allclose(values, other, rtol=1e-9, atol=1e-7, err_msg=f"{table}.{name}")
    np.testing.assert_allclose(plain.fan, one.fan, rtol=1e-12)
    assert plain.digest == one.digest


def test_a_figure_recomputes_to_the_same_bits_and_the_digest_tells_inputs_apart():
    data = organisation(4, **SMALL)
    first, again = (forecast(data, ForecastOptions(runs=500)) for _ in range(2))
    equal_bits(first, again)
    assert len(first.digest) == 64
    others = [
        forecast(organisation(5, **SMALL), ForecastOptions(runs=500)),
        forecast(data, ForecastOptions(runs=501)),
        forecast(data, ForecastOptions(runs=500, seed=2)),
    ]
    assert len({first.digest, *(other.digest for other in others)}) == 4


def test_it_is_at_least_50_times_quicker_than_the_loop_with_equal_answers():
    """Counts of a quarter of the size that `measure()` takes; a ratio of one process, so a busy machine slows both."""
    import time

    data = organisation(contributions=500, subjects=300, supervisions=25, targets=30, kpis=30, objectives=10)
    worst = differences(data, 5, path="compiled")
    assert max(worst.values()) < 1e-9
    loops, kernels = [], []
    for _ in range(3):
        begun = time.process_time()
        loop(data, 3)
        loops.append((time.process_time() - begun) / 3)
        begun = time.process_time()
        forecast(data, ForecastOptions(runs=4_000, path="compiled"))
        kernels.append((time.process_time() - begun) / 4_000)
    ratio = min(loops) / min(kernels)
    print(f"forecast with every leave-one-out: {ratio:.0f} times a plain loop")
    assert ratio >= 50


def test_nothing_heavy_is_imported_before_it_is_needed():
    """Pages and commands import the engine's verbs; compiling and its libraries wait for a big calculation."""
    import subprocess
    import sys

    modules = ["forecast", "levers", "critical_path", "calendars", "drift", "realised_share", "randoms"]
    lines = ["import sys", *(f"import goldenthread.engine.{name}" for name in modules)]
    lines.append("print([m for m in ('numba', 'scipy', 'llvmlite', 'django') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
