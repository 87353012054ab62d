"""Schedule health: small registered checks of one project's schedule, with the rows at fault, and what to mend first.

A new check is one function in `logic`, `limits`, `progress` or `path`, and its test. Open `plan.py` first (what a check reads),
then `register.py` (what it answers), then `review.py`, which asks them all.
"""
