"""gunicorn's logs without anybody's keys: deploy/gunicorn_conf.py names the class."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from lensdb.lib.logs import WithoutKeys, without_keys


class RequestLogger(Logger):
    """gunicorn's, with paths that hold no key."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(WithoutKeys())

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return found | {"U": without_keys(found["U"])}
