"""Which pages a run asks for, and their way into the archive."""
