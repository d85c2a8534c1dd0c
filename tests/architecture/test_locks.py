"""PostgreSQL's advisory locks are numbers: two locks with one number would wait for each other."""

import re
from pathlib import Path

import lensdb

_NUMBER = re.compile(r"^_\w+: Final = (0x[0-9A-F]{8})$", re.MULTILINE)


def test_every_advisory_lock_has_a_number_of_its_own():
    sources = [path.read_text() for path in Path(lensdb.__file__).parent.rglob("*.py")]
    locking = [source for source in sources if "pg_advisory_xact_lock" in source]
    numbers = [number for source in locking for number in _NUMBER.findall(source)]
    assert len(numbers) >= 3
    assert len(set(numbers)) == len(numbers)
