"""Names the design system as a Django application, so that its template tags and static files are found."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models, no start-up work."""

    name = "goldenthread.ui"
    label = "ui"
    verbose_name = "Design system"
