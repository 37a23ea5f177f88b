"""How long a phone's photograph takes from its arrival until the page shows all its sizes.

python -m bench.pictures [--times 5]

The photograph has 12 megapixels. It is drawn anew, kept and shown by a review; then the job in the background makes its
smaller versions and draws the review anew. The clock runs from the first byte to the last of it; it is judged by the
processor's time, as the machine may have something else to do.
"""

import argparse
import io
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from kblog import background, create_app
from kblog.config import Config
from kblog.db import db, now
from kblog.document import Document
from kblog.media import keeping, queries, variants
from kblog.media.store import Store
from kblog.models import MediaVariant
from kblog.transfer.loader import Loader

SIZE = (4032, 3024)
MOST_SECONDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            for number in range(asked.times):
                given = photograph(number)
                before = _cpu()
                arrival, rest, made = _once(app, number, given)
                taken.append((arrival + rest, _cpu() - before))
                kilobytes = sum(made) // 1000
                print(
                    f"{len(given) / 1e6:.1f} MB: drawn anew and kept in {arrival:.2f} s, {len(made)} smaller versions"
                    f" of {kilobytes} kB together and the review drawn anew in {rest:.2f} s"
                )
            db.session.remove()
            db.engine.dispose()
    median, cpu = (statistics.median(each) for each in zip(*taken, strict=True))
    print(f"from its arrival until the page shows all sizes: {median:.2f} s (median of {asked.times})")
    print(f"of the processor's time: {cpu:.2f} s, of {MOST_SECONDS} s")
    return int(cpu > MOST_SECONDS)


def photograph(number: int) -> bytes:
    """Make a photograph: soft shapes with the grain that a sensor leaves, some 4 MB."""
    chance = random.Random(number)
    width, height = SIZE
    small = Image.new("RGB", (16, 12))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(16 * 12)])
    shapes = small.resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.effect_noise((width // 2, height // 2), 40).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    out = io.BytesIO()
    Image.blend(shapes, grain, 0.25).save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def _cpu() -> float:
    """Return the seconds of the processor that this process and those it began have had."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _once(app: Flask, number: int, given: bytes) -> tuple[float, float, list[int]]:
    """Bring one in; return the seconds until it is kept, the seconds for the rest, and how large each size is."""
    began = time.perf_counter()
    kept = Store(app.config["KBLOG"].media).keep(given)
    shown = queries.Shown({}, {})
    with db.session.begin():
        keeping.add(db.session(), [keeping.Arrival(kept, f"{number}.jpg", ())], shown, now())
    with db.session.begin():
        body = f"## Story\n\n![The harbour](/media/{kept.file_name})\n"
        written = Document(slug=f"boats-{number}", headline="Boats", published_at=now(), body=body)
        Loader(db.session()).store(written, f"bench:{number}")
    arrival = time.perf_counter() - began
    background.of(app).do(variants.JOB)
    rest = time.perf_counter() - began - arrival
    page = app.test_client().get(f"/reviews/boats-{number}/").text
    mine = [each.size for each in db.session.scalars(sa.select(MediaVariant)) if each.address in page]
    db.session.rollback()
    if not mine:
        sys.exit("The page shows no smaller version.")
    return arrival, rest, mine


if __name__ == "__main__":
    sys.exit(main())
