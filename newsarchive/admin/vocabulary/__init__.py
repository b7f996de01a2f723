"""Names and words that curators maintain: agencies, outlets, people, tags, synonyms, dictionary."""
