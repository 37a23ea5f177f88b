"""A program of its own, started anew for each picture: it reads one from its input and writes it drawn anew.

Asked for `variants`, it writes the smaller versions of a picture that was drawn before, one after the other.

What is damaged or hostile in a picture meets a decoder here, in a process with little memory and time, without the
site's settings and with no database: at worst this process ends. It imports nothing of K-Blog, and the site nothing of
Pillow. What it found, or why it refused, is one line of JSON on its error output.

Of what came in nothing but the picture's points, its colour profile and its timing goes on: no EXIF with its place and
camera, no comment, no text behind the picture's end.
"""

import io
import json
import math
import resource
import sys
import warnings
from typing import Any

from PIL import Image, ImageOps

MEMORY = 512 * 1024**2  # bytes of address space; of memory the worst that is taken uses 270 MB (all figures measured)
SECONDS = 10  # of CPU
LARGEST = 30 * 1024**2  # bytes of what is written
MOST_PIXELS = 24_000_000  # as they are drawn: 6,000 by 4,000; at 4 bytes, twice, that is 200 MB
MOST_OF_JPEG = 64_000_000  # as they came: a JPEG can be read at a half, a quarter, an eighth of its size
MOST_OF_WEBP = 8_000_000  # its coder takes 30 bytes for each
MOST_MOVING = 40_000_000  # of all frames together
LONGEST_SIDE = 16_383  # what WebP holds; and a line of so many points is no picture
MOST_FRAMES = 1_000
PROFILE = 256 * 1024  # bytes; those of screens and cameras have 3 to 60 kB
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # never those that start other programs or unpack by themselves
QUALITY = {"quality": 90}
VARIANTS = "variants"
WIDTHS = (320, 640, 960, 1600)  # of variants: a phone, a phone's fine screen, a desk, a desk's fine screen
QUALITIES = {  # of variants, which are seen at their size or smaller
    "JPEG": {"quality": 82, "progressive": True},
    "WEBP": {"quality": 80, "method": 2},  # half the time of 4, which makes it lighter by 1 %
    "PNG": {},
}
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


class Refused(Exception):
    """The picture cannot be taken; the message ends a sentence that begins with its name."""


def main() -> int:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_OF_JPEG
    try:
        given = sys.stdin.buffer.read()
        drawn, found = varied(given) if sys.argv[1:] == [VARIANTS] else redrawn(given)
    except Refused as refused:
        return told(refused=str(refused))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return told(refused=f"it says it has more than {MOST_OF_JPEG // 1_000_000} million points")
    except MemoryError:
        return told(refused="it needs too much memory")
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, ArithmeticError):
        return told(refused="it is damaged or breaks off")
    try:
        sys.stdout.buffer.write(drawn)
        sys.stdout.buffer.flush()
    except OSError as error:
        return told(errno=error.errno)
    return told(**found)


def told(**what: Any) -> int:
    sys.stderr.write(json.dumps(what) + "\n")
    return 0


def redrawn(given: bytes) -> tuple[bytes, dict[str, Any]]:
    """Draw a picture anew, and say what it is now."""
    image = opened(given)
    if image.format == "PNG":
        image.verify()  # every part of it has a checksum; the image must be opened again after that
        image = opened(given)
    frames = getattr(image, "n_frames", 1) if image.format != "MPO" else 1  # a camera's second view is no movement
    is_moving = 1 < frames <= MOST_FRAMES and frames * image.width * image.height <= MOST_MOVING
    out = io.BytesIO()
    kind, size = moving(image, frames, out) if is_moving else still(image, out)
    if len(drawn := out.getvalue()) > LARGEST:
        raise Refused(f"drawn anew it has more than {LARGEST // 1024**2} MB")
    note = (
        "it moves, with too many points for that: only its first frame is kept" if frames > 1 and not is_moving else ""
    )
    return drawn, {"extension": kind, "width": size[0], "height": size[1], "note": note}


def varied(given: bytes) -> tuple[bytes, dict[str, Any]]:
    """Draw the smaller versions of a picture: as WebP and in its own format, and none that is no lighter than it."""
    image = opened(given)
    kind, (width, height) = str(image.format), image.size
    if kind not in EXTENSIONS or getattr(image, "n_frames", 1) > 1 or image.mode.startswith(("I", "F")):
        return b"", {"variants": []}
    if kind == "JPEG":  # it can be read at a half, a quarter, an eighth of its size
        widest = min(width, WIDTHS[-1])
        image.draft(image.mode, (widest, math.ceil(widest * height / width)))
    image.load()
    profile = colours(image)
    is_clear = "A" in image.mode or "transparency" in image.info
    mode = "RGBA" if is_clear else "L" if image.mode in ("1", "L") else "RGB"
    image = image if image.mode == mode else image.convert(mode)
    image.info = {}
    kept = {"icc_profile": profile} if profile else {}
    pieces, told = [], []
    widths = {each for each in WIDTHS if each < width} | {min(width, WIDTHS[-1])}
    for wide in sorted(widths, reverse=True):
        high = max(1, round(height * wide / width))
        image = image.resize((wide, high), Image.Resampling.LANCZOS, reducing_gap=3)  # each of the one before
        # in its own width the picture is there already, unless as WebP
        for each in dict.fromkeys(("WEBP", kind) if wide < width else ("WEBP",) * (kind != "WEBP")):
            out = io.BytesIO()
            image.save(out, each, **QUALITIES[each], **kept)
            if (size := out.tell()) < len(given):
                pieces.append(out.getvalue())
                told.append({"extension": EXTENSIONS[each], "width": wide, "height": high, "size": size})
    return b"".join(pieces), {"variants": told}


def opened(given: bytes) -> Image.Image:
    """Read a picture's head, and refuse what is none or too large; no point is drawn yet."""
    try:
        image = Image.open(io.BytesIO(given), formats=FORMATS)
    except Image.UnidentifiedImageError:
        raise Refused("it is no picture that can be taken: JPEG, PNG, WebP and GIF can") from None
    width, height = image.size
    if max(image.size) > LONGEST_SIDE:
        raise Refused(f"one of its sides has more than {LONGEST_SIDE:,} points")
    most = MOST_OF_WEBP if image.format == "WEBP" else MOST_PIXELS
    if width * height > most and image.format in ("JPEG", "MPO"):
        scale = next(each for each in (2, 4, 8) if width * height <= most * each**2)
        image.draft("RGB", (math.ceil(width / scale), math.ceil(height / scale)))
    if image.width * image.height > most:
        raise Refused(f"it has more than {most // 1_000_000} million points")
    return image


def still(image: Image.Image, out: io.BytesIO) -> tuple[str, tuple[int, int]]:
    """Write one picture, upright: a photograph as JPEG, what was WebP as WebP, everything else as PNG."""
    kind = image.format
    image.load()
    profile = colours(image)
    ImageOps.exif_transpose(image, in_place=True)
    transparency = image.info.get("transparency")
    image.info = {} if transparency is None else {"transparency": transparency}
    if image.mode == "CMYK":
        image, profile = image.convert("RGB"), b""
    kept = {"icc_profile": profile} if profile else {}
    if kind in ("JPEG", "MPO"):
        picture = image if image.mode in ("L", "RGB") else image.convert("RGB")
        picture.save(out, "JPEG", progressive=True, comment=b"", **QUALITY, **kept)
        return "jpg", picture.size
    if kind == "WEBP":
        image.save(out, "WEBP", **QUALITY, **kept)
        return "webp", image.size
    image.save(out, "PNG", **kept)
    return "png", image.size


def moving(image: Image.Image, frames: int, out: io.BytesIO) -> tuple[str, tuple[int, int]]:
    """Write a picture that moves, with its times: as WebP, which takes a third of what GIF does."""
    is_gif = image.format == "GIF"
    loop = image.info.get("loop", None if is_gif else 0)
    plays = loop if not is_gif else 1 if loop is None else loop and loop + 1  # GIF counts the repetitions
    profile, durations = colours(image), []
    for number in range(frames):
        image.seek(number)
        image.load()  # a WebP tells a frame's time when it is drawn
        durations.append(min(max(int(image.info.get("duration") or 100), 20), 60_000))
    kept = {"icc_profile": profile} if profile else {}
    image.save(
        out,
        "WEBP",
        save_all=True,
        duration=durations,
        loop=min(plays, 65_535),
        background=(0, 0, 0, 0),
        quality=80,
        method=1,
        **kept,
    )
    return "webp", image.size


def colours(image: Image.Image) -> bytes:
    """Return the picture's colour profile, if it is one; anything could stand in its place."""
    profile = image.info.get("icc_profile") or b""
    is_whole = int.from_bytes(profile[:4], "big") == len(profile) <= PROFILE
    return profile if is_whole and profile[36:40] == b"acsp" else b""


if __name__ == "__main__":
    sys.exit(main())
