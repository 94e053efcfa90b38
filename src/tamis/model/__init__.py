"""The nouns of Tamis: frozen, checked at the door, and free of any input or output."""
