"""The gunicorn worker's event loop and HTTP handling, by which slow clients occupy no thread."""
