"""supervisord over the hosts' processes: the restart rules of compose, logs, and an orderly end."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from deploy.topology.compose import Service
from deploy.topology.machine import ROOT, Places, command

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 120.0
_STOP_SIGNALS: Final = {"postgres": "INT"}  # its "fast" end, as compose says

_HEAD: Final = """[supervisord]
nodaemon=true
silent=true
logfile={log}/supervisord.log
pidfile={work}/supervisord.pid
user=root

[unix_http_server]
file={work}/supervisor.sock

[supervisorctl]
serverurl=unix://{work}/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
_PROGRAM: Final = """
[program:{host}]
command={command}
autostart=false
autorestart={restart}
startretries=1000000
startsecs=0
stopsignal={stop}
stopasgroup=false
killasgroup=true
stopwaitsecs=30
redirect_stderr=true
stdout_logfile={log}/{host}.log
"""


class Supervision:
    """Every host's process, by the host's name. Use it as a context; nothing runs until `start`."""

    def __init__(self, services: Iterable[Service], places: Places) -> None:
        self.log = places.work / "log"
        self.log.mkdir()
        self._conf = places.work / "supervisord.conf"
        programs = [
            _PROGRAM.format(
                host=host,
                command=shlex.join(command(service, host, places)).replace("%", "%%"),
                restart="true" if service.restart == "always" else "false",
                stop=_STOP_SIGNALS.get(service.name, "TERM"),
                log=self.log,
            )
            for service in services
            for host in service.hosts()
        ]
        self._conf.write_text(_HEAD.format(work=places.work, log=self.log) + "".join(programs))
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._daemon = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._conf)], cwd=ROOT, start_new_session=True
        )
        deadline = time.monotonic() + START_SECONDS
        while self._control("pid").returncode:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"supervisord did not start; see {self.log}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        if self._daemon is None or self._daemon.poll() is not None:
            return
        self._daemon.send_signal(signal.SIGTERM)
        try:
            self._daemon.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()

    def start(self, *hosts: str) -> None:
        """Start the processes of these hosts."""
        self._control("start", *hosts, check=True)

    def pid(self, host: str) -> int:
        """The process of a host; 0 when it does not run."""
        answer = self._control("pid", host).stdout.strip()
        return int(answer) if answer.isdigit() else 0

    def tail(self, host: str, lines: int = 15) -> str:
        """The end of a host's log."""
        file = self.log / f"{host}.log"
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:]) if file.exists() else "(no log)"

    def _control(self, *words: str, check: bool = False) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(self._conf), *words]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=check)


def copied(log: Path, folder: Path) -> None:
    """Keep the logs after the test."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in log.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
