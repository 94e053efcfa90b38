"""The only door from a rule to the work it asks for: jobs are submitted by name, and taken by a worker."""
