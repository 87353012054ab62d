"""Pages of this room, by theme: settings, people, activity, invitations."""
