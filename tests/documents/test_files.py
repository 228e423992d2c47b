"""Private files are named by their content and never silently wrong."""

import stat
from pathlib import Path

import pytest

from casework.lib import files


@pytest.fixture(autouse=True)
def private_folder(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    return tmp_path / "files"


class TestSavePrivate:
    def test_what_was_saved_is_read(self) -> None:
        assert files.read_private(files.save_private(b"paper")) == b"paper"

    def test_saving_again_changes_nothing(self, private_folder: Path) -> None:
        first = files.save_private(b"paper")
        assert files.save_private(b"paper") == first
        assert len([path for path in private_folder.rglob("*") if path.is_file()]) == 1

    def test_only_the_owner_reads(self) -> None:
        path = files.private_path(files.save_private(b"paper"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_changed_file_is_refused_and_mended_by_saving(self) -> None:
        name = files.save_private(b"paper")
        files.private_path(name).write_bytes(b"forged")
        with pytest.raises(files.FileSpoilt, match="changed"):
            files.read_private(name)
        files.save_private(b"paper")
        assert files.read_private(name) == b"paper"

    def test_a_lost_file_is_named(self) -> None:
        with pytest.raises(files.FileSpoilt, match="missing"):
            files.read_private("0" * 64)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "0" * 64 + "\n"])
    def test_nothing_but_a_hash_is_a_name(self, name: str) -> None:
        with pytest.raises(ValueError, match="hash"):
            files.read_private(name)
