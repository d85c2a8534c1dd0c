"""The site's API as the tool speaks to it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, NoReturn, Self, cast

import click
import httpx

from lensdb.tool import credentials
from lensdb.tool.exit_codes import ExitCode

TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
TRIES: Final = 4
_PATIENCE_S: Final = 60.0
_PASSING: Final = {429, 502, 503, 504}
_NOT_ALLOWED: Final = {401, 403}
_KNOWN_AT_ONCE: Final = 100


class SiteError(Exception):
    """The site said no. The message is a sentence, `next_step` another or empty, `code` stable."""

    def __init__(self, sentence: str, *, code: str = "", next_step: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.next_step = next_step


class NotAllowedError(SiteError):
    """Not signed in, or not allowed."""


class NotFoundError(SiteError):
    """No such thing, or none that may be seen."""


class UnreachableError(SiteError):
    """No answer that makes sense: network, or a site in trouble."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file to send, the digest it is known by, and the f-number typed for it."""

    path: Path
    sha256: str
    f_number: float | None = None


class Site:
    """A connection to the API. Passing troubles are tried again; everything else is a `SiteError`."""

    def __init__(self, server: str, token: str = "", *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.server = server.rstrip("/")
        self._http = httpx.Client(
            base_url=f"{self.server}/api/v1/", headers=headers, timeout=TIMEOUT, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sign_in(self, *, email: str, password: str, name: str) -> str:
        """A new token's secret."""
        body = {"email": email, "password": password, "name": name}
        return str(self._json("POST", "tokens/", tries=1, json=body)["token"])

    def lenses(self, text: str) -> list[dict[str, Any]]:
        """Lenses that `text` may mean, the likeliest first."""
        return list(self._json("GET", "lenses/", params={"q": text}))

    def bodies(self, text: str) -> list[dict[str, Any]]:
        """Bodies whose names hold every word of `text`."""
        return list(self._json("GET", "bodies/", params={"q": text}))

    def identify(self, photos: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Lens and body of what cameras wrote, and what is odd about it."""
        return dict(self._json("POST", "identify/", json={"photos": list(photos)}))

    def known(self, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Which of these files were sent before: digest -> series and file name."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(digests), _KNOWN_AT_ONCE):
            some = digests[start : start + _KNOWN_AT_ONCE]
            found |= {entry["sha256"]: entry for entry in self._json("GET", "known/", params={"sha256": some})}
        return found

    def all_series(self) -> list[dict[str, Any]]:
        """One's own series, the newest first."""
        return list(self._json("GET", "series/"))

    def series(self, public_id: str) -> dict[str, Any]:
        """A series with its photos and result."""
        return dict(self._json("GET", f"series/{public_id}/"))

    def begin(self, fields: dict[str, Any]) -> str:
        """The public id of a new draft. An answer that was lost on the way does no harm: the key finds the draft."""
        return str(self._json("POST", "series/", json={"key": str(uuid.uuid4())} | fields)["public_id"])

    def send(self, series: str, photo: PhotoFile, *, progress: Callable[[int], None]) -> None:
        """Send one file; `progress` is told how many bytes more have left."""

        def attempt() -> httpx.Response:
            with photo.path.open("rb") as file:
                typed = {} if photo.f_number is None else {"f_number": str(photo.f_number)}
                files = {"file": (photo.path.name, cast("IO[bytes]", _Watched(file, progress)))}
                return self._http.post(f"series/{series}/photos/", data=typed, files=files)

        self._answer(attempt)

    def submit(self, series: str) -> dict[str, Any]:
        """Complete a draft; where it stands then. An answer that was lost on the way does no harm."""
        try:
            return dict(self._json("POST", f"series/{series}/submit/"))
        except SiteError as error:
            if error.code != "already_submitted":
                raise
            return self.status(series)

    def discard(self, series: str) -> None:
        """Throw a draft away."""
        self._answer(lambda: self._http.delete(f"series/{series}/"))

    def status(self, series: str) -> dict[str, Any]:
        """Where a series stands."""
        return dict(self._json("GET", f"series/{series}/status/"))

    def follow(self, series: str) -> Iterator[dict[str, Any]]:
        """Where a series stands, again and again until it is measured or failed; waits as long as the site asks."""
        etag, last = "", {}
        while True:
            headers = {"If-None-Match": etag} if etag else {}
            answer = self._answer(partial(self._http.get, f"series/{series}/status/", headers=headers))
            if answer.status_code != httpx.codes.NOT_MODIFIED:
                etag, last = answer.headers.get("ETag", ""), answer.json()
                yield last
            if last["state"] in {"measured", "failed"}:
                return
            time.sleep(float(answer.headers.get("Retry-After", 5)))

    def result(self, series: str) -> dict[str, Any]:
        """What was measured."""
        return dict(self._json("GET", f"series/{series}/result/"))

    def _json(self, method: str, url: str, *, tries: int = TRIES, **content: Any) -> Any:
        return self._answer(lambda: self._http.request(method, url, **content), tries=tries).json()

    def _answer(self, attempt: Callable[[], httpx.Response], *, tries: int = TRIES) -> httpx.Response:
        """The answer to a request that may be made again."""
        for wait_s in (2**n for n in range(tries - 1)):
            try:
                answer = attempt()
            except httpx.HTTPError:
                time.sleep(wait_s)
                continue
            asked_s = float(answer.headers.get("Retry-After", wait_s))
            if answer.status_code not in _PASSING or asked_s > _PATIENCE_S:
                return _checked(answer)
            time.sleep(asked_s)
        try:
            return _checked(attempt())
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"{self.server} does not answer ({type(error).__name__}).",
                next_step="Check the address and your connection, and run the same command again.",
            ) from error


class _Watched:
    """A file that tells how much of it has been read."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], None]) -> None:
        self._file = file
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(len(data))
        return data

    def __iter__(self) -> Iterator[bytes]:
        while data := self.read(64 * 1024):
            yield data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()


def _checked(answer: httpx.Response) -> httpx.Response:
    """The answer, or the error it tells."""
    if answer.status_code < httpx.codes.BAD_REQUEST:
        return answer
    try:
        told = answer.json()
        sentence = str(told["detail"])
    except (ValueError, KeyError, TypeError):
        raise UnreachableError(f"The site answered {answer.status_code} without saying why.") from None
    fields = [f"{name}: {' '.join(texts)}" for name, texts in told.get("fields", {}).items()]
    kind = SiteError
    if answer.status_code in _NOT_ALLOWED:
        kind = NotAllowedError
    elif answer.status_code == httpx.codes.NOT_FOUND:
        kind = NotFoundError
    elif answer.status_code in _PASSING or answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        kind = UnreachableError
    raise kind(" ".join([sentence, *fields]), code=str(told.get("code", "")), next_step=str(told.get("next_step", "")))


def signed_in() -> Site:
    """The site of the kept credentials; without any the command ends here."""
    kept = credentials.load()
    if kept is None:
        click.echo("You are not signed in. Run: lensdb login --server ADDRESS", err=True)
        raise click.exceptions.Exit(ExitCode.NOT_ALLOWED)
    return Site(kept.server, kept.token)


def end_with(error: SiteError) -> NoReturn:
    """Say what went wrong, and end the command with the code for it."""
    click.echo(" ".join(filter(None, [str(error), error.next_step])), err=True)
    if isinstance(error, NotAllowedError):
        click.echo("Sign in again with: lensdb login --server ADDRESS", err=True)
        raise click.exceptions.Exit(ExitCode.NOT_ALLOWED)
    if isinstance(error, UnreachableError):
        raise click.exceptions.Exit(ExitCode.NETWORK)
    raise click.exceptions.Exit(ExitCode.USAGE if isinstance(error, NotFoundError) else ExitCode.NOTHING_USABLE)
