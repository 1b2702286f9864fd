"""Photographs of a visitor's screen, good and bad, drawn by machine."""

import io
from collections.abc import Callable, Mapping
from typing import Final

import segno
from PIL import Image, ImageChops, ImageFilter

_PAPER: Final = (120, 124, 130)


def screen(*texts: str, scale: int = 8) -> Image.Image:
    """Return a sharp picture of QR codes beside each other, on a screen of one colour."""
    codes = []
    for text in texts:
        drawn = io.BytesIO()
        segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=scale, border=4)
        codes.append(Image.open(drawn).convert("RGB"))
    width = sum(code.width + 80 for code in codes) + 80
    height = max((code.height for code in codes), default=400) + 160
    made = Image.new("RGB", (width, height), _PAPER)
    left = 80
    for code in codes:
        made.paste(code, (left, 80))
        left += code.width + 80
    return made


def encode(image: Image.Image, kind: str = "JPEG", quality: int = 85) -> bytes:
    """Return an image file."""
    written = io.BytesIO()
    image.save(written, kind, quality=quality)
    return written.getvalue()


def photograph(text: str, fault: str) -> bytes:
    """Return a JPEG of a code as somebody frightened takes it."""
    return encode(FAULTS[fault](screen(text)), quality=40 if fault == "poor" else 85)


def _from_afar(sharp: Image.Image, share: float) -> Image.Image:
    taken = Image.new("RGB", (4000, 3000), _PAPER)  # 12 megapixels, mostly door
    taken.paste(sharp.resize((int(sharp.width * share), int(sharp.height * share))), (1700, 900))
    return taken


def _unevenly_lit(sharp: Image.Image) -> Image.Image:
    shade = Image.linear_gradient("L").rotate(90).resize(sharp.size)
    dimmed = shade.point([70 + light * 185 // 255 for light in range(256)])
    return ImageChops.multiply(sharp, Image.merge("RGB", [dimmed] * 3))


def _slanted(sharp: Image.Image) -> Image.Image:
    # Where the picture's corners are taken from, counter-clockwise from the upper left.
    corners = ((-0.06, -0.05), (-0.02, 1.08), (1.05, 0.96), (1.1, 0.04))
    quad = [at for x, y in corners for at in (x * sharp.width, y * sharp.height)]
    return sharp.transform(
        sharp.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=_PAPER
    )


FAULTS: Final[Mapping[str, Callable[[Image.Image], Image.Image]]] = {
    "none": lambda sharp: sharp,
    "small": lambda sharp: _from_afar(sharp, 1),
    "far": lambda sharp: _from_afar(sharp, 0.35),  # lost in 1,280 px
    "rotated": lambda sharp: sharp.rotate(23, expand=True, fillcolor=_PAPER),
    "overturned": lambda sharp: sharp.rotate(180),
    "poor": lambda sharp: sharp.filter(ImageFilter.GaussianBlur(1.5)),
    "unevenly lit": _unevenly_lit,
    "slanted": _slanted,
}
