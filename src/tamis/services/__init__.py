"""The rules of the product: what may be done, in which order, and what it leaves behind."""
