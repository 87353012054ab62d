"""Offices, mandates with clauses, services, objectives, KPIs, targets, measurements and value rates.

Owns why the PMO exists and what it is to reach. Not: the work (room `plan`). Open `models/aims.py` first.
"""
