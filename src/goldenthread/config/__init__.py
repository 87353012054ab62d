"""Settings, root addresses, server entry, command line and API wiring: the only room that knows every slice.

Owns no tables and no rules. Open `settings.py` first, then `urls.py`.
"""
