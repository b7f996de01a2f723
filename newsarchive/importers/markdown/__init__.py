"""The Markdown of scraped articles, read into an article's body."""
