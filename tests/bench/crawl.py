"""What capturing costs: our crawl of a loopback site, and a bare Scrapy spider that downloads the same URLs.

`python -m tests.bench.crawl [--pages 2000] [--kib 20] [--concurrency 16] [--rounds 1] [--alone]`: a site of
so many pages, half of them articles of so many KiB, half of them files twice as large, delays off. Prints
pages a second of both by the clock and by processor time (what a busy machine does not blur), our shares, and
our peak of memory. Ours archives, judges, parses, decides what to ask for, and its time ends when everything
is in the store; the bare spider does nothing with what it gets. `--alone` leaves the bare spider out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import print_figures
from tests.bench.server import paths


def run(module: str, *args: str) -> list[float]:
    """The numbers a program prints."""
    done = subprocess.run([sys.executable, "-m", module, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [float(word) for word in done.stdout.split()]


@contextmanager
def served(articles: int, kib: int) -> Iterator[str]:
    """The address of a running site."""
    command = [sys.executable, "-m", "tests.bench.server", str(articles), str(kib)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def told(name: str, pages: float, clock: float, processor: float) -> None:
    """Print the speed of one of the two."""
    print(
        f"{name:12} {pages:.0f} pages, {pages / clock:.0f} a second; "
        f"processor {processor:.1f} s, {1000 * processor / pages:.2f} ms a page",
        flush=True,
    )


def measure(articles: int, kib: int, concurrency: int, alone: bool) -> dict[str, float]:
    """One round of both, the bare spider first; its figures."""
    with tempfile.TemporaryDirectory() as folder, served(articles, kib) as url:
        urls = Path(folder, "urls.txt")
        urls.write_text("\n".join(url + path for path in paths(articles)), "utf-8")
        pages = sum(1 for _ in paths(articles))
        if not alone:
            bare = run("tests.bench.bare", str(urls), str(concurrency))
            told("bare Scrapy", pages, *bare)
        *ours, asked, peak = run("tests.bench.ours", f"{url}/czyjs/", f"{folder}/store", str(concurrency))
    told("gongkai", asked, *ours)
    if not alone:
        shares = [asked / mine / (pages / theirs) for mine, theirs in zip(ours, bare, strict=True)]
        print(f"{'share':12} {shares[0]:.0%} by the clock, {shares[1]:.0%} by processor time")
    print(f"{'peak memory':12} {peak:.0f} MiB for {asked:.0f} pages", flush=True)
    figures = {"gongkai, CPU ms a page": 1000 * ours[1] / asked, "gongkai, peak MiB": peak}
    if not alone:
        figures |= {"bare Scrapy, CPU ms a page": 1000 * bare[1] / pages, "share, processor time": shares[1]}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kib", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    rounds = [
        measure(asked.pages // 2, asked.kib, asked.concurrency, asked.alone) for _ in range(asked.rounds)
    ]
    print_figures({name: [one[name] for one in rounds] for name in rounds[0]})


if __name__ == "__main__":
    main()
