"""What an address or an identity leads to, in place of a search for its letters."""
