"""All that is told of a lens, in numbers and in words: cells, verdict and evidence, the same on a page and offline."""

from analysis.statement.cells import CellNumbers, CopiesHere, cell_numbers
from analysis.statement.rows import Lens, SeriesShift
from analysis.statement.statement import Statement, judged, lens_statement
from analysis.statement.told import Named, Told

__all__ = [
    "CellNumbers",
    "CopiesHere",
    "Lens",
    "Named",
    "SeriesShift",
    "Statement",
    "Told",
    "cell_numbers",
    "judged",
    "lens_statement",
]
