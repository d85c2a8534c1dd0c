"""Files are open to the group that their root is open to, and to nobody else, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from lensdb.lib import folders
from lensdb.lib.storage import ContentStorage


@pytest.fixture(params=[0o000, 0o022, 0o077], autouse=True)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_group_only_the_owner_gets_in(tmp_path: Path) -> None:
    root = tmp_path / "originals"
    ContentStorage(location=root).save("ab/cd/abcd", ContentFile(b"x"))
    assert [mode(path) for path in (root, root / "ab", root / "ab" / "cd", root / "ab" / "cd" / "abcd")] == [
        0o700, 0o700, 0o700, 0o600,
    ]  # fmt: skip


@pytest.mark.parametrize(("opened", "folder", "file"), [(0o2750, 0o2750, 0o640), (0o2775, 0o2770, 0o660)])
def test_a_group_that_the_root_is_open_to_can_read(tmp_path: Path, opened: int, folder: int, file: int) -> None:
    root = tmp_path / "originals"
    root.mkdir()
    root.chmod(opened)
    ContentStorage(location=root).save("ab/cd/abcd", ContentFile(b"x"))
    assert [mode(path) for path in (root / "ab", root / "ab" / "cd", root / "ab" / "cd" / "abcd")] == [
        folder, folder, file,
    ]  # fmt: skip


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    there = tmp_path / "originals" / "ab"
    there.mkdir(parents=True)
    there.chmod(0o711)
    folders.make_below(tmp_path / "originals", there)
    assert mode(there) == 0o711
