"""`manage.py refresh_cells`: keep the cells up to date, until SIGTERM. Any number may run at once.

When nothing is left to do it compares the cells with a rebuild, once a day.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.db import IntegrityError, InterfaceError, OperationalError, connection

from lensdb.aggregates import actions
from lensdb.aggregates.checking import Nightly
from lensdb.lib.stopping import Stop

log = logging.getLogger("lensdb.cells")

IDLE_SECONDS: Final = 0.5


class Command(BaseCommand):
    help = "Recomputes the cells of lenses whose copies changed, as they change. Ends on SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when there is nothing left to do.")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        stop, nightly = Stop(), None if once else Nightly()
        while not stop.asked:
            if not turn(nightly):
                if once:
                    return
                time.sleep(IDLE_SECONDS)


def turn(nightly: Nightly | None = None) -> bool:
    """Refresh one lens, or compare one if that is due; False when there was none, or no database."""
    try:
        started = time.monotonic()
        done = actions.refresh_next()
        if done is None:
            return nightly is not None and nightly.step()
    except IntegrityError as error:
        log.warning("event=%r error=%r", "overtaken by an erasure", str(error))
        return False
    except (OperationalError, InterfaceError) as error:
        log.warning("event=%r error=%r", "no database", str(error))
        connection.close()
        return False
    log.info(
        "event=%r lens=%r specimens=%d marks=%d seconds=%.3f",
        "refreshed",
        done.lens.slug,
        done.specimens,
        done.marks,
        time.monotonic() - started,
    )
    return True
