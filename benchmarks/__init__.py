"""Scripts that measure; the head of each says what and how."""
