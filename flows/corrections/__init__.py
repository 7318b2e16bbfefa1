"""What a person says of a source: written down, tried on its pages before it is kept, and checked."""
