"""Functions that numba compiles: the result is kept in the user's cache folder, for the next process."""
