"""The photographer's command line. Imports `analysis` and itself only; runs where Django is not installed."""

import os

# Our matrices are small: threads of the linear algebra wait for each other longer than they work. On two busy cores a
# rendered photo cost 2.1 s of CPU with them and 0.46 s without. Read by the libraries when they are first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
