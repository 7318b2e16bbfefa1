"""Fetching: one page from the web, politely and safely."""
