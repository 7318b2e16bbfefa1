"""sito beside other tools on the same pages: what they cost, and how good their text is."""
