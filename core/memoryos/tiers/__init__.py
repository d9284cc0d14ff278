"""The three tiers of memory and the heat that moves segments between them (paper, section 3)."""
