"""The embedded server survives what kills its users, and does not outlive the last of them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lensdb.lib import embedded_postgres

ROOT = Path(__file__).resolve().parents[3]
USER_PROGRAM = """
import sys, time
from pathlib import Path
from lensdb.lib import embedded_postgres
embedded_postgres.join(Path(sys.argv[1]))
print("joined", flush=True)
time.sleep(120)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@pytest.fixture
def start_user(data: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts processes that use the server; all are killed at the end, and the server must go with them."""
    users: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        user = subprocess.Popen(
            [sys.executable, "-c", USER_PROGRAM, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        users.append(user)
        return user

    yield start
    for user in users:
        user.kill()
        user.communicate()
    wait_until(lambda: not (data / "postmaster.pid").exists())


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def joined(user: subprocess.Popen[str]) -> bool:
    assert user.stdout is not None
    return user.stdout.readline() == "joined\n"


def nobody_holds(data: Path, name: str) -> bool:
    with embedded_postgres._open_lock(data, name) as lock:
        return embedded_postgres._try_lock(lock)


def postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split("\n")[0])


def answers(data: Path) -> bool:
    with contextlib.suppress(psycopg.OperationalError), connect(data):
        return True
    return False


def connect(data: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(embedded_postgres.socket_dir(data)), user=embedded_postgres.USER, dbname=embedded_postgres.DATABASE
    )


def test_users_that_start_together_share_one_server_which_ends_after_the_last(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    first, second = start_user(), start_user()
    assert joined(first)
    assert joined(second)
    pid = postmaster(data)
    first.kill()
    first.wait()
    with connect(data) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.kill()
    second.wait()
    wait_until(lambda: not embedded_postgres._is_ours(data, pid))


def test_a_killed_server_comes_back_with_every_committed_row(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    assert joined(start_user())
    with connect(data) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    with contextlib.suppress(ProcessLookupError):
        os.kill(postmaster(data), signal.SIGKILL)
    assert joined(start_user())
    with connect(data) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_server_that_dies_under_its_users_is_started_again_without_them(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    assert joined(start_user())
    with connect(data) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    for _ in range(2):
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: answers(data))
        assert postmaster(data) != killed
        with connect(data) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_server_that_cannot_be_started_again_is_started_as_soon_as_it_can(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    assert joined(start_user())
    away = data.with_name("away")
    (data / "global").rename(away)
    os.kill(postmaster(data), signal.SIGKILL)
    wait_until(lambda: "could not be started yet" in embedded_postgres._log(data).read_text())
    away.rename(data / "global")
    wait_until(lambda: answers(data))


def test_a_pid_file_naming_a_stranger_does_not_stop_the_start(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    first = start_user()
    assert joined(first)
    first.kill()
    first.wait()
    wait_until(lambda: not (data / "postmaster.pid").exists() and nobody_holds(data, "watcher"))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    assert joined(start_user())
    assert postmaster(data) != os.getpid()


def test_the_server_listens_on_a_private_socket_only(
    data: Path, start_user: Callable[[], subprocess.Popen[str]]
) -> None:
    assert joined(start_user())
    assert embedded_postgres.socket_dir(data).stat().st_mode & 0o777 == 0o700
    with connect(data) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_socket_folder_others_can_open_is_refused(data: Path) -> None:
    folder = embedded_postgres.socket_dir(data)
    folder.mkdir(mode=0o755)
    try:
        with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="only you can open"):
            embedded_postgres.join(data)
    finally:
        folder.rmdir()


def test_the_socket_path_fits_however_long_the_folder() -> None:
    deep = Path("/" + "d" * 200) / "postgres"
    assert len(str(embedded_postgres.socket_dir(deep) / ".s.PGSQL.5432.lock").encode()) <= 107
