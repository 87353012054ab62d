"""Rows <-> engine data.

`rows` loads them, `thread` and `finishes` make what a forecast reads, `results` what is kept of it, `gaps`
what the checks for unsupported work read.
"""
