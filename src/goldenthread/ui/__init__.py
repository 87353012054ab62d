"""The design system: base page, components, style sheets, behaviours, charts, and how dates, hours and money are written.

Owns every look and every piece of browser behaviour that more than one room needs. Owns no tables and knows no noun of the
product. Open `templates/base.html` first, then the gallery at `/ui/`, which shows every component from its real macro.
"""
