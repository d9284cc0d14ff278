"""Reads pages and derives chains, topics, traits and facts from them."""
