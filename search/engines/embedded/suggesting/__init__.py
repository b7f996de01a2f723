"""What is offered while a reader types, and for what was mistyped."""
