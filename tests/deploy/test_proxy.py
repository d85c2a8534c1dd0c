"""nginx with the site's own configuration, before a small web server that says what it was asked."""

import contextlib
import http.server
import os
import ssl
import subprocess
import threading
import time
from collections import Counter
from typing import Any

import httpx
import pytest
from django.conf import settings

from deploy import make_secrets
from tests.deploy.manifests import DEPLOY
from tests.single_host import free_ports, nginx_is_missing

pytestmark = pytest.mark.skipif(nginx_is_missing(), reason="nginx is not installed: apt-get install nginx-light")
HOST = "localhost"
SESSION = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=abc"}
CANARY = "CANARY-7f3a"


class Web(http.server.BaseHTTPRequestHandler):
    """Answers with how often the path was asked for, and with what the test says; with status 0 it hangs up."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str] = Counter()
    seen: list[Any] = []
    told: dict[str, dict[str, str]] = {}
    status = 200

    def do_GET(self):
        path = self.path
        type(self).asked[path] += 1
        type(self).seen.append(self.headers)
        headers = type(self).told.get(path, {})
        if type(self).status == 0:
            self.close_connection = True
            return
        unchanged = "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]
        body = b"" if unchanged else str(type(self).asked[path]).encode()
        self.send_response(304 if unchanged else type(self).status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    """The server behind nginx; `told` gives headers for a path."""
    Web.asked, Web.seen, Web.told, Web.status = Counter(), [], {}, 200
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy") / "secrets"
    make_secrets.make(folder, hosts=[HOST], database_host="nowhere")
    return folder


@pytest.fixture
def proxy(web, secrets, tmp_path):
    """A function that asks nginx, and what nginx has logged."""
    (tmp_path / "derived" / "ab").mkdir(parents=True)
    (tmp_path / "derived" / "ab" / "abcd.jpg").write_bytes(b"\xff\xd8 a picture")
    port, plain = free_ports(2)
    environment = os.environ | {
        "LENSDB_DATA": str(tmp_path),
        "LENSDB_PROXY_WEB": f"127.0.0.1:{web.server_address[1]}",
        "LENSDB_PROXY_HTTP": f"127.0.0.1:{plain}",
        "LENSDB_PROXY_HTTPS": f"127.0.0.1:{port}",
        "LENSDB_PROXY_CERTIFICATES": str(secrets),
        "LENSDB_PROXY_USER": "root",  # who owns the test's folders, where root runs it
    }
    log = tmp_path / "log"
    trust = ssl.create_default_context(cafile=secrets / "site-ca.pem")
    start = [DEPLOY / "proxy" / "start"]
    with (
        log.open("wb") as out,
        subprocess.Popen(start, env=environment, stdout=out, stderr=out) as nginx,
        httpx.Client(base_url=f"https://{HOST}:{port}", verify=trust, timeout=30) as client,
    ):

        def ask(path, headers=None, method="GET", content=None):
            answer = client.request(method, path, headers=headers, content=content)
            return answer.status_code, answer.text, answer.headers

        ask.log = log.read_text
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(httpx.ConnectError):
                ask("/livez")
                break
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        try:
            yield ask
        finally:
            nginx.terminate()


def test_the_filled_in_configuration_is_one_that_nginx_takes(secrets, tmp_path):
    environment = os.environ | {"LENSDB_DATA": str(tmp_path), "LENSDB_PROXY_CERTIFICATES": str(secrets)}
    done = subprocess.run(
        [DEPLOY / "proxy" / "start", "--test"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "@" not in "".join(
        line.partition("#")[0] for line in (tmp_path / "proxy" / "nginx.conf").read_text().splitlines(keepends=True)
    )


def test_a_page_is_kept_as_long_as_the_site_says_for_everybody_who_is_not_signed_in(proxy):
    Web.told["/lenses/"] = {"Cache-Control": "public, max-age=0, s-maxage=60", "ETag": '"1"'}
    assert [proxy("/lenses/")[1] for _ in range(3)] == ["1", "1", "1"]
    assert proxy("/lenses/", {"Cookie": "csrftoken=x; theme=dark"})[1] == "1"
    assert proxy("/lenses/", method="HEAD")[0] == 200
    assert proxy("/lenses/", {"If-None-Match": '"1"'})[0] == 304
    assert Web.asked["/lenses/"] == 1


@pytest.mark.parametrize("who", [SESSION, {"Authorization": "Bearer abc"}, {"Cookie": "messages=told"}])
def test_whoever_is_known_asks_the_site_itself_and_leaves_nothing_for_others(proxy, who):
    Web.told["/lenses/"] = {"Cache-Control": "public, s-maxage=60", "ETag": '"1"'}
    assert [proxy("/lenses/", who)[1] for _ in range(2)] == ["1", "2"]
    assert proxy("/lenses/")[1] == "3"
    assert proxy("/lenses/", who)[1] == "4"
    assert proxy("/lenses/", who | {"If-None-Match": '"1"'})[0] == 304
    assert Web.seen[-1]["If-None-Match"] == '"1"'  # the site may answer it without making the page
    assert proxy("/lenses/")[1] == "3"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "private, no-store"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "public, s-maxage=60", "Set-Cookie": "a=b"},
        {"Cache-Control": "public, s-maxage=60", "Vary": "*"},
    ],
)
def test_what_the_site_does_not_open_to_all_is_never_kept(proxy, headers):
    Web.told["/me/"] = headers
    assert [proxy("/me/")[1] for _ in range(2)] == ["1", "2"]


def test_pages_differ_by_query_and_a_post_is_never_answered_from_what_is_kept(proxy):
    for path in ("/lenses/?q=a", "/lenses/?q=b"):
        Web.told[path] = {"Cache-Control": "public, s-maxage=60"}
    assert [proxy(path)[1] for path in ("/lenses/?q=a", "/lenses/?q=b", "/lenses/?q=a")] == ["1", "1", "1"]
    assert proxy("/lenses/?q=a", method="POST", content=b"x")[1] == "2"


def test_a_page_that_is_old_is_asked_for_again_and_shown_while_the_site_is_away(proxy):
    Web.told["/"] = {"Cache-Control": "public, s-maxage=1", "ETag": '"1"'}
    assert proxy("/")[1] == "1"
    time.sleep(2.1)  # nginx counts whole seconds
    assert proxy("/")[1] == "1"
    assert Web.seen[-1]["If-None-Match"] == '"1"'
    assert Web.asked["/"] == 2
    time.sleep(2.1)
    Web.told["/"], Web.status = {}, 503
    assert proxy("/")[:2] == (200, "1")
    assert proxy("/new/")[0] == 503


def test_the_site_learns_the_clients_address_and_nothing_that_the_client_claims(proxy):
    proxy("/", {"X-Forwarded-For": "6.6.6.6, 7.7.7.7", "X-Forwarded-Proto": "http", "X-Accel-Redirect": "/x"})
    assert Web.seen[-1].get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert Web.seen[-1].get_all("X-Forwarded-Proto") == ["https"]


def test_a_derived_picture_is_sent_when_the_site_says_so_and_only_then(proxy):
    Web.told["/media/derived/s/p"] = {"X-Accel-Redirect": "/handed-off/derived/ab/abcd.jpg"}
    status, body, headers = proxy("/media/derived/s/p")
    assert (status, headers["Content-Type"], body[-9:]) == (200, "image/jpeg", "a picture")
    assert proxy("/handed-off/derived/ab/abcd.jpg")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        f"/lenses/?q={CANARY}",
        f"/accounts/password/reset/key/1-{CANARY}/",
        f"/accounts/confirm-email/{CANARY}/",
        f"/accounts/confirm-email/{CANARY}/?next={CANARY}",
        f"/accounts//confirm-email/{CANARY}",
    ],
)
def test_no_log_holds_a_query_or_a_key(proxy, path):
    for _ in range(15):  # beyond the limit, which is logged too
        proxy(path, {"Referer": f"https://{HOST}/?{CANARY}"})
    Web.status = 0  # and errors are
    assert proxy(path)[0] in {429, 502}
    assert "/accounts/" in proxy.log() or "/lenses/" in proxy.log()
    assert CANARY not in proxy.log()
