"""What the memory knows: facts that are there, right and current."""
