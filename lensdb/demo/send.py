"""Sends the community's series as its photographers would: with the tool's own client, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from lensdb.demo.cast import PHOTOGRAPHERS
from lensdb.demo.community import Planned
from lensdb.tool import sending
from lensdb.tool.client import Site

SENT: Final = "sent.json"


class Post:
    """Remembers which series were sent, so that a second start sends none again."""

    def __init__(self, folder: Path, sites: dict[str, Site]) -> None:
        self._path = folder / SENT
        self._sites = sites
        self.sent: dict[str, str] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def send(self, plan: Planned, folder: Path) -> str:
        """Submit one series; its public id."""
        site = self._sites[plan.photographer.key]
        paths = sorted(folder.glob("*.JPG"))
        photos = sending.read_photos(paths, [None] * len(paths))
        identified = sending.identify(site, photos)
        series = site.begin(
            {
                "lens": sending.choose_lens(site, plan.lens_name, identified)["slug"],
                "body": sending.choose_body(site, None, identified)["id"],
                "new_copy": {"label": plan.copy_label, "serial": plan.serial},
                "chart": "auto",
                "distance_m": plan.distance_m,
                "focusing_method": "live_view",
                "note": "Rendered for the demo.",
            }
        )
        refusals = sending.upload(site, series, photos, progress=lambda _: None)
        if refusals:
            raise RuntimeError(f"{plan.name}: {refusals[0].file_name} was refused: {refusals[0].sentence}")
        site.submit(series)
        self.sent[plan.name] = series
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(self.sent, indent=1))
        draft.replace(self._path)
        return series

    def missing(self, plans: Sequence[Planned]) -> list[Planned]:
        """Those not sent yet."""
        return [plan for plan in plans if plan.name not in self.sent]


@contextmanager
def post_office(folder: Path, address: str, passwords: dict[str, str]) -> Iterator[Post]:
    """A `Post` with every photographer signed in; the connections close with the context."""
    with ExitStack() as stack:
        sites = {}
        for person in PHOTOGRAPHERS:
            with Site(address) as door:
                token = door.sign_in(email=person.email, password=passwords[person.key], name="make demo")
            sites[person.key] = stack.enter_context(Site(address, token))
        yield Post(folder, sites)
