"""One file per strategy; all are imported by `base.load_strategies`."""
