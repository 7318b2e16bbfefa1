"""Cleaners, one module a concern."""
