"""The service's database: one schema and one way to it, in an SQLite file or on a PostgreSQL server."""
