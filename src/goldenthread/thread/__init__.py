"""Pages that read across: today, the thread map, gaps, a person's page, the palette, the first run.

Owns no tables. Open `queries/today.py` first.
"""
