"""Running the archive: the server and its supervisor, backup and restore, and the doctor's checks."""
