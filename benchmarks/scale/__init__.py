"""What sito costs on one machine and on many; see `python -m benchmarks.scale --help`."""
