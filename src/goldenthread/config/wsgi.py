"""The server's entry: the application, and one worker thread for background jobs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if os.environ.get("GT_WORKER", "on") == "on":
    from goldenthread.kit import worker

    worker.start()
