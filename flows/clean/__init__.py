"""The clean tables: a shard in, its two Parquet twins out, in processes of their own."""
