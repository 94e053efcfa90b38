"""What `make` runs: set-up and the generated pages of docs/. Not part of the package."""
