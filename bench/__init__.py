"""One command per published table: `python -m bench ID`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does, before NumPy is loaded
