"""Statistics over copies: the specimen, the batch or the design, and whether distance matters."""

from analysis.copies.combined import CONCLUSIVE_FROM, Combined, combine
from analysis.copies.curve import Curve, curve
from analysis.copies.distance import DistanceTest, DistantSession, distance_test
from analysis.copies.oddness import OddCopy, batch_p_value, leave_one_out, odd_copies
from analysis.copies.paired import BodyDifference, BodySession, body_differences, usual_body
from analysis.copies.population import (
    SHARED_SCALE,
    Population,
    Spreads,
    own_error,
    own_errors,
    population,
    population_of,
    spreads_of,
)
from analysis.copies.table import CopyEstimate, Session, Table
from analysis.copies.verdict import PIXEL_UM, Kind, Verdict, verdict, verdict_f_number

__all__ = [
    "CONCLUSIVE_FROM",
    "PIXEL_UM",
    "SHARED_SCALE",
    "BodyDifference",
    "BodySession",
    "Combined",
    "CopyEstimate",
    "Curve",
    "DistanceTest",
    "DistantSession",
    "Kind",
    "OddCopy",
    "Population",
    "Session",
    "Spreads",
    "Table",
    "Verdict",
    "batch_p_value",
    "body_differences",
    "combine",
    "curve",
    "distance_test",
    "leave_one_out",
    "odd_copies",
    "own_error",
    "own_errors",
    "population",
    "population_of",
    "spreads_of",
    "usual_body",
    "verdict",
    "verdict_f_number",
]
