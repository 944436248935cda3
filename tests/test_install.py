"""The run lock alone is enough: what only the test tools bring along is not there on a user's machine."""

import os
import subprocess
from pathlib import Path

from tests.studio import Studio

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"


def test_the_studio_works_with_nothing_but_the_run_lock(tmp_path):
    venv = tmp_path / "venv"
    subprocess.run([UV, "venv", "--quiet", venv], check=True)
    sync = [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", venv / "bin" / "python"]
    subprocess.run([*sync, ROOT / "requirements.lock"], check=True, env=os.environ | {"UV_LINK_MODE": "copy"})
    data = tmp_path / "data"
    data.mkdir()
    with Studio(data, python=str(venv / "bin" / "python")) as studio:
        studio.wait_for_workers()
        assert "Traceback" not in studio.output()
