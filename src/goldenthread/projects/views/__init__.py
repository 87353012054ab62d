"""Pages of this room: the list of projects, one project, its forms, and what it offers to other pages."""
