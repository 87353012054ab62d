"""Whether forecasts and expected results came true.

Owns the record of what forecasts said and their scores, what finished work was to bring and what was seen of it, and the
back-tests on other people's published figures. Not: the forecast itself (rooms `engine` and `plan`). Open
`queries/calibration.py` first, then `actions/results.py` and `queries/performance.py`.
"""
