"""The demonstration: real images from a public package, fetched once and checked."""
