"""The client: typed methods over the HTTP API, and nothing else of Tamis but its nouns."""

from tamis.client.client import Client

__all__ = ["Client"]
