"""How long calls take and how much memory a server holds."""
