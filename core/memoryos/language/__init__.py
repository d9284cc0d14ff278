"""What is known of the languages people talk in: one file a language, all of them data."""
