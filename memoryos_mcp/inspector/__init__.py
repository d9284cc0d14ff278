"""The memory in a browser: pages rendered by the server, without scripts, for whoever holds the link."""
