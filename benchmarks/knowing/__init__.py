"""What a memory knows of its user: facts found, facts refused, outdated facts gone."""
