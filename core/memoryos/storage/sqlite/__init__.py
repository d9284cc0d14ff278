"""The store on SQLite: one file for each user, and one that all users of a data folder share."""
