"""A program of its own, started anew for each picture: it reads an SVG from its input and writes it as a PNG.

The SVG is one of our own templates, its titles escaped, and the fonts are those that the arguments name. What is
damaged in the picture of a cover meets a decoder here, with little memory and time: at worst this process ends. It
imports nothing of K-Blog, and the site nothing of what draws here.
"""

import resource
import sys

import resvg_py

MEMORY = 512 * 1024**2  # bytes of address space
SECONDS = 10  # of CPU
LARGEST = 10 * 1024**2  # bytes of what is written


def main(fonts: list[str]) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    drawn = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(),
        skip_system_fonts=True,
        font_files=fonts,
    )
    sys.stdout.buffer.write(bytes(drawn))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
