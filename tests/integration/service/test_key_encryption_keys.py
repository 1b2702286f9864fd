"""The key file is made once, for its owner only; a key that others can read stops the start."""

import base64
import stat
from pathlib import Path

import pytest

from domain.randomness import system_randomness
from service.key_encryption_keys import UnsafeKeyError, from_data_folder, from_text
from service.secret_files import UnsafeFileError


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = from_data_folder(folder, system_randomness).seal(b"secret", "test")
    assert from_data_folder(folder, system_randomness).unseal(sealed, "test") == b"secret"
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_of_two_first_starts_one_key_wins(tmp_path: Path) -> None:
    def interrupted(count: int) -> bytes:
        from_data_folder(tmp_path, system_randomness)  # the other process is faster
        return system_randomness(count)

    late = from_data_folder(tmp_path, interrupted)
    early = from_data_folder(tmp_path, system_randomness)
    assert early.unseal(late.seal(b"secret", "test"), "test") == b"secret"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_open_to_others_stops_the_start(tmp_path: Path, mode: int) -> None:
    from_data_folder(tmp_path, system_randomness)
    (path,) = tmp_path.iterdir()
    path.chmod(mode)
    with pytest.raises(UnsafeFileError, match=f"{mode:04o}"):
        from_data_folder(tmp_path, system_randomness)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64 \ud800", base64.b64encode(b"k" * 31)])
def test_a_malformed_key_is_refused_and_not_repeated(text: str | bytes) -> None:
    with pytest.raises(UnsafeKeyError) as caught:
        from_text(text if isinstance(text, str) else text.decode(), system_randomness)
    assert str(text) == "" or str(text) not in str(caught.value)


def test_a_key_may_come_from_the_environment() -> None:
    text = base64.b64encode(bytes(32)).decode() + "\n"
    sealed = from_text(text, system_randomness).seal(b"secret", "test")
    assert from_text(text, system_randomness).unseal(sealed, "test") == b"secret"
