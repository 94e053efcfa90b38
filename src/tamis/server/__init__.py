"""The HTTP API: it translates between the wire and the services, and decides nothing itself."""
