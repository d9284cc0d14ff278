"""Who calls a server, and how that is known."""
