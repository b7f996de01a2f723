"""One module a command; what a command does is in the rooms that it calls."""
