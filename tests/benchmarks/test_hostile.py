"""The report on hostile files sees what it is there to see."""

from itertools import islice

from tests import hostile
from tests.benchmarks.hostile import READERS, Cost, cost_of, costs


def test_every_file_gets_a_line_for_each_reader(tmp_path):
    found = list(costs(islice(hostile.hostile_files(), 3), tmp_path))
    names = [file.name for file in islice(hostile.hostile_files(), 3)]
    assert [(cost.name, cost.reader) for cost in found] == [(name, reader) for name in names for reader in READERS]
    assert all(cost.answer.startswith("JPEG") for cost in found)


def test_a_reader_that_takes_the_whole_file_in_is_noticed(tmp_path, monkeypatch):
    path = tmp_path / "photo"
    path.write_bytes(bytes(60_000_000))
    monkeypatch.setitem(READERS, "greedy", lambda path: f"{len(path.read_bytes())} bytes")
    cost = cost_of("large", path, "greedy")
    assert cost.mb > 50
    assert not cost.is_within
    assert "EXCEEDS" in str(cost)


def test_slow_is_noticed_too():
    assert not Cost("slow", "door", 1, 51, 0, "JPEG").is_within
    assert Cost("quick", "door", 1, 49, 19, "JPEG").is_within
