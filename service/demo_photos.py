"""What a reporter of the demo sends along: drawn, so that they show nobody and nothing real."""

from typing import BinaryIO

from PIL import Image, ImageDraw


def draw_card(file: BinaryIO) -> None:
    """Draw a card that names nobody."""
    image = Image.new("RGB", (640, 900), "#7d8790")
    draw = ImageDraw.Draw(image)
    draw.line((320, 0, 200, 220), fill="#20456b", width=26)
    draw.line((320, 0, 440, 220), fill="#20456b", width=26)
    draw.rounded_rectangle((130, 200, 510, 800), 24, fill="#f4f1ea")
    draw.rectangle((130, 260, 510, 340), fill="#8a1f2b")
    draw.rectangle((210, 380, 430, 620), fill="#c9ced4")
    draw.ellipse((270, 410, 370, 530), fill="#8b939c")
    draw.pieslice((230, 540, 410, 720), 180, 360, fill="#8b939c")
    for top, width in ((660, 220), (700, 160), (740, 190)):
        draw.rectangle((320 - width // 2, top, 320 + width // 2, top + 16), fill="#9aa1a8")
    _keep(image, file)


def draw_slip(file: BinaryIO) -> None:
    """Draw a slip with an account that nobody can read."""
    image = Image.new("RGB", (900, 600), "#5c4a3d")
    draw = ImageDraw.Draw(image)
    draw.polygon(((90, 80), (820, 40), (850, 520), (120, 560)), fill="#fbfaf6")
    for number in range(7):
        top = 130 + 54 * number
        draw.line((160, top, 760 - 70 * (number % 3), top - 30), fill="#3b5d8f", width=7)
    _keep(image, file)


def _keep(image: Image.Image, file: BinaryIO) -> None:
    image.save(file, "JPEG", quality=80)
    file.seek(0)
