"""What MemoryOS is measured with: recall on conversations with gold evidence, and speed against its budgets."""
