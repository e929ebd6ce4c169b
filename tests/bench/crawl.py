"""What capturing costs: our crawl of a loopback site, and a bare Scrapy spider that downloads the same URLs.

`python -m tests.bench.crawl [ARTICLES] [KIB] [CONCURRENCY]`: a site of so many articles of so many KiB with a
file each, delays off. Prints pages a second of both by the clock and by processor time (what a busy machine
does not blur), our shares, and our peak of memory. Ours archives, judges, parses and decides what to ask
for; the bare spider does nothing with what it gets.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.server import pages


def run(module: str, *args: str) -> list[float]:
    """The numbers a program prints."""
    done = subprocess.run([sys.executable, "-m", module, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [float(word) for word in done.stdout.split()]


def main(articles: int = 1000, kib: int = 20, concurrency: int = 16) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", str(articles), str(kib)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    try:
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        with tempfile.TemporaryDirectory() as folder:
            urls = Path(folder, "urls.txt")
            paths = list(pages(articles, 1))
            urls.write_text("\n".join(url + path for path in paths), "utf-8")
            bare = run("tests.bench.bare", str(urls), str(concurrency))
            *ours, asked, peak = run("tests.bench.ours", f"{url}/czyjs/", f"{folder}/store", str(concurrency))
    finally:
        server.terminate()
        server.wait()
    shares = [asked / mine / (len(paths) / theirs) for mine, theirs in zip(ours, bare, strict=True)]
    for name, count, (clock, processor) in (("bare Scrapy", len(paths), bare), ("gongkai", asked, ours)):
        print(f"{name:12} {count:.0f} pages, {count / clock:.0f} a second; processor {processor:.1f} s")
    print(f"{'share':12} {shares[0]:.0%} by the clock, {shares[1]:.0%} by processor time")
    print(f"{'peak memory':12} {peak:.0f} MiB for {asked:.0f} pages")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
