"""What every noun can have: references, comments, inbox, questions answered by link, saved mappings, the import wizard.

Owns nothing of a noun itself. Open `models.py` first.
"""
