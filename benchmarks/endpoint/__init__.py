"""What a model's endpoint costs, and what it cannot cost."""
