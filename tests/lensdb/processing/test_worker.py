"""The worker's function, with the hostile helper in the place of the measuring one."""

import hashlib
import http.server
import subprocess
import sys
import threading

import pytest

from lensdb.processing import worker
from lensdb.processing.sandbox import seals
from lensdb.processing.sandbox.client import Helper, HelperLostError, Outcome
from tests.factories.measurements import series_result

PICTURE = "\xff\xd8\xff picture"


@pytest.fixture(scope="module")
def helper():
    helper = Helper("tests.lensdb.processing.sandbox.hostile")
    yield helper
    helper.close()


@pytest.fixture(autouse=True)
def hostile(helper, monkeypatch):
    monkeypatch.setattr(worker, "_helper", helper)


def reference(path, data=b"photo"):
    return {"sha256": hashlib.sha256(data).hexdigest(), "source": str(path), "name": "1.jpg", "f_number": 1.2}


def task(tmp_path, *photos, do="echo", argument=""):
    return {
        "label": "series=7 job=8 attempt=2",
        "photos": list(photos),
        "options": {"do": do, "with": argument},
        "derived": str(tmp_path / "derived"),
    }


def test_it_runs_where_django_and_the_database_cannot_be_imported():
    code = (
        "import sys\n"
        "sys.modules.update(django=None, psycopg=None, rest_framework=None)\n"
        "from lensdb.processing import worker\n"
        "report = worker.measure({'label': '', 'photos': [], 'options': {}, 'derived': '/nowhere'})\n"
        "print(report['failure'] or report['result'])\n"
        "worker._helper.close()\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in {'django', 'psycopg', 'dask'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    failure, imported = done.stdout.splitlines()
    assert failure not in {"worker_trouble", "measuring_failed"}
    assert imported == "['django', 'psycopg']"  # the names we barred, and nothing of theirs


def test_photos_are_read_from_files(tmp_path):
    (tmp_path / "photo").write_bytes(b"photo")
    report = worker.measure(task(tmp_path, reference(tmp_path / "photo")))
    assert report["result"]["series"]["lens"] == "photo"
    assert report["cpu_seconds"] > 0


def test_photos_are_read_from_urls(tmp_path, server):
    report = worker.measure(task(tmp_path, reference(f"{server}/photo")))
    assert report["result"]["series"]["lens"] == "photo"


def test_a_photo_that_is_gone_is_a_trouble_that_may_pass(tmp_path, server):
    for place in (tmp_path / "gone", f"{server}/gone"):
        assert worker.measure(task(tmp_path, reference(place)))["failure"] == "photo_missing"


def test_other_bytes_than_were_sent_are_not_measured(tmp_path):
    (tmp_path / "photo").write_bytes(b"other")
    assert worker.measure(task(tmp_path, reference(tmp_path / "photo")))["failure"] == "photo_changed"


def test_pictures_are_kept_by_digest(tmp_path):
    report = worker.measure(task(tmp_path, do="store", argument={"reel.jpg": PICTURE}))
    digest = hashlib.sha256(PICTURE.encode("latin-1")).hexdigest()
    assert report["pictures"] == {"reel.jpg": digest}
    (kept,) = (path for path in (tmp_path / "derived").rglob("*") if path.is_file())
    assert kept == tmp_path / "derived" / digest[:2] / f"{digest}.jpg"
    assert kept.read_bytes() == PICTURE.encode("latin-1")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_log_says_which_series_in_which_attempt_came_to_what(tmp_path, caplog):
    caplog.set_level("INFO", "lensdb.worker")
    (tmp_path / "photo").write_bytes(b"photo")
    worker.measure(task(tmp_path, reference(tmp_path / "photo")))
    worker.measure(task(tmp_path, reference(tmp_path / "gone")))
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "event='measuring' series=7 job=8 attempt=2"
    assert told[1].startswith("event='measured' series=7 job=8 attempt=2 cpu_seconds=")
    assert told[3].startswith("event='photo_missing' series=7 job=8 attempt=2")


def test_a_crash_is_a_report_like_any_other(tmp_path):
    report = worker.measure(task(tmp_path, do="crash"))
    assert (report["result"], report["failure"]) == (None, "photo_crashes")


def test_a_photo_that_crashes_its_decoder_is_left_out_and_the_others_are_measured(tmp_path):
    photos = []
    for number, data in enumerate([b"good", b"crash", b"good", b"crash"]):
        (tmp_path / str(number)).write_bytes(data)
        photos.append(reference(tmp_path / str(number), data))
    assert worker.measure(task(tmp_path, *photos, do="decode"))["result"]["series"]["lens"] == "decoded"


def test_a_series_of_photos_that_crash_is_given_up(tmp_path):
    (tmp_path / "photo").write_bytes(b"crash")
    photos = [reference(tmp_path / "photo", b"crash")] * 4
    assert worker.measure(task(tmp_path, *photos, do="decode"))["failure"] == "photo_crashes"


def test_limits_grow_with_the_series_and_memory_is_the_hosts_to_say(monkeypatch):
    monkeypatch.setenv("LENSDB_MEASURE_MEMORY_MB", "512")
    megabyte = 1_000_000
    one, nine = worker.limits([megabyte]), worker.limits([megabyte] * 9)
    assert (one.cpu_seconds, nine.cpu_seconds, nine.wall_seconds) == (25, 58, 116)
    assert worker.limits([50 * megabyte]).cpu_seconds > one.cpu_seconds
    assert nine.memory_bytes == 512 * 1024 * 1024


class Once:
    """A helper that is lost, or whose child is, the first time, and measures the second."""

    def __init__(self, first):
        self.first = first
        self.asked = 0

    def measure(self, *_arguments):
        self.asked += 1
        if self.asked > 1:
            return Outcome(series_result())
        if isinstance(self.first, Exception):
            raise self.first
        return self.first


@pytest.mark.parametrize("first", [HelperLostError("killed"), Outcome(failure="worker_trouble", detail="signal 9")])
def test_a_series_whose_helper_or_child_was_killed_is_measured_once_more(tmp_path, monkeypatch, first):
    helper = Once(first)
    monkeypatch.setattr(worker, "_helper", helper)
    assert worker.measure(task(tmp_path))["failure"] == ""
    assert helper.asked == 2


def test_a_helper_that_does_not_answer_in_time_is_not_asked_again(tmp_path, monkeypatch):
    error = HelperLostError("no answer")
    error.__cause__ = TimeoutError()
    helper = Once(error)
    monkeypatch.setattr(worker, "_helper", helper)
    assert worker.measure(task(tmp_path))["failure"] == "worker_trouble"
    assert helper.asked == 1


def test_a_folder_that_cannot_be_written_is_the_machines_trouble(tmp_path):
    (tmp_path / "derived").write_text("no folder")
    report = worker.measure(task(tmp_path, do="store", argument={"reel.jpg": PICTURE}))
    assert (report["result"], report["failure"]) == (None, "worker_storage")


@pytest.mark.parametrize("told", ["worker_storage", "worker_unsealed"])
def test_a_child_that_blames_a_machine_which_is_well_is_charged(tmp_path, monkeypatch, told):
    monkeypatch.setattr(worker, "_helper", Once(Outcome(failure=told)))
    assert worker.measure(task(tmp_path))["failure"] == "worker_trouble"


def test_a_kernel_that_cannot_seal_is_told_at_the_start_and_with_each_series(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(seals.landlock, "version", lambda: 0)
    worker.dask_setup(None)
    assert "no Landlock: nothing is measured here" in caplog.text
    monkeypatch.setattr(worker, "_helper", Once(Outcome(failure="worker_unsealed")))
    assert worker.measure(task(tmp_path))["failure"] == "worker_unsealed"


class _Files(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/photo" else 404)
        self.end_headers()
        self.wfile.write(b"photo")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
