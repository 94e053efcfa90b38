#!/bin/sh
# Finds a Python that is new enough and hands over to setup.py. PYTHON=/path/to/python names one.
set -eu
cd "$(dirname "$0")/.."
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -m tools.setup "$@"
    fi
done
if [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is no Python 3.11 or newer. Name another one, or leave PYTHON out." >&2
else
    echo "Tamis needs Python 3.11 or newer and found none. Install it, or name one: make demo PYTHON=/path/to/python" >&2
fi
exit 1
