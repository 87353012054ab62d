"""The Django application of this room, and what it offers to the others."""

from django.apps import AppConfig


class WorkspaceApp(AppConfig):
    """Names the room to Django."""

    name = "goldenthread.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register jobs, entries of the navigation and the kinds of file that need no noun."""
        from goldenthread.kit.slots import provide
        from goldenthread.workspace import jobs
        from goldenthread.workspace.actions import inbox, people, records
        from goldenthread.workspace.queries import traces
        from goldenthread.workspace.views import around

        del jobs  # imported for its registrations
        provide("import_kinds", records.import_kinds, position=20)
        provide("record_kinds", people.record_kinds)
        provide("navigation", around.navigation, position=80)
        provide("files_naming", traces.files_naming)
        provide("files_kept", traces.files_kept)
        provide("messages_to", traces.messages_to)
        provide("erase_person", inbox.empty_inbox)
