"""How well a small model answers from a memory."""
