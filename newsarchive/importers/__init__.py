"""From the bytes of one file to a ParsedArticle: plain values, no Django, no database, no network."""
