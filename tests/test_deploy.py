"""The files for containers are what they claim to be; `tests/deploy.sh` tries the installation itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from gongkai import app
from tests.deploy.role import command_of

ROOT = Path(__file__).parents[1]
KUBERNETES = [one for one in yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text()) if one]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
PIN = re.compile(r"^([a-z0-9._-]+==\S+)", re.MULTILINE)


def containers(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield from value.get("containers", ())
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from containers(one)


def commands() -> Iterator[str]:
    """Every command that runs in a container of ours, as one line."""
    for name, service in COMPOSE["services"].items():
        if name != "s3":
            yield " ".join(service["command"])
    for container in containers(KUBERNETES):
        yield " ".join([*container["command"], *container.get("args", ())]).replace("\\\n", " ")


def test_commands_and_options_of_gongkai_exist() -> None:
    program = typer.main.get_command(app)
    assert hasattr(program, "commands")
    found = [match for line in commands() for match in re.findall(r"\bgongkai ([a-z]+)([^\n]*)", line)]
    assert {command for command, _ in found} == {"run", "serve"}
    everywhere = {option for parameter in program.params for option in parameter.opts}
    for command, rest in found:
        known = {option for parameter in program.commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= known | everywhere, command


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_options_of_dask_exist(part: str) -> None:
    pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
    done = subprocess.run(
        [sys.executable, "-m", f"distributed.cli.dask_{part}", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.partition(f"dask {part}")[2] for line in commands() if f"dask {part}" in line]
    assert len(lines) == 2
    for line in lines:
        assert set(re.findall(r"--[a-z][a-z-]*", line)) <= set(re.findall(r"--[a-z][a-z-]*", done.stdout))


def test_containers_are_not_root_and_write_nothing_but_their_folders() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    for name, service in COMPOSE["services"].items():
        assert name == "s3" or (service["read_only"] and service["cap_drop"] == ["ALL"]), name
    found = list(containers(KUBERNETES))
    assert len(found) == 3
    for container in found:
        assert container["securityContext"]["readOnlyRootFilesystem"]
    assert str(KUBERNETES).count("'runAsNonRoot': True") == 3


def test_shards_of_the_indexed_job_are_as_many_as_its_completions() -> None:
    [job] = [one["spec"]["jobTemplate"]["spec"] for one in KUBERNETES if one["kind"] == "CronJob"]
    [line] = [line for line in commands() if "--shard" in line]
    assert re.search(r"JOB_COMPLETION_INDEX \+ 1\)\)/(\d+)", line)[1] == str(job["completions"])  # type: ignore[index]


def test_the_image_has_the_versions_that_are_tested() -> None:
    image, tested = (
        set(PIN.findall((ROOT / path).read_text()))
        for path in ("deploy/requirements.lock", "requirements.lock")
    )
    assert image <= tested
    assert {"distributed", "rapidocr", "scrapy"} <= {pin.split("==")[0] for pin in image}


def test_every_step_of_the_installation_is_in_the_dockerfile_in_order() -> None:
    script = (ROOT / "deploy" / "install.sh").read_text()
    steps = re.search(r"^    ((?:\w+ \| )+\w+)\) \"\$1\"", script, re.MULTILINE)
    assert steps
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"RUN /build/deploy/install.sh (\w+)", dockerfile) == steps[1].split(" | ")


@pytest.mark.parametrize("service", sorted(set(COMPOSE["services"])))
def test_every_role_is_tried_by_its_own_command(service: str) -> None:
    words = command_of(str(ROOT / "compose.yaml"), service).split()
    assert len(words) == len(COMPOSE["services"][service]["command"])
    assert f"$(role {service}" in (ROOT / "tests" / "deploy" / "tries.sh").read_text()


@pytest.mark.parametrize(
    "name", ["deploy/install.sh", "deploy/every-day.sh", "tests/deploy.sh", "tests/deploy/tries.sh"]
)
def test_scripts_are_scripts(name: str) -> None:
    subprocess.run(["sh", "-n", ROOT / name], check=True)


def test_the_build_gets_what_it_copies_and_no_more() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    wanted = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    assert ignored[0] == "*" and all((ROOT / path).exists() for path in wanted)
    assert all(path in (ROOT / "tests" / "deploy.sh").read_text() for path in wanted)
