"""The raw archive: WARC shards by source, their indexes and their readers."""
