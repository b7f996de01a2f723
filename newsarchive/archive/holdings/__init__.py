"""What the archive holds of each outlet, day by day, and what it should hold and doesn't: failed captures,
numbers of an outlet's own series that no file has, addresses that articles link to and that are not here."""
