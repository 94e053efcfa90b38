"""What this process may use of the machine."""

import os


def cores() -> int:
    """Count the processor cores that this process may use; in a container there may be fewer than exist."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1
