"""How long two texts of 25,000 words take to compare, whatever they have in common.

python -m bench.comparing
"""

import random
import sys
import time

from kblog.studio.difference import difference

from .corpus import WORDS

MOST_SECONDS = 1  # an author who asks what changed is waiting
LENGTH, PARAGRAPH = 25_000, 200  # words: ten of the longest reviews in one


def main() -> int:
    rng = random.Random(7)
    prose, other = (_paragraphs(rng.choices(WORDS, k=LENGTH)) for _ in range(2))
    numbers = [f"n{number}" for number in range(LENGTH)]
    shapes = {
        "unrelated, the same vocabulary": (prose, other),
        "unrelated, no word in common": (prose, _paragraphs(numbers)),
        "a word a line, shuffled": ("\n".join(numbers), "\n".join(rng.sample(numbers, LENGTH))),
        "a paragraph cut into lines": (" ".join(numbers), "\n".join(numbers)),
        "two words over and over": ("a b " * (LENGTH // 2), "b a " * (LENGTH // 2)),
        "every fifth word changed": (_paragraphs(numbers), _paragraphs([word.replace("5", "6") for word in numbers])),
    }
    slowest = 0.0
    for name, (old, new) in shapes.items():
        began = time.perf_counter()
        blocks = difference(old, new)
        seconds = time.perf_counter() - began
        slowest = max(slowest, seconds)
        print(f"{name:32}{seconds:6.2f} s {len(blocks):6,} blocks")
    return int(slowest > MOST_SECONDS)


def _paragraphs(words: list[str]) -> str:
    return "\n\n".join(" ".join(words[start : start + PARAGRAPH]) for start in range(0, len(words), PARAGRAPH))


if __name__ == "__main__":
    sys.exit(main())
