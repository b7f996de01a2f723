"""Pages that list what the archive holds: pictures, days, months, names. Not for searching its text."""
