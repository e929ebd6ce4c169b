"""`python -m tests.site [PORT]`: serve the replica until interrupted."""

from __future__ import annotations

import sys
import time

from . import demo_sites, serve


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with serve(port) as site:
        for entry in demo_sites(site.url):
            print(entry["region_code"], entry["name"], entry["url"], flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
