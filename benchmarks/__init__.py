"""Benchmarks: they print what depends on the machine, so that no test has to assert it."""
