"""The command line: a client like any other, which runs the server itself where none runs."""
