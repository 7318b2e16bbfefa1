"""Data in an object store: a working folder on this machine, brought up to date before work and published after it."""
