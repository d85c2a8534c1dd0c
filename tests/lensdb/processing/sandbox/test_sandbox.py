"""What code run inside the measuring child can do, and what becomes of a child that oversteps."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

import lensdb
from lensdb.processing.sandbox import landlock, seccomp
from lensdb.processing.sandbox.client import Helper, HelperLostError, OpenPhoto
from lensdb.processing.sandbox.helper import NICENESS
from lensdb.processing.sandbox.limits import MIB, Limits

LIMITS = Limits(memory_bytes=256 * MIB, cpu_seconds=20, wall_seconds=60, output_bytes=4 * MIB)
RUN_HOSTILE = "import runpy; runpy.run_module('tests.lensdb.processing.sandbox.hostile', run_name='__main__')"
HOSTILE = "tests.lensdb.processing.sandbox.hostile"


@pytest.fixture(scope="module")
def helper():
    helper = Helper(HOSTILE)
    yield helper
    helper.close()


def do(helper, deed, argument="", *, photos=(), limits=LIMITS):
    return helper.measure(photos, {"do": deed, "with": argument}, limits)


def do_and_lose(helper, deed, argument):
    with pytest.raises(HelperLostError):
        do(helper, deed, argument)


def said(helper, deed, argument=""):
    return do(helper, deed, argument).result.lens


@pytest.fixture(scope="module", autouse=True)
def kernel_can_seal():
    """The tests below say what holds where the kernel has both; `manage.py check` warns where it has not."""
    if not (landlock.version() and seccomp.is_supported()):
        pytest.fail("this kernel has no Landlock or no seccomp, so the sandbox cannot be tested here")


def test_measuring_gives_way_to_others_of_its_session_and_does_not_hear_of_a_ctrl_c(helper):
    do(helper, "read_environment")
    pid = helper._process.pid
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICENESS, 19)
    assert os.getsid(pid) == os.getsid(0)
    assert os.getpgid(pid) != os.getpgrp()


def test_it_cannot_connect(helper):
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert said(helper, "connect", str(server.getsockname()[1])) == "PermissionError"


def test_it_cannot_connect_to_a_database_beside_it(helper, tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        assert said(helper, "connect_local", str(tmp_path / "s")) == "PermissionError"


@pytest.mark.parametrize("deed", ["execute", "start"])
def test_it_cannot_start_a_program(helper, deed):
    assert said(helper, deed, "/bin/true") == "PermissionError"


def test_it_cannot_fork(helper):
    assert said(helper, "fork") in {"PermissionError", "BlockingIOError"}
    assert said(helper, "fork_newly") == "ENOSYS"


def test_it_cannot_read_settings_or_another_file(helper, tmp_path):
    (tmp_path / "secret").write_text("secret")
    settings = Path(lensdb.__file__).with_name("settings.py")
    assert settings.exists()
    assert said(helper, "read", str(settings)) == "PermissionError"
    assert said(helper, "read", str(tmp_path / "secret")) == "PermissionError"
    assert said(helper, "read", "/proc/self/environ") == "PermissionError"
    assert said(helper, "read_environment") == "[]"


def test_it_cannot_write(helper, tmp_path):
    place = tmp_path / "place"
    assert said(helper, "write", str(place)) == "PermissionError"
    assert not place.exists()
    place.write_text("ours")
    assert said(helper, "write", str(place)) == "PermissionError"
    assert said(helper, "remove", str(place)) == "PermissionError"
    assert place.read_text() == "ours"


def test_it_cannot_harm_the_helper_or_widen_its_limits(helper):
    assert said(helper, "signal_parent") == "PermissionError"
    assert said(helper, "raise_limits") == "PermissionError"


def test_it_holds_its_descriptors_and_no_other(helper):
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as two:
        photos = [OpenPhoto("1.jpg", 1.2, one.fileno()), OpenPhoto("2.jpg", 2.0, two.fileno())]
        # Answer, pictures, the sign of life, and the photos.
        assert do(helper, "count_descriptors", photos=photos).result.lens == "5"


def test_a_secret_of_the_worker_is_not_in_the_helpers_memory(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    helper = Helper(HOSTILE)
    do(helper, "read_environment")
    assert b"secret" not in Path(f"/proc/{helper._process.pid}/environ").read_bytes()
    helper.close()


def test_it_reads_the_photos_it_was_handed(helper):
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as two:
        one.write(b"first ")
        two.write(b"second")
        one.flush()
        two.flush()
        photos = [OpenPhoto("1.jpg", 1.2, one.fileno()), OpenPhoto("2.jpg", None, two.fileno())]
        assert do(helper, "echo", photos=photos).result.lens == "first second"


def test_pictures_come_out_by_name(helper):
    pictures = {"a-chart.jpg": "\xff\xd8\xff first", "a-crop.jpg": "\xff\xd8\xff second"}
    outcome = do(helper, "store", pictures)
    assert outcome.pictures == {"a-chart.jpg": b"\xff\xd8\xff first", "a-crop.jpg": b"\xff\xd8\xff second"}


@pytest.mark.parametrize(
    "pictures",
    [{"../../etc/x.jpg": "\xff\xd8\xff"}, {".hidden": "\xff\xd8\xff"}, {"page.jpg": "<html>"}, {"x.jpg": ""}],
)
def test_a_picture_that_is_none_is_refused_at_the_door(helper, pictures):
    assert do(helper, "store", pictures).failure == "measuring_failed"


@pytest.mark.parametrize(
    ("deed", "failure"),
    [
        ("crash", "photo_crashes"),
        ("abort", "photo_crashes"),
        ("eat_memory", "too_big"),
        ("fail", "measuring_failed"),
        ("exit_early", "measuring_failed"),
        ("nonsense", "measuring_failed"),
        ("no_json", "measuring_failed"),
    ],
)
def test_a_child_that_breaks_is_a_failure_with_a_code(helper, deed, failure):
    assert do(helper, deed).failure == failure


def test_a_bug_is_told_to_the_log(helper):
    assert "ZeroDivisionError: a bug in the core" in do(helper, "fail").detail
    assert "set is not JSON serializable" in do(helper, "no_json").detail


def test_an_endless_loop_is_too_slow(helper):
    outcome = do(helper, "spin", limits=Limits(memory_bytes=256 * MIB, cpu_seconds=1, wall_seconds=30))
    assert outcome.failure == "too_slow"
    assert outcome.cpu_seconds > 0.5


@pytest.mark.parametrize(("deed", "failure"), [("sleep", "too_slow"), ("hide_and_stay", "worker_trouble")])
def test_a_child_that_stays_is_ended(helper, deed, failure):
    limits = Limits(memory_bytes=256 * MIB, wall_seconds=1)
    assert do(helper, deed, "600", limits=limits).failure == failure


def test_a_child_cannot_fill_the_disk(helper):
    name, written = said(helper, "fill_disk").strip("()").split(", ")
    assert (name, int(written)) == ("'EFBIG'", LIMITS.output_bytes)


def test_the_helper_lives_through_it_all(helper):
    assert said(helper, "read_environment") == "[]"
    before = helper._process.pid
    do(helper, "crash")
    assert said(helper, "read_environment") == "[]"
    assert helper._process.pid == before


def test_a_helper_that_was_killed_while_idle_is_replaced_and_costs_nothing():
    helper = Helper(HOSTILE)
    assert said(helper, "read_environment") == "[]"
    helper._process.send_signal(signal.SIGKILL)
    helper._process.wait()
    assert said(helper, "read_environment") == "[]"
    helper.close()


def test_a_helper_that_is_killed_while_it_works_is_trouble_once_and_started_again():
    helper = Helper(HOSTILE)
    said(helper, "read_environment")
    asking = threading.Thread(target=lambda: do_and_lose(helper, "sleep", "600"))
    asking.start()
    _wait_for(lambda: _children(helper._process.pid))
    helper._process.send_signal(signal.SIGKILL)
    asking.join(timeout=20)
    assert said(helper, "read_environment") == "[]"
    helper.close()


@pytest.mark.parametrize("module", [landlock, seccomp])
def test_a_child_that_cannot_be_sealed_does_not_begin(module):
    """The kernel of this helper lacks a seal, as far as it can tell."""
    name = module.__name__
    helper = Helper(HOSTILE)
    helper._command = [sys.executable, "-c", f"import {name}; {name}.restrict = lambda: False; {RUN_HOSTILE}"]
    assert do(helper, "read_environment").failure == "worker_unsealed"
    helper.close()
    helper = Helper(HOSTILE, must_seal=False)
    helper._command = [sys.executable, "-c", f"import {name}; {name}.restrict = lambda: False; {RUN_HOSTILE}"]
    assert said(helper, "read_environment") == "[]"
    helper.close()


def test_a_helper_that_does_not_start_is_trouble():
    with pytest.raises(HelperLostError, match="closed the connection"):
        do(Helper("tests.lensdb.processing.sandbox.no_such_module"), "read_environment")


def test_nothing_is_left_when_the_worker_goes_while_a_child_runs():
    helper = Helper(HOSTILE)
    said(helper, "read_environment")
    asking = threading.Thread(target=lambda: do_and_lose(helper, "sleep", "600"))
    asking.start()
    children = _wait_for(lambda: _children(helper._process.pid))
    helper._socket.shutdown(socket.SHUT_RDWR)
    asking.join(timeout=20)
    assert _wait_for(lambda: not any(_is_running(pid) for pid in children))
    helper.close()


def test_a_child_whose_helper_has_gone_does_not_begin(tmp_path):
    code = """
import os, sys
from lensdb.processing.sandbox import child
from lensdb.processing.sandbox.limits import Limits
answer, pictures, alive = (os.open(path, os.O_RDWR | os.O_CREAT) for path in sys.argv[1:])
limits = Limits(memory_bytes=2**28, cpu_seconds=5, wall_seconds=5)
not_the_parent = os.getpid()
request = child.Request([], {}, limits, must_seal=False, answer=answer, pictures=pictures)
child.run(request, lambda _: {}, alive=alive, helper=not_the_parent)
"""
    paths = [tmp_path / name for name in ("answer", "pictures", "alive")]
    ended = subprocess.run([sys.executable, "-c", code, *paths], check=False)
    assert ended.returncode == 1
    assert paths[0].read_bytes() == b""


def _children(pid):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return found
