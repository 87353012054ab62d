"""Planning mathematics: plain data in, an answer out.

Owns: critical path (whole, and repaired after an edit), working time, drift of a KPI, the forecast of objectives with every
leave-one-out effect, levers, and the small registers of checks. Does not own: rows, pages, clocks, files or hidden random
numbers; it never imports Django. The data date, the seed and the limits are arguments, and the caller's keys come back
untouched.

Open `thread_data.py` first (what a forecast reads), then `forecast.py` (what it answers), then `critical_path.py`.
"""
