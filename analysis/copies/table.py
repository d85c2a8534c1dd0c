"""Sessions of copies as arrays, in the order of batch and copy: what the model of a population is fitted to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.copies.combined import check
from analysis.copies.likelihood import Array, Level, Nest, most_likely

SEPARABLE_BATCHES: Final = 3
COPIES_OF_A_BATCH: Final = 2
"""So many batches of so many copies each, or batch and copy cannot be separated."""
SESSION, COPY, BATCH = 0, 1, 2


class Session(NamedTuple):
    """What one series says of one copy, in any unit; the same for all.

    Attributes
    ----------
    copy : which copy; sorts and compares.
    value, se : the estimate and its standard error, without the error of scale that all series share.
    batch : which batch the copy is of; empty when unknown.
    """

    copy: str
    value: float
    se: float
    batch: str = ""


class CopyEstimate(NamedTuple):
    """One copy: the estimate of all its sessions, not drawn towards the others. `se` includes the repeat scatter."""

    copy: str
    batch: str
    n_sessions: int
    value: float
    se: float


def separable_batches(batch_of_copy: Sequence[str]) -> frozenset[str]:
    """The batches of at least two copies; none where they are fewer than three, and batch and copy inseparable."""
    known = Counter(batch for batch in batch_of_copy if batch)
    large = frozenset(batch for batch, copies in known.items() if copies >= COPIES_OF_A_BATCH)
    return large if len(large) >= SEPARABLE_BATCHES else frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Sessions in the order of batch and copy.

    Attributes
    ----------
    copies, batches : name and batch of each copy, in the order of the groups of the first level. A batch that only
        some sessions of a copy name is the copy's.
    nest : values, and the levels copies, batches where they are separable (a copy outside them is its own), and all.
    separable : the batches that can be told from copies.
    """

    copies: tuple[str, ...]
    batches: tuple[str, ...]
    nest: Nest
    separable: frozenset[str]

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> Table:
        """Sort and check."""
        values, variances = check([row.value for row in sessions], [row.se for row in sessions])
        named, copy = np.unique([row.copy for row in sessions], return_inverse=True)
        names, batch_of = named.tolist(), [""] * named.size
        for place, row in zip(copy.tolist(), sessions, strict=True):
            batch_of[place] = max(batch_of[place], row.batch)
        separable = separable_batches(batch_of)
        told = [batch if batch in separable else "" for batch in batch_of]
        batch = np.unique(told, return_inverse=True)[1]
        order = np.lexsort((variances, values, copy, batch[copy]))
        laid = copy[order]
        levels = [Level.of(laid)]
        of_copy = laid[levels[0].starts]
        if separable:
            alone = np.array([not name for name in told])
            levels.append(Level.of(np.where(alone, batch.size + np.arange(batch.size), batch)[of_copy]))
        levels.append(Level.all(levels[-1].size))
        return cls(
            tuple(names[place] for place in of_copy),
            tuple(batch_of[place] for place in of_copy),
            Nest(values[order], variances[order], tuple(levels)),
            separable,
        )

    @classmethod
    def laid_out(
        cls,
        copies: Sequence[str],
        batches: Sequence[str],
        sizes: npt.NDArray[np.int64],
        values: Array,
        standard_errors: Array,
    ) -> Table:
        """The same from columns, for very many: each copy once with the number of its sessions, which follow in order.

        Only where batches are separable are the copies put in another order.
        """
        if separable_batches(batches):
            named = zip(np.repeat(copies, sizes).tolist(), values.tolist(), standard_errors.tolist(), strict=True)
            of_batch = np.repeat(batches, sizes).tolist()
            return cls.of([Session(*row, batch) for row, batch in zip(named, of_batch, strict=True)])
        y, variances = check(values, standard_errors)
        of_copies = Level.of(np.repeat(np.arange(len(copies)), sizes))
        levels = (of_copies, Level.all(of_copies.size))
        return cls(tuple(copies), tuple(batches), Nest(y, variances, levels), frozenset())

    def without_batches(self) -> Table:
        """The same sessions, in the same order, as if nothing were known of batches."""
        of_copies = self.nest.levels[0]
        levels = (of_copies, Level.all(of_copies.size))
        return Table(self.copies, self.batches, Nest(self.nest.values, self.nest.variances, levels), frozenset())

    @property
    def n_copies(self) -> int:
        return len(self.copies)

    @property
    def has_repeats(self) -> bool:
        """Whether any copy has two sessions, without which repeat and copy cannot be told apart."""
        return self.nest.values.size > self.n_copies

    @property
    def spreads(self) -> Array:
        """Variances between sessions, between copies and, where they are separable, between batches."""
        return most_likely(self.nest, self.free)

    @property
    def free(self) -> tuple[bool, ...]:
        """Which variances the sessions can tell."""
        return (self.has_repeats, self.n_copies > 1, True)[: len(self.nest.levels)]

    def estimates(self, repeat_variance: float) -> tuple[CopyEstimate, ...]:
        """Each copy by itself, sorted by name."""
        lone = Nest(self.nest.values, self.nest.variances, self.nest.levels[:1])
        found = lone.climb(np.array([repeat_variance]))[0]
        sizes = np.bincount(self.nest.levels[SESSION].group_of).tolist()
        columns = (self.copies, self.batches, sizes, found.mean.tolist(), np.sqrt(found.variance).tolist())
        return tuple(sorted(map(CopyEstimate, *columns), key=lambda copy: copy.copy))
