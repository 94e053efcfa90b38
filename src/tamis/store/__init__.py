"""Where things are kept: SQL owns the truth, and bytes exist only when a SQL row names them."""
