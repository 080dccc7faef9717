"""The only package with SQL: tables, sessions, queries by subject, migrations."""
