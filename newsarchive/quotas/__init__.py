"""How much one client may ask for: its address behind proxies, shared counters, rate limits."""
