"""Where a memory lies, and what its store can do. SQL stands in the stores below and nowhere else."""
