"""Whether forecasts and expected results came true.

Owns the record of what forecasts said and their scores, and the back-tests on other people's published figures. Not: the
forecast itself (rooms `engine` and `plan`). Open `queries/calibration.py` first, then `queries/performance.py`.
"""
