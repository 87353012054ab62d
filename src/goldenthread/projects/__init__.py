"""Programmes, projects and status reports; project lists imported from files.

Owns the projects the PMO acts on or supervises. Not: their activities (room `schedule`). Open `models.py` first.
"""
