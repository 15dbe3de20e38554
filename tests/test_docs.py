"""What the README repeats of the code is what the code says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_generated_parts_of_the_readme_are_up_to_date() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    checked = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
