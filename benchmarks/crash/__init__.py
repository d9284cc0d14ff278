"""What is done to a memory by kills and by a machine's faults, and what is left of it."""
