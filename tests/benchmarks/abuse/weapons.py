"""What a bad account can do to the site. Each weapon strikes once or a few times and counts the answers."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from tests.benchmarks.abuse.account import Account
from tests.benchmarks.abuse.cast import Person

DRAFTS_AT_ONCE: Final = 10
SLOW_SERIES: Final = 60
"""Photos of a slow series: as many as a series may have."""
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_QUERIES: Final = (
    " ".join(_LETTERS * 4),
    "ef usm is ii l " * 13,
    "a" * 200,
    "50 1.4 50 1.4 24-70 2.8 " * 8,
    "\u0130\u0301" * 100,
    "-/-/-/" * 30,
    "",
)


# --- files ------------------------------------------------------------------------------------------------------------


def send_heavy(a: Account) -> None:
    """Fill the disk with large valid photos."""
    if series := a.begin("send heavy: begin"):
        for _ in range(5):
            a.send("send heavy", series, a.arsenal.new("heavy.jpg"))


def send_dear(a: Account) -> None:
    """Small files of enormous pictures."""
    if series := a.begin("send dear: begin"):
        for _ in range(10):
            a.send("send dear", series, a.arsenal.new("dear.png"))


def send_hostile(a: Account) -> None:
    """What a camera never wrote."""
    if series := a.begin("send hostile: begin"):
        for _ in range(30):
            a.send("send hostile", series, a.arsenal.hostile())


def send_poison(a: Account) -> None:
    """Bombs, and what breaks off."""
    if series := a.begin("send poison: begin"):
        for _ in range(10):
            a.send("send poison", series, a.arsenal.poison())


def send_again(a: Account) -> None:
    """The same bytes, deleted and sent again, and a new file each time, so that what is left behind piles up."""
    if series := a.begin("send again: begin"):
        for name in ("stolen.jpg", "stolen.jpg", "heavy.jpg"):
            data = a.arsenal.same(name) if name == "stolen.jpg" else a.arsenal.new(name)
            answer = a.send("send again", series, data)
            if answer is not None and answer.is_success:
                a.ask("delete photo", "DELETE", f"/api/v1/series/{series}/photos/{answer.json()['id']}/")
        a.drop("discard", series)


# --- series -----------------------------------------------------------------------------------------------------------


def _submit(a: Account, weapon: str, files: list[bytes], **of_copy: str) -> None:
    if series := a.begin(f"{weapon}: begin", **of_copy):
        for number, data in enumerate(files):
            a.send(f"{weapon}: send", series, data, 1.4 * 2 ** (number % 10 / 4))
        a.ask(weapon, "POST", f"/api/v1/series/{series}/submit/")
        with suppress(ValueError):
            a.drafts.remove(series)


def submit_slow(a: Account) -> None:
    """As many photos as a series may have, each as slow to measure as they come."""
    name = a.rng.choice(("slow.jpg", "tiled.jpg", "heavy.jpg"))
    _submit(a, "submit slow", [a.arsenal.new(name) for _ in range(SLOW_SERIES)])


def submit_dear(a: Account) -> None:
    """Nine enormous pictures."""
    _submit(a, "submit dear", [a.arsenal.new("dear.png") for _ in range(9)])


def submit_poison(a: Account) -> None:
    """Nine files that break decoders, those that the door lets in."""
    _submit(a, "submit poison", [a.arsenal.poison() for _ in range(9)])


def submit_stolen(a: Account) -> None:
    """A good photo of somebody else's, with the serial number of a published copy."""
    serial = a.rng.choice(a.cast.serials)
    _submit(a, "submit stolen", [a.arsenal.new("stolen.jpg") for _ in range(4)], lens=a.cast.public_lens, serial=serial)


# --- the record of others ---------------------------------------------------------------------------------------------


def begin_drafts(a: Account) -> None:
    """Drafts and copies as fast as they are given, then thrown away or left."""
    for number in range(DRAFTS_AT_ONCE):
        a.begin("begin drafts", label=f"copy {a.rng.randrange(10**6)}", serial=str(a.rng.randrange(10**7)))
        if number % 2 and a.drafts:
            a.drop("discard", a.drafts[-1])


def name_serials(a: Account) -> None:
    """Copies with the serial numbers of published ones, and near them."""
    serial = a.rng.choice(a.cast.serials)
    for said in (serial, f"00{serial[:4]}-{serial[4:]}", f"{int(serial) + 1}"):
        a.begin("name serials", lens=a.cast.public_lens, label="", serial=said)
    answer = a.ask("list copies", "GET", "/api/v1/copies/")
    if answer is not None and answer.is_success:
        found = answer.json()
        a.copies = [copy["public_id"] for copy in (found if isinstance(found, list) else found["results"])]


def say_serviced(a: Account) -> None:
    """Service days on one's own copies, which may be joined to published ones."""
    for copy in a.rng.sample(a.copies, min(5, len(a.copies))):
        day = f"2026-{a.rng.randint(1, 10):02}-{a.rng.randint(1, 28):02}"
        a.ask("copy page", "GET", f"/copies/{copy}/", client=a.web)
        a.post_form("say serviced", f"/copies/{copy}/services/", serviced_on=day)


def touch_others(a: Account) -> None:
    """Somebody else's series, as if it were one's own."""
    series = a.cast.series
    a.ask("touch others", "DELETE", f"/api/v1/series/{series}/")
    a.ask("touch others", "POST", f"/api/v1/series/{series}/withdraw/")
    a.ask("touch others", "POST", f"/api/v1/series/{series}/submit/")
    a.send("touch others", series, a.arsenal.same("stolen.jpg"))
    a.post_form("touch others", f"/series/{series}/withdraw/")


# --- pages ------------------------------------------------------------------------------------------------------------


def search(a: Account) -> None:
    """The dearest queries known, on every search the tool has."""
    for path in ("/api/v1/lenses/", "/api/v1/bodies/"):
        a.ask("search", "GET", path, params={"q": a.rng.choice(_QUERIES)})


def search_pages(a: Account) -> None:
    """The same on pages, signed in and as a stranger, never twice the same."""
    query = {"q": a.rng.choice(_QUERIES), "mount": str(a.rng.random())}
    a.ask("search pages", "GET", "/lenses/", client=a.rng.choice((a.web, a.stranger)), params=query)


def ask_nonsense(a: Account) -> None:
    """What no page can mean: broken text, deep JSON, bodies larger than they may be."""
    a.ask("nonsense", "GET", "/lenses/", client=a.stranger, params={"mount": "\0"})
    a.ask("nonsense", "GET", "/compare/", client=a.stranger, params={"lens": "\0", "add": "\ud7ff"})
    a.ask("nonsense", "POST", "/api/v1/series/", content=b"[" * 100_000, headers={"Content-Type": "application/json"})
    a.ask("nonsense", "POST", "/api/v1/series/", json={"lens": "\0", "body": 1})
    a.ask("nonsense", "POST", "/api/v1/identify/", json={"photos": [{"lens": _QUERIES[0][:200]}] * 200})
    a.ask("nonsense", "GET", "/api/v1/known/", params={"sha256": ["\0", *("0" * 64 for _ in range(300))]})


def compare(a: Account) -> None:
    """Comparisons that nobody has asked for before."""
    scene = {"distance": f"{a.rng.uniform(0.3, 9):.4f}", "f": f"{a.rng.uniform(1, 16):.3f}", "sharp": "pixel"}
    lenses = [a.cast.public_lens, a.cast.own_lens] * 3
    client = a.rng.choice((a.web, a.stranger))
    a.ask("compare", "GET", "/compare/", client=client, params={**scene, "lens": lenses, "add": a.rng.choice(_QUERIES)})
    a.ask("compare", "GET", "/compare/figures.csv", client=client, params={**scene, "lens": lenses})


def download(a: Account) -> None:
    """All that can be downloaded, around anything that is kept."""
    past = {"x": str(a.rng.random())}
    lens = a.cast.public_lens
    for path in (
        f"/lenses/{lens}/figures.csv",
        f"/lenses/{lens}/series.csv",
        f"/api/v1/lenses/{lens}/shifts/",
        "/api/schema/",
        "/chart/A4.pdf",
    ):
        a.ask("download", "GET", path, client=a.rng.choice((a.web, a.stranger)), params=past)


def open_pages(a: Account) -> None:
    """The dear pages, signed in, so that nobody has them ready."""
    past = {"distance": f"{a.rng.uniform(0.3, 9):.4f}"}
    for path in (f"/lenses/{a.cast.public_lens}/", "/", "/status/", "/me/", "/healthz", f"/series/{a.cast.series}/"):
        a.ask("open pages", "GET", path, client=a.web, params=past)


# --- doors ------------------------------------------------------------------------------------------------------------


def _victim(a: Account) -> Person:
    return a.rng.choice((a.cast.honest, a.cast.honest, a.cast.attackers[a.number]))


def try_passwords(a: Account) -> None:
    """Wrong passwords for the honest photographer and oneself, on the page."""
    a.ask("log-in page", "GET", "/accounts/login/", client=a.stranger)
    a.post_form("try passwords", "/accounts/login/", client=a.stranger, login=_victim(a).email, password="wrong guess")


def try_tokens(a: Account) -> None:
    """The same at the tool's door."""
    guess = {"email": _victim(a).email, "password": "wrong guess", "name": "x"}
    a.ask("try tokens", "POST", "/api/v1/tokens/", json=guess)


def reset_passwords(a: Account) -> None:
    """Mails to the honest photographer."""
    a.ask("reset page", "GET", "/accounts/password/reset/", client=a.stranger)
    a.post_form("reset passwords", "/accounts/password/reset/", client=a.stranger, email=_victim(a).email)


def sign_up(a: Account) -> None:
    """More accounts."""
    email = f"more{a.number}-{a.rng.randrange(10**9)}@example.org"
    a.ask("sign-up page", "GET", "/accounts/signup/", client=a.stranger)
    a.post_form(
        "sign up",
        "/accounts/signup/",
        client=a.stranger,
        email=email,
        password1="long enough 73",
        password2="long enough 73",
    )
