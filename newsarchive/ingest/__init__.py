"""From paths and archives to saved articles: reading, parsing in processes, recording results."""
