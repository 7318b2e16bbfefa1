"""What all rooms use: errors, the types that travel, escapes for hostile text."""
