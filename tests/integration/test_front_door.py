"""The deployment for one server as visitors meet it: through nginx, with production settings, from two addresses."""

import re
import time

import httpx
import pytest

from tests.single_host import nginx_is_missing, single_host

pytestmark = pytest.mark.skipif(nginx_is_missing(), reason="nginx is not installed: apt-get install nginx-light")
PERSON, PASSWORD = "ada@lensdb.example", "a long password that nobody else knows"
CANARY = "CANARY-7f3a"
HERE, THERE = "127.0.0.2", "127.0.0.3"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Web and proxy, and one person with a confirmed address."""
    folder = tmp_path_factory.mktemp("host")
    with single_host(folder, without=("scheduler", "worker", "dispatch", "cells")) as running:
        password = folder / "password"
        password.write_text(PASSWORD)
        running.run("-m", "deploy.topology.people", str(password), PERSON, environment=running.as_role("owner"))
        yield running


@pytest.fixture
def visitor(host):
    """A function that gives a visitor an address of its own."""
    opened = []

    def at(address):
        transport = httpx.HTTPTransport(verify=host.trust(), local_address=address)
        client = httpx.Client(base_url=host.address.replace("localhost", "127.0.0.1"), transport=transport, timeout=60)
        client.headers.update({"Host": f"localhost:{host.https}", "Referer": "https://localhost/"})
        opened.append(client)
        return client

    yield at
    for client in opened:
        client.close()


def post(client, path, **fields):
    """Fill in a form of ours and send it; beyond nginx's limit a little later."""
    page = client.get(path, extensions={"sni_hostname": "localhost"})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    while True:
        data = fields | ({"csrfmiddlewaretoken": token[1]} if token else {})
        answer = client.post(path, data=data, extensions={"sni_hostname": "localhost"})
        if answer.status_code != 429:
            return answer
        time.sleep(1)


def test_one_address_cannot_lock_out_another(host, visitor):
    here, there = visitor(HERE), visitor(THERE)
    for number in range(12):
        post(here, "/accounts/login/", login=f"nobody-{number}@lensdb.example", password="wrong")
    answer = post(there, "/accounts/login/", login=PERSON, password=PASSWORD)
    assert answer.status_code == 302, answer.text[-500:]
    assert answer.headers["Location"] == "/me/"
    assert f"{THERE} " in host.logs()["web.log"]


def test_no_log_holds_a_query_or_a_key_from_a_mail(host, visitor):
    client = visitor(THERE)
    assert post(client, "/accounts/password/reset/", email=PERSON).status_code == 302
    mail = "".join(path.read_text() for path in (host.folder / "mail").iterdir()).replace("=\n", "")
    found = re.search(r"/accounts/password/reset/key/([\w-]+)/", mail)
    assert found, mail
    key = found[1]
    for path in (
        f"/accounts/password/reset/key/{key}/",
        f"/accounts/password/reset/key/{CANARY}-{CANARY}/",
        f"/accounts/confirm-email/{CANARY}/",
        f"/accounts/confirm-email/{CANARY}",
        f"/lenses/?q={CANARY}",
        f"/nothing/here/?q={CANARY}",
    ):
        client.get(path, extensions={"sni_hostname": "localhost"}, headers={"Referer": f"https://localhost/?{CANARY}"})
    client.post(f"/accounts/confirm-email/{CANARY}/?{CANARY}", extensions={"sni_hostname": "localhost"})
    told = host.logs()
    assert "/accounts/password/reset/key/-" in told["web.log"]
    assert "/accounts/password/reset/key/-" in told["proxy.log"]
    for name, text in told.items():
        assert CANARY not in text, name
        assert key.split("-", 1)[1] not in text, name


def test_a_page_that_everybody_sees_alike_is_answered_by_the_proxy(host):
    for _ in range(10):
        host.get("/lenses/")
        if re.search(r'"GET /lenses/" 200 \d+ [\d.]+ - HIT', host.logs()["proxy.log"]):
            return
    pytest.fail(host.logs()["proxy.log"])


def test_the_shipped_settings_pass_every_check_of_a_deployment(host):
    environment = {name: value for name, value in host.as_role("web").items() if name != "LENSDB_ROLE"} | {
        "LENSDB_SECRET_KEY_FILE": str(host.secrets / "secret_key"),
        "LENSDB_SERIAL_KEYS_FILE": str(host.secrets / "serial_keys"),
        "LENSDB_UPLOAD_TEMP": str(host.data / "uploads"),
        "LENSDB_PROXIES": "1",
    }
    host.run("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=environment)


def test_a_body_that_web_did_not_read_spoils_nobody_elses_request(visitor):
    """Web closes the connection of such a request, and a form sent over it by the proxy would come to nothing."""
    here, there = visitor(HERE), visitor(THERE)
    at = {"sni_hostname": "localhost"}
    statuses = set()
    for _ in range(30):
        here.post("/api/v1/series/abcdefghjkmn/photos/", content=bytes(2_000_000), extensions=at)
        statuses.add(there.post("/api/v1/identify/", json={}, extensions=at).status_code)
    assert statuses == {401}
