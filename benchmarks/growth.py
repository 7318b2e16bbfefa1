"""How time and memory grow with the worst shapes of pages and sitemaps: each at 1x, 2x, 4x and 8x of its size.

    python -m benchmarks.growth [NAME...]

Each measurement is a process of its own. Prints seconds and peak memory (ru_maxrss); a shape whose last doubling takes
more than 2.6 times as long is marked, as it grows faster than its input.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

PAGE, SITEMAP = "page", "sitemap"

SHAPES = {
    "long class": (PAGE, lambda n: f"<div class='{'name ' * 40 * n}'>" + "<p>Рядок тексту тут.</p>" * 40 * n),
    "nested tags": (PAGE, lambda n: "<div>" * 500 * n + "текст"),
    "nested classes": (PAGE, lambda n: "<div class='one two three'><p>Рядок.</p>" * 100 * n),
    "combining marks": (PAGE, lambda n: "<p>а" + "\u0301\u0323" * 10_000 * n),
    "many attributes": (PAGE, lambda n: "<p " + " ".join(f"a{i}=1" for i in range(2_000 * n)) + ">Рядок."),
    "many lines": (PAGE, lambda n: "<p>Рядок тексту тут.</p>" * 500 * n),
    "one long line": (PAGE, lambda n: "<p>" + "слово та word " * 2_000 * n),
    "spaces": (PAGE, lambda n: "<p>а" + " \u00a0" * 20_000 * n),
    "sitemap entries": (SITEMAP, lambda n: "<urlset>" + "<url><loc>http://a.b/c</loc></url>" * 5_000 * n),
    "sitemap ampersands": (SITEMAP, lambda n: "<urlset><url><loc>" + "&a=1" * 20_000 * n),
    "sitemap attributes": (SITEMAP, lambda n: "<urlset " + " ".join(f"a{i}='1'" for i in range(2_000 * n)) + ">"),
}
"""Name -> what reads it, and the text at n times its size."""

FASTER_THAN_LINEAR = 2.6


def measure(name: str, times: int) -> tuple[float, float]:
    """Seconds and MiB of one shape at a multiple of its size, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth", "--one", name, str(times)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def one(name: str, times: int) -> None:
    """Print the seconds and MiB that reading the shape takes here."""
    from cleaners.errors import PageError
    from cleaners.pipeline import clean_html
    from flows.discover.sitemap_xml import SitemapReader

    kind, make = SHAPES[name]
    text = make(times)
    clean_html("<p>Рядок тексту тут.</p>")  # imports and tables are not the shape's
    began = time.perf_counter()
    if kind == PAGE:
        try:
            clean_html(text)
        except PageError as error:
            print(f"{name} {times}x: {error}", file=sys.stderr)
    else:
        list(SitemapReader(text.encode()).entries())
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure the shapes that are named, else all."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
        return
    for name in sys.argv[1:] or SHAPES:
        found = [measure(name, times) for times in (1, 2, 4, 8)]
        mark = "  FASTER THAN LINEAR" if found[-1][0] > FASTER_THAN_LINEAR * max(found[-2][0], 0.05) else ""
        print(f"{name:20}" + "".join(f"{seconds:9.2f} s {memory:6.0f} MiB" for seconds, memory in found) + mark)


if __name__ == "__main__":
    main()
