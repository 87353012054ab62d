"""Pages of this room, by noun: objectives, KPIs, mandates, services. `urls.py` says which address leads where."""
