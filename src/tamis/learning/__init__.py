"""Self-supervised training: arrays in, arrays out. The only room with torch, which loads with its files."""
