"""Compiled loops. Only `rank` and the measures import from here: `import numba` adds 106 MB to a process."""
