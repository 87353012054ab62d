"""Organisations, people, scopes, roles, sign-in, tokens and changesets.

Owns who may see and do what, and what one user action was. Not: what people work on. Open `models.py` first, then
`queries/access.py` for the one predicate.
"""
