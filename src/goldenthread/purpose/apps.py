"""The Django application of this room."""

from django.apps import AppConfig


class PurposeApp(AppConfig):
    """Names the room to Django and offers its pages to the navigation and the search."""

    name = "goldenthread.purpose"
    label = "purpose"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what pages above ask for."""
        from goldenthread.kit.slots import provide
        from goldenthread.purpose.actions import import_kinds, records
        from goldenthread.purpose.views import around, strategies

        provide("navigation", around.navigation, position=30)
        provide("search_rows", around.search_rows, position=30)
        provide("import_kinds", import_kinds.import_kinds, position=30)
        provide("record_kinds", records.record_kinds)
        provide("export_files", strategies.export_files)
        provide("after_import", strategies.after_import, position=30)
