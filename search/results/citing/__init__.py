"""Hits as references that other programs read."""
