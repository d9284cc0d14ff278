"""The language model: its endpoint, its dialect, and what it wrote before anybody believes it."""
