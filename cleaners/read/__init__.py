"""Reading: bytes and text to repaired blocks."""
