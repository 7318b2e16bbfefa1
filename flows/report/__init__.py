"""Runs made visible: their record, progress, report, alarms, and the table in the terminal."""
