"""The body: which blocks of a page are its article."""
