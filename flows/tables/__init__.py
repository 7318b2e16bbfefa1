"""The tables of clean/: schemas, rows, and the two Parquet files of a shard."""
