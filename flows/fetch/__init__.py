"""Fetching: one page from the web, asked for politely and safely."""
