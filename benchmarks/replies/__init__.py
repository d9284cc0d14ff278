"""What a reply of the server carries."""
