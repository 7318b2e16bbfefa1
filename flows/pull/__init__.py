"""Pulling: what a source names, how a page is fetched, and its way into the archive."""
