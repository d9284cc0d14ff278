"""What a text says without a model: words, sentences, dates, and where a session begins."""
