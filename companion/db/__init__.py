"""Encrypted SQLite and PostgreSQL behind one seam. Knows neither desk nor management system."""
