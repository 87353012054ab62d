"""What every server loads, whatever it serves: see `forks`. Neither a database is opened here nor a thread started."""

import django
import scipy.special  # noqa: F401  as in the product's wsgi.py

django.setup()

from django.template import engines  # noqa: E402  Django must be set up first
from django.urls import get_resolver  # noqa: E402
from granian import cli  # noqa: E402, F401

from tests.journeys import forks  # noqa: E402, F401

_ = get_resolver().reverse_dict
engines["jinja2"].env.globals["ui"].names()
for page in ("ui/templates/base.html", "thread/templates/today.html"):
    engines["jinja2"].env.get_template(page)
