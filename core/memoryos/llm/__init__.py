"""The language model: its endpoint, the endpoint's dialect, and the cleaning of what it wrote."""
