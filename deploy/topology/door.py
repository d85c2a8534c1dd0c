"""Run on the photographers' host: knocks at the proxy, prints what must be and what is, tab-separated.

``python -m deploy.topology.door SECRETS_FOLDER PICTURE_PATH``; with ``health`` for the picture it prints what the site
says of itself.
"""

from __future__ import annotations

import http.client
import ssl
import sys
from pathlib import Path

HOST = "lensdb.example"
_TOO_LARGE = 90 * 1024 * 1024


def main(secrets: Path, picture: str) -> None:
    """Knock in every way that must be answered or refused."""
    stranger = ssl.create_default_context(cafile=secrets / "site-ca.pem")
    monitoring = ssl.create_default_context(cafile=secrets / "site-ca.pem")
    monitoring.load_cert_chain(secrets / "monitoring.pem", secrets / "monitoring.key")
    old = ssl.create_default_context(cafile=secrets / "site-ca.pem")
    old.maximum_version = ssl.TLSVersion.TLSv1_1

    plain = http.client.HTTPConnection(HOST, 8080, timeout=10)
    plain.request("GET", "/lenses/")
    answer = plain.getresponse()
    _say("plain HTTP is sent to", f"308 https://{HOST}/lenses/", f"{answer.status} {answer.getheader('Location')}")

    home = _asked(stranger, "GET", "/")
    _say("the home page over TLS", 200, home.status)
    _say(
        "browsers are told to stay with TLS",
        True,
        "max-age=31536000" in home.getheader("Strict-Transport-Security", ""),
    )
    _say("TLS 1.1 is spoken", False, _shakes_hands(old))
    _say("a photo of 90 MiB", 413, _announced(stranger, "/api/v1/series/none/photos/"))
    _say("a form of 90 MiB", 413, _announced(stranger, "/accounts/login/"))
    _say("metrics without a certificate", 403, _asked(stranger, "GET", "/metrics").status)
    token = (secrets / "metrics_token").read_text()
    metrics = _asked(monitoring, "GET", "/metrics", {"Authorization": f"Bearer {token}"})
    _say("metrics with monitoring's certificate and token", 200, metrics.status)
    _say("the folder of pictures by its inner name", 404, _asked(stranger, "GET", "/handed-off/derived/").status)
    shown = _asked(stranger, "GET", picture)
    _say("a picture is sent by the proxy", "200 image/jpeg", f"{shown.status} {shown.getheader('Content-Type')}")
    _say("the picture is a JPEG", True, shown.read(2) == b"\xff\xd8")


def health(secrets: Path) -> None:
    """The codes of the site's troubles, or ``healthy``."""
    answer = _asked(ssl.create_default_context(cafile=secrets / "site-ca.pem"), "GET", "/healthz")
    print(*sorted({line.split(":")[0] for line in answer.read().decode().splitlines()}))  # noqa: T201 - its output


def _asked(
    context: ssl.SSLContext, method: str, path: str, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    connection = http.client.HTTPSConnection(HOST, 8443, timeout=30, context=context)
    connection.request(method, path, headers=headers or {})
    return connection.getresponse()


def _announced(context: ssl.SSLContext, path: str) -> int:
    """The answer to a body that is announced and never sent."""
    return _asked(context, "POST", path, {"Content-Length": str(_TOO_LARGE), "Expect": "100-continue"}).status


def _shakes_hands(context: ssl.SSLContext) -> bool:
    try:
        _asked(context, "GET", "/")
    except OSError:
        return False
    return True


def _say(what: str, wanted: object, found: object) -> None:
    print(what, wanted, found, sep="\t")  # noqa: T201 - its output


if __name__ == "__main__":
    if sys.argv[2] == "health":
        health(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]), sys.argv[2])
