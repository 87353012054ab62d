"""The Django application of this room."""

from django.apps import AppConfig

from goldenthread.kit import slots


class ResourcesApp(AppConfig):
    """Names the room to Django, and tells lower rooms how many hours a service took."""

    name = "goldenthread.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer hours to the pages of lower rooms."""
        from goldenthread.resources import queries, views

        slots.provide("navigation", views.navigation, position=85)
        slots.provide("person_panels", views.person_panels, position=30)
        slots.provide("hours_by_service", queries.hours_by_service)
