"""Run on the dispatcher's host: prints how many workers the scheduler has."""

from __future__ import annotations

import os

from lensdb.processing.cluster import DaskCluster
from lensdb.processing.network import tls_of

if __name__ == "__main__":
    cluster = DaskCluster(os.environ["LENSDB_DASK_SCHEDULER"], tls_of("dispatch", os.environ))
    print(cluster.slots())  # noqa: T201 - its output
    cluster.close()
