"""The business plan: steps, RACI, duties, contributions, supervision and the forecast.

Owns how work moves which number. Not: dates and logic (room `schedule`). Open `models/` first, then `mapping/thread.py`.
"""
