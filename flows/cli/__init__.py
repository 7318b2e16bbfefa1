"""The command line: a module for each command, which registers itself with the parser of `main`.

These modules are imported for `sito --help`, so each imports what is slow only when its command runs.
"""
