"""How much of the gold evidence a memory brings up."""
