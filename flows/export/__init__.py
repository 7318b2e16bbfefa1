"""The cleaned documents handed over: chosen, written in the forms that people use, described, and counted."""
