"""A site that misbehaves on purpose, and runs against it."""
