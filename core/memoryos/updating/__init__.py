"""The work behind the calls: embedding, moving pages up the tiers, and upkeep."""
