"""Saved HTML pages read into an article's body: the safe subset, boilerplate, captions, pictures, links."""
