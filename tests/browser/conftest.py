"""Browser tests drive the real site in a real Chromium; without one they fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.chromium import FLAGS, find_chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium was found: run 'make chromium'")
    return browser_type_launch_args | {"executable_path": path, "args": FLAGS}
