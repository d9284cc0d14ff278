"""What a model's endpoint costs in calls and tokens, and that nobody waits for it while it hangs."""
