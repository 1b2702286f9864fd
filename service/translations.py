"""Texts in three languages: gettext catalogues, read from their sources at the first use."""

import gettext
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from domain.states import Language

_FILES: Final = {Language.TRADITIONAL: "zh_Hant.po", Language.SIMPLIFIED: "zh_Hans.po"}
OWN: Final = Path(__file__).parent / "locales"


@cache
def load(folder: Path) -> Mapping[Language, gettext.NullTranslations]:
    """Return a folder's catalogues; English is the message itself.

    Raises ValueError for a message without a translation: nobody reads half a page.
    """
    found: dict[Language, gettext.NullTranslations] = {Language.ENGLISH: gettext.NullTranslations()}
    for language, name in _FILES.items():
        with (folder / name).open("rb") as file:
            catalogue = read_po(file)
        for message in catalogue:
            if message.id and (message.fuzzy or not message.string):
                text = f"{name}: no translation of {message.id!r}"
                raise ValueError(text)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        found[language] = gettext.GNUTranslations(compiled)
    return found
