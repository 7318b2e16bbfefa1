"""Configuration: `sources.toml`, kinds of sources, settings."""
