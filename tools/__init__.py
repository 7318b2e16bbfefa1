"""Tools of the makers: nothing here is needed to run sito."""
