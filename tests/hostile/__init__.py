"""Hostile ground: a site of many hosts that misbehaves in every way we know of, and what is expected of a run on it."""
