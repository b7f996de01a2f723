"""What readers take away: all hits of a search, chosen articles or one, in formats for other programs."""
