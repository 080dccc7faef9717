"""The only room with SQL: tables, sessions, queries by subject, migrations."""
