"""Commands that set up and run the server."""

from __future__ import annotations

import os
import subprocess
import sys

from goldenthread.config.printing import say
from goldenthread.config.session import set_up


def migrate() -> None:
    """`migrate`: the tables, then the static files' folder."""
    set_up()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    say("The database is up to date.")


def serve(host: str, port: int, workers: int) -> None:
    """`serve`: granian in front of the application, until it is stopped."""
    set_up()
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    from goldenthread.config.environment import is_own_machine

    if settings.DEBUG and not is_own_machine(host):
        raise ImproperlyConfigured(f"GT_DEBUG shows code and data to every visitor: unset it, or do not listen on {host}")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    port = port or settings.ENVIRONMENT.port
    say(f"http://{host}:{port}")
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *(
            "--workers",
            str(workers),
            "--blocking-threads",
            "4",
            "--workers-kill-timeout",
            "15",
            "--no-ws",
            "--log-level",
            "warning",
        ),
        "goldenthread.config.wsgi:application",
    ]
    if os.name == "nt":
        sys.exit(subprocess.call(command))  # noqa: S603  our own words only
    os.execv(sys.executable, command)  # noqa: S606  our own words only
