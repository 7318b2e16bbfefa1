"""Stories: the same news on many pages, across sources and days. Nothing is removed; a table says what repeats what."""
