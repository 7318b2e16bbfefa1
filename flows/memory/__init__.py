"""Site memory over all shards of a source, by day of capture."""
