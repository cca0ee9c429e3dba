"""Findings in the workspace: on the plan’s page, as a list, as one page each, and on the first page."""
