"""Pictures that mean harm: such as break off, and such as are something else besides."""

import io
import zipfile

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SCRIPT = b"<script>alert(document.domain)</script>"
KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def drawn(kind: str, **given) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((160, 120), 60).convert("P" if kind == "GIF" else "RGB").save(out, kind, **given)
    return out.getvalue()


def truncated() -> dict[str, bytes]:
    """Make twenty pictures that break off, from the head on until shortly before the end."""
    whole = {kind: drawn(kind) for kind in KINDS}
    parts = (0.02, 0.1, 0.4, 0.7, 0.95)
    return {
        f"cut-{part}.{kind.lower()}": given[: int(len(given) * part)] for kind, given in whole.items() for part in parts
    }


def polyglots() -> dict[str, bytes]:
    """Make ten pictures that are pages, scripts or archives, too."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    told = PngInfo()
    told.add_text("Comment", SCRIPT.decode())
    told.add_itxt("XML:com.adobe.xmp", SCRIPT.decode())
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    made = {f"{kind.lower()}-and-page": drawn(kind) + SCRIPT for kind in KINDS}
    made |= {f"{kind.lower()}-and-zip": drawn(kind) + packed.getvalue() for kind in ("JPEG", "PNG")}
    made["png-that-tells"] = drawn("PNG", pnginfo=told)
    made["jpeg-that-tells"] = drawn("JPEG", comment=SCRIPT, exif=exif)
    made["webp-that-tells"] = drawn("WEBP", xmp=SCRIPT, exif=exif)
    # as a script: a name, a comment over the picture, and what is done
    made["gif-and-script"] = b"GIF89a/*" + drawn("GIF")[8:] + b"*/=1;" + SCRIPT
    return made
