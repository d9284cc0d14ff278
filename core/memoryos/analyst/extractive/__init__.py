"""The analyst that needs no model: summaries and facts are sentences of the talk."""
