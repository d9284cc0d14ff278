"""The tables of a memory and the statements over them, in the SQL that SQLite and PostgreSQL both understand."""
