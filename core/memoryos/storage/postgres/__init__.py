"""The store on PostgreSQL: all users in one set of tables, each row keyed by whose it is."""
