"""Engines map a function over shards. They know no algorithm: they are handed functions."""
