"""How the server is connected to clients: where each keeps its configuration, and how an entry gets in and out."""
