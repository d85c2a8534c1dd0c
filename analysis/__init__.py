"""The measuring core: photographs of a tilted chart in, focus shift out.

Numpy arrays in, frozen dataclasses out. Nothing here knows Django, Dask, the network, the clock or global state.
Imports point left only: ``results, flags <- photos <- frames <- charts <- sfr <- focus <- reel <- measure``;
``copies`` imports results only, ``synthetic`` imports chart geometry only.
"""
