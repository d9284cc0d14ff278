"""Keeping a memory on disk; the only place with SQL."""
