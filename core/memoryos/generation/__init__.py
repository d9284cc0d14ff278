"""From what a memory brings to a query to an answer."""
