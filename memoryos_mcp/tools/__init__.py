"""The tools and resources of the server: their schemas, and replies that fit a budget."""
