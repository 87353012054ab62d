"""How the controls of forms are written: Django's own words for them, by Jinja2 and without a template for each option.

A list of five hundred people is drawn on several pages; one template an option made it the dearest part of each.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import django.forms
from django.forms.renderers import BaseRenderer
from django.template.backends.base import BaseEngine
from django.template.backends.jinja2 import Jinja2

OURS = Path(__file__).parent / "templates" / "widgets"
DJANGOS = Path(django.forms.__file__).parent / "jinja2"


class Widgets(BaseRenderer):
    """Named in settings as FORM_RENDERER."""

    @cached_property
    def engine(self) -> BaseEngine:
        """Ours before Django's."""
        return Jinja2({"NAME": "widgets", "DIRS": [OURS, DJANGOS], "APP_DIRS": False, "OPTIONS": {}})

    def get_template(self, template_name: str) -> object:
        """The template of one control."""
        return self.engine.get_template(template_name)
