"""The Django application of this room, and what it offers to the others."""

from django.apps import AppConfig


class ProjectsApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the pages, the project lists, schedule files, the table of projects and the background work."""
        from goldenthread.kit.slots import provide
        from goldenthread.projects import jobs  # noqa: F401  registers its jobs
        from goldenthread.projects.actions import import_kind, records, schedule_kind
        from goldenthread.projects.views import around

        provide("import_kinds", import_kind.import_kinds, position=10)
        provide("import_kinds", schedule_kind.import_kinds, position=12)
        provide("navigation", around.navigation, position=50)
        provide("search_rows", around.search_rows, position=50)
        provide("after_import", around.after_import, position=50)
        provide("record_kinds", records.record_kinds)
