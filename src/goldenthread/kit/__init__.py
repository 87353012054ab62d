"""Small Django base without tables: scoping, history, money, permissions, slots, jobs, rendering, refusals.

Owns no noun of the field. Open `history.py` first: it says how a row is written.
"""
