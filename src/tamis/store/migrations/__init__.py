"""Numbered, forward-only changes of the schema; frozen once released."""
