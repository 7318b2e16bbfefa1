"""One file a revision; what is released is never changed, only followed by another."""
