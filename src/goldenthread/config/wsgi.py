"""The server's entry: the application, and one worker thread for background jobs."""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.config.settings")

import scipy.special  # noqa: F401  a page that foretells must not wait for it
from django.core.wsgi import get_wsgi_application

from goldenthread.kit.memory import keep_freed_memory
from goldenthread.kit.stack import with_room

keep_freed_memory()
_answer = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer one request, on a stack with room."""
    return with_room(_answer, environ, start_response)


if os.environ.get("GT_WORKER", "on") == "on":
    from goldenthread.kit import worker

    worker.start()

# What was loaded so far stays for good. Looking through all of it again stops every page for a tenth of a second now and then,
# so the collector leaves it alone. It looks through young things often, which takes no time, and through old ones seldom:
# of 50,000 young things one page in six had to wait 10 ms more.
gc.collect()
gc.freeze()
gc.set_threshold(2_000, 20, 100)
