"""One account that does its worst: six hands at once, each with weapons of its own, until the time is up.

Its process has a low CPU priority: in reality attackers compute elsewhere, and only what they cause here counts. It is
not the lowest, for attackers without CPU do no harm: all five together get about a seventh of what the site asks for.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx

from tests.benchmarks.abuse import slow, weapons
from tests.benchmarks.abuse.account import Account
from tests.benchmarks.abuse.cast import Cast
from tests.benchmarks.abuse.files import Arsenal
from tests.benchmarks.abuse.honest import log_in
from tests.benchmarks.abuse.host import Host
from tests.benchmarks.abuse.priority import stand_apart

PAUSE_SECONDS: Final = 0.01
"""Between two blows of a hand, so that none makes more than a hundred requests a second."""
NICENESS: Final = 15

HANDS: Final[Mapping[str, Sequence[Callable[[Account], None]]]] = {
    "sender": (weapons.send_heavy, weapons.send_dear, weapons.send_hostile, weapons.send_poison, weapons.send_again),
    "submitter": (weapons.submit_slow, weapons.submit_dear, weapons.submit_poison, weapons.submit_stolen),
    "forger": (weapons.begin_drafts, weapons.name_serials, weapons.say_serviced, weapons.touch_others),
    "searcher": (weapons.search, weapons.search_pages, weapons.ask_nonsense),
    "reader": (weapons.compare, weapons.download, weapons.open_pages),
    "locksmith": (weapons.try_passwords, weapons.try_tokens, weapons.reset_passwords, weapons.sign_up),
}


def attack(host: Host, cast: Cast, number: int, folder: Path, seconds: float, seed: int) -> Counter[tuple[str, int]]:
    """Do one's worst for so long; how often each weapon was answered with which status. Needs a process of its own."""
    stand_apart(NICENESS)
    until = time.monotonic() + seconds
    account = Account(
        host=host,
        cast=cast,
        number=number,
        arsenal=Arsenal(folder, 1 + number),
        rng=random.Random(100 * seed + number),
        until=until,
    )
    hands = list(HANDS.values())
    with ThreadPoolExecutor(len(hands) + 1) as pool, account:
        _enter(account)
        if host.buffers:
            pool.submit(slow.drip, account)
        for done in [
            pool.submit(_use, account, hand, random.Random(f"{seed} {number} {index}"))
            for index, hand in enumerate(hands)
        ]:
            done.result()
    return account.tally


def _use(account: Account, hand: Sequence[Callable[[Account], None]], rng: random.Random) -> None:
    while not account.is_over:
        rng.choice(hand)(account)
        time.sleep(PAUSE_SECONDS)


def _enter(account: Account) -> None:
    """Log in on the page and make a token; without them only the open doors are left."""
    me = account.cast.attackers[account.number]
    try:
        log_in(account.web, account.host.origin, me)
    except (httpx.HTTPError, PermissionError):
        account.count("log in", 0)
    answer = account.ask(
        "make a token", "POST", "/api/v1/tokens/", json={"email": me.email, "password": me.password, "name": "x"}
    )
    if answer is not None and answer.status_code == httpx.codes.CREATED:
        account.api.headers["Authorization"] = f"Bearer {answer.json()['token']}"
