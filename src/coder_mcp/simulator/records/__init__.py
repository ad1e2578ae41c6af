"""The state of the deployment: its records, its clock, and who is told of changes."""
