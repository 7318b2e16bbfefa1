"""Prefect flows, sources, fetching, stores and the command line; they move data and call the cleaners."""
