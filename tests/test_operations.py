"""The ready files of docs/operations are what they claim to be, and the commands in them exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from archive.alerts import KINDS, read_channels
from gongkai import app

FOLDER = Path(__file__).parents[1] / "docs" / "operations"
FILES = sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".yaml", ".yml"))])
def test_yaml_is_yaml(name: str) -> None:
    documents = list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))
    assert documents and all(isinstance(document, dict) for document in documents)


@pytest.mark.parametrize("name", FILES)
def test_commands_and_options_exist(name: str) -> None:
    program = typer.main.get_command(app)
    assert hasattr(program, "commands")
    everywhere = {option for parameter in program.params for option in parameter.opts}
    text = re.sub(r"#.*", "", (FOLDER / name).read_text(encoding="utf-8"))
    lines = re.findall(r"\bgongkai (run|alerts)\b([^\n]*)", text)
    for command, rest in lines:
        known = {option for parameter in program.commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= known | everywhere, (name, command)
    assert lines or name in ("channels.yaml", "gongkai.timer", "prometheus-rules.yaml")


def test_the_channels_are_good_once_the_secrets_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    path = FOLDER / "channels.yaml"
    named = re.findall(r"\$\{(\w+)\}", path.read_text(encoding="utf-8"))
    environment = {name: "https://e.org/" if name.endswith("HOOK") else "x" for name in named}
    channels = read_channels(path, environment)
    assert {channel.to for channel in channels} == {"webhook", "feishu", "dingtalk", "wecom", "email"}
    assert {kind for channel in channels for kind in channel.kinds} == set(KINDS)


def test_shards_cover_the_provinces() -> None:
    configuration, run, _ = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text(encoding="utf-8"))
    shards = configuration["data"]["SHARDS"].split()
    assert len(set(shards)) == run["spec"]["jobTemplate"]["spec"]["completions"] == 31


@pytest.mark.parametrize("name", ["gongkai.service", "gongkai.timer"])
def test_units_are_units(name: str) -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read(FOLDER / name, encoding="utf-8")
    assert {"Unit", "Install"} < set(unit.sections())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_takes_the_schedule() -> None:
    schedule = re.search(r"OnCalendar=(.*)", (FOLDER / "gongkai.timer").read_text())
    assert schedule
    subprocess.run(["systemd-analyze", "calendar", schedule[1]], check=True, capture_output=True)
