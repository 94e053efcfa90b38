"""From the bytes of an image file to upright pixels, a thumbnail, measures and a fingerprint."""
