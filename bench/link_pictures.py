"""The picture that a link to a review shows: how long one takes to draw, and how much memory its process.

`python -m bench.link_pictures [--look FOLDER]`: with a folder the pictures are left there, to be looked at.
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image

from kblog import create_app
from kblog.config import Config
from kblog.media.store import Store
from kblog.reviews.link_pictures.drawing import Subject, drawn
from kblog.reviews.link_pictures.font import Fonts
from kblog.reviews.link_pictures.store import rastered

WORKS = (
    ("paper-boats", "종이배", "Paper Boats", "film", 2021),
    ("last-ferry", "막배", "The Last Ferry", "drama", 2024),
    (
        "umbrellas",
        "",
        "The Long Afternoon of Madame Gwak and Her Seven Unreliable Umbrellas",
        "film",
        2019,
    ),
    ("summer-hotel", "아무도 찾지 않는 바닷가의 여름 호텔에서 보낸 마지막 일주일", "", "drama", 2023),
    ("ahn-emile", "눈 오는 밤의 카페", "Café Émile’s Señor: “Dazzling”", "drama", 2019),
    ("spring", "봄", "Spring", "special", None),
    ("one-word", "", "Supercalifragilisticexpialidocious", "show", 2020),
    ("no-spaces", "슬기로운의사생활시즌둘", "A Clinic 千と 😀 in Two Parts", "drama", 2021),
    ("numbers", "스물하나 스물둘", "Twenty‑One Twenty‑Two", "drama", 2022),
)


def photograph() -> bytes:
    """A picture with as much in it as a photograph has."""
    image = Image.effect_noise((1600, 1066), 90).convert("RGB").resize((1600, 1066))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def main(look: Path | None) -> None:
    fonts, times, sizes = Fonts(), [], []
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Config(instance=Path(name)))
        media = app.config["KBLOG"].media
        kept = Store(media).keep(photograph())
        covers = [None] * len(WORKS) + [[[kept.width, kept.height, kept.file_name]]]
        with app.test_request_context():
            for (slug, native, title, kind, year), files in zip((*WORKS, WORKS[0]), covers, strict=True):
                said = {"slug": slug, "native_title": native, "work_title": title, "kind": kind, "year": year}
                review = Subject(**said, cover_seed="", headline="", cover_files=files, cover_focus="")
                began = time.perf_counter()
                png = rastered(drawn(review, fonts, media), fonts)
                times.append(time.perf_counter() - began)
                sizes.append(len(png))
                if look:
                    look.mkdir(parents=True, exist_ok=True)
                    (look / f"{slug}{'-with-picture' if files else ''}.png").write_bytes(png)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(times)} pictures: median {statistics.median(times):.2f} s, the slowest {max(times):.2f} s")
    print(f"median {statistics.median(sizes) / 1000:.0f} kB, the largest {max(sizes) / 1000:.0f} kB")
    print(f"memory of the process that draws: {most:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", type=Path)
    main(parser.parse_args().look)
