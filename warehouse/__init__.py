"""What we know: DuckDB tables, models and checks in SQL, opened and published from here."""
