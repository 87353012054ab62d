import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine import randoms

WORDS = st.integers(-(2**63), 2**63 - 1)


@given(seed=WORDS, key=WORDS, run=st.integers(0, 2**40), stream=st.integers(0, 100))
def test_the_scalar_and_the_array_form_give_equal_bits(seed, key, run, stream):
    start = randoms.sequence_starts(seed, np.array([key]), stream)[0]
    assert int(start) == randoms.sequence_start(seed, key, stream)
    number = randoms.uniforms(start, np.array([run]))[0]
    assert number == randoms.uniform(seed, run, key, stream)
    assert 0.0 < number < 1.0


def test_the_compiled_form_gives_equal_bits():
    from goldenthread.engine import kernel_numbers

    runs = np.arange(5_000)
    start = np.uint64(randoms.sequence_start(11, -7, 3))
    units = randoms.uniforms(start, runs)
    assert [kernel_numbers.uniform(start, run) for run in runs] == units.tolist()
    corners = np.array([2.0**-53, 1e-12, 0.0749, 0.075, 0.0751, 0.5, 0.925, 0.9251, 1 - 2.0**-52])
    for values in (units, corners):
        assert [kernel_numbers.normal(u) for u in values] == randoms.normal(values).tolist()
        for shape in ((1.0, 2.0, 5.0), (-3.0, -3.0, 4.0), (0.0, 7.0, 7.0), (2.0, 2.0, 2.0)):
            assert [kernel_numbers.triangular(u, *shape) for u in values] == randoms.triangular(values, *shape).tolist()


def test_normal_quantiles_agree_with_the_standard_library():
    units = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 20_001), [1e-300, 1e-16, 2.0**-53]])
    expected = [statistics.NormalDist().inv_cdf(u) for u in units]
    assert np.allclose(randoms.normal(units), expected, rtol=0, atol=2e-9)  # the library's own error near the ends


def test_numbers_look_uniform_and_independent_between_keys_streams_seeds_and_runs():
    runs = np.arange(200_000)
    columns = [
        randoms.uniforms(randoms.sequence_start(*of), runs) for of in [(1, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 1), (1, -1, 1)]
    ]
    columns.append(np.roll(columns[0], 1))
    for column in columns:
        counts = np.bincount((column * 100).astype(int), minlength=100)
        assert np.sum((counts - 2_000) ** 2 / 2_000) < 160  # chi-squared, 99 degrees of freedom: 1 in 10,000
    correlations = np.corrcoef(columns) - np.eye(len(columns))
    assert np.max(np.abs(correlations)) < 4.5 / np.sqrt(runs.size)


def test_stable_keys_never_change_and_tell_kinds_apart():
    assert randoms.stable_key("step", 1) == randoms.stable_key("step", 1)
    keys = {randoms.stable_key(kind, number) for kind in ("step", "project", "kpi") for number in range(5_000)}
    assert len(keys) == 15_000
    assert all(-(2**63) <= key < 2**63 for key in keys)
    # figures computed before must stay explainable: these values may never change
    assert (randoms.stable_key("step", 1), randoms.stable_key("project", 42)) == (-3004821835307892965, -338994278966864093)
    assert (randoms.uniform(1, 0, 1, 1), randoms.uniform(2026, 999, -5, 16)) == (0.18518836602726008, 0.2596222228403996)
