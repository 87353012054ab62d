"""Pages of this room: the plan, its steps, contributions, and one key per project."""
