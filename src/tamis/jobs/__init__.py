"""The work behind the jobs: durable workflows in a worker process, which resume where they were killed.

The only room with DBOS. A step is a second or more of work, leaves whole files and rows or none, and may
run again; it returns ids and counts only.
"""
