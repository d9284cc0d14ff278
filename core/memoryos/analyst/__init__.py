"""Thinking about pages: chains, topics, traits and facts."""
