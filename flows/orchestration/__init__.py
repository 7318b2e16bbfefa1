"""Prefect around the pipeline: tasks, server, deployments, artifacts."""
