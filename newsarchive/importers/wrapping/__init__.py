"""What saved pages come wrapped in: HTTP responses."""
