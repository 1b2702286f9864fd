"""Files of the data folder, behind one small class: an object store can follow."""

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """A folder of files, each named by the SHA-256 (hex) of its content. Calls block: use a thread.

    A crash can leave a file that no row names, never a row without its file.
    """

    folder: Path

    def write(self, content: bytes) -> str:
        """Store content durably and return its SHA-256; storing it twice is storing it once."""
        name = hashlib.sha256(content).hexdigest()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f"{name}.{os.getpid()}"
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        return name

    def write_pending(self, contents: Sequence[bytes]) -> list[str]:
        """Store all of these durably, or none, and return their names; then `settle` them.

        A note of the names is on disk before the first of them, so that those of a crash are known.
        """
        names = [hashlib.sha256(content).hexdigest() for content in contents]
        self.note(names)
        try:
            for content in contents:
                self.write(content)
        except BaseException:
            self.remove(names)
            self.settle(names)
            raise
        return names

    def note(self, names: Sequence[str]) -> None:
        """Write down files that may soon have no row, durably; `settle` them when that is known."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._note(names).open("w") as file:
            file.write("\n".join(names))
            file.flush()
            os.fsync(file.fileno())

    def settle(self, names: Sequence[str]) -> None:
        """Forget the note: the rows of these files are committed, or the files are removed."""
        self._note(names).unlink(missing_ok=True)

    def pending_before(self, moment: float) -> Iterator[list[str]]:
        """Yield the files that were noted before a moment (Unix time) and never settled."""
        for note in self.folder.glob("*.pending"):
            if note.stat().st_mtime < moment:
                yield note.read_text().split()

    def _note(self, names: Sequence[str]) -> Path:
        return self.folder / f"{names[0]}.pending"

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None when it is missing or was changed since."""
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def remove(self, names: Collection[str]) -> None:
        """Delete files and what a crash left of their writing; those that are gone are gone."""
        for name in names:
            for draft in self.folder.glob(f"{name}.[0-9]*"):
                draft.unlink(missing_ok=True)
            (self.folder / name).unlink(missing_ok=True)
