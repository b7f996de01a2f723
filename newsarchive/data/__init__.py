"""Tables that a new archive starts with."""
