"""Hooks of clients: each exchange is captured, and what bears on a prompt is recalled, without the model's help.

A client starts a hook for each event and waits for it. So this room stands apart: it imports neither the engine nor
the protocol nor pydantic, reads the memory's file only, and leaves exchanges in the memory's inbox.
"""
