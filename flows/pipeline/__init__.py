"""One source pulled or cleaned again: plain Python, without Prefect."""
