"""Imports in the admin: uploads, runs with the result of each file, and failures."""
