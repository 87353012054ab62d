"""Time entries against activities and services.

Owns hours worked. Not: planned effort (room `schedule`). Open `models.py` first.
"""
