"""Schedules, activities, relationships, calendars, resources, assignments and baselines.

Owns when work happens and how much is left. Not: what the work is for (room `plan`). Open `models.py` first.
"""
