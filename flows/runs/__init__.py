"""Runs made visible: their record, progress, report, alarms, artifacts, and the table in the terminal."""
