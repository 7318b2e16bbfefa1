"""Pages, sources, rules and runs for people to look at; nothing here writes."""
