"""The report on hostile files sees what it is there to see."""

from itertools import islice

from lensdb.submissions import intake
from tests import hostile
from tests.benchmarks.hostile import Cost, cost_of, costs


def test_every_file_gets_a_line(tmp_path):
    found = list(costs(islice(hostile.hostile_files(), 3), tmp_path))
    assert [cost.name for cost in found] == [file.name for file in islice(hostile.hostile_files(), 3)]
    assert all(cost.answer == "JPEG" for cost in found)


def test_a_reader_that_takes_the_whole_file_in_is_noticed(tmp_path, monkeypatch):
    path = tmp_path / "photo"
    path.write_bytes(bytes(60_000_000))

    def read_all(file):
        whole = file.read()
        raise intake.NotAPhotoError(f"{len(whole)} bytes.")

    monkeypatch.setattr(intake, "inspect", read_all)
    cost = cost_of("large", path)
    assert cost.mb > 50
    assert not cost.is_within
    assert "EXCEEDS" in str(cost)


def test_slow_is_noticed_too():
    assert not Cost("slow", 1, 51, 0, "JPEG").is_within
    assert Cost("quick", 1, 49, 19, "JPEG").is_within
