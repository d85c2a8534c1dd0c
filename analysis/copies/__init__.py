"""Statistics over copies: the specimen, the batch or the design, and whether distance matters."""

from analysis.copies.combined import CONCLUSIVE_FROM, Combined, combine

__all__ = ["CONCLUSIVE_FROM", "Combined", "combine"]
