"""The settings: what each one is, where its value may come from, and what a value has to look like."""
