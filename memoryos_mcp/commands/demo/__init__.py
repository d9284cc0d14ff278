"""The demo: a conversation told to a real server, and what it then knows."""
