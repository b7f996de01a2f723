"""HTTP around every page: access log, security headers, language, error pages, health probes."""
