"""How the archive is configured: environment variables, database and cache connections."""
