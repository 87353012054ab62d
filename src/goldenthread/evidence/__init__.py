"""Whether forecasts and expected results came true.

Owns the back-tests on other people's published figures. Not: the forecast itself (rooms `engine` and `plan`). Open
`queries/performance.py` first, then `queries/capital.py`.
"""
