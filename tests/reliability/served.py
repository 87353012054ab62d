"""The product's settings for a server of the tests: as they are, but static files are not packed first."""

from goldenthread.config import settings as product
from goldenthread.config.settings import *  # noqa: F403

STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
