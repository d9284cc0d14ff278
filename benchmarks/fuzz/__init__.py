"""Hostile and odd inputs, made from a seed, and what must hold whatever they are."""
