"""Untrusted images: encoded anew without what the file carried beside its pixels, or read."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from domain.errors import InvalidError

MEDIA_TYPE: Final = "image/webp"
LARGEST_BYTES: Final = 10_000_000
LARGEST_PIXELS: Final = 25_000_000
_SIDE: Final = 640  # of a staff photo, in pixels
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


def decode(content: bytes, side: int) -> Image.Image:
    """Decode an untrusted image, upright, in colour, its longer side at most `side` px.

    Raises InvalidError for what is no JPEG, PNG or WebP of at most 25 megapixels. Blocks for
    some milliseconds.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
            if image.width * image.height > LARGEST_PIXELS:
                message = "the image has more than 25 megapixels"
                raise InvalidError(message)
            image.draft("RGB", (side, side))  # a large JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning) as error:
        message = "the image must be a sound JPEG, PNG or WebP"
        raise InvalidError(message) from error
    upright.thumbnail((side, side))
    return upright


def normalise(content: bytes, side: int = _SIDE) -> bytes:
    """Decode an untrusted image and encode it anew: at most `side` px, without metadata.

    Raises InvalidError as `decode` does. Blocks: call it in a thread.
    """
    upright = decode(content, side)
    # A new image of just the pixels: whatever the file carried beside them is gone.
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    written = io.BytesIO()
    plain.save(written, "WEBP", quality=80)
    return written.getvalue()
