"""Migrations of the database. Applied ones are never changed."""
