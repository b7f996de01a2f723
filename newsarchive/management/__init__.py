"""The archive's commands for `manage.py`, and what long-running ones have in common."""
