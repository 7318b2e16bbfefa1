"""One module a group of commands; each gives the exit code."""
