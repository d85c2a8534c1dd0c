"""Tests mirror the source; `benchmarks` report, they do not judge."""

import os

# As in the tool itself, and before numpy is imported: see lensdb/tool/__init__.py.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
