"""`main` of a module in a fork of a process that has loaded what a crawl needs: a reactor runs once.

Most of what a short crawl costs is the loading of Scrapy, Arrow and the registry. The process that forks is
started when it is first asked for, and ends with the tests. It does not load the readers of documents: their
libraries start threads, which a fork does not have.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import NoReturn

import pyarrow as pa
from scrapy.settings import Settings

from crawler.sites import load

ROOT = Path(__file__).resolve().parents[1]


def forked(
    module: str, *arguments: str, environment: Mapping[str, str] = os.environ, seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """The end of `module.main(*arguments)`; TimeoutError when it takes longer than `seconds`."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        output.touch()
        errors.touch()
        process = loaded()
        assert process.stdin and process.stdout
        order = [module, arguments, dict(environment), str(output), str(errors)]
        print(json.dumps(order), file=process.stdin, flush=True)
        if not select([process.stdout], [], [], seconds)[0]:
            os.killpg(process.pid, signal.SIGKILL)
            loaded.cache_clear()
            raise TimeoutError(f"{module}: more than {seconds} seconds")
        code = int(process.stdout.readline())
        return subprocess.CompletedProcess([module, *arguments], code, output.read_text(), errors.read_text())


@cache
def loaded() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forks"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    atexit.register(process.communicate)
    return process


def preload() -> None:
    """Load what Scrapy and Arrow load when a crawl begins, and the registry."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    middlewares = (settings.getwithbase(f"{place}_MIDDLEWARES") for place in ("DOWNLOADER", "SPIDER"))
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS").values()
    for path in (*handlers, *settings["RETRY_EXCEPTIONS"], *chain(*middlewares)):
        if isinstance(path, str):
            import_module(path.rpartition(".")[0])
    pa.array(["one"])
    import_module("crawler.jobs.crawling")
    load()
    assert "twisted.internet.reactor" not in sys.modules


def obey() -> None:
    """Carry out the order of each line of standard input in a fork, and answer with its exit code."""
    preload()
    while line := sys.stdin.readline():
        name, arguments, environment, *files = json.loads(line)
        child = os.fork()
        if not child:
            run(name, arguments, environment, files)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def run(name: str, arguments: list[str], environment: dict[str, str], files: list[str]) -> NoReturn:
    """`main` of a module, and the end of this process; exit handlers are those of the one it came from."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        for number, path in enumerate((os.devnull, *files)):
            os.dup2(os.open(path, os.O_RDWR), number)
        import_module(name).main(*arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    obey()
