"""What several benchmarks read or compute."""
