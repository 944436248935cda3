"""`manage.py studio`: one command starts all of it, one signal ends all of it."""

import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

from ranking import embedded
from ranking.management.commands import studio as command
from ranking.processes import NICENESS, commands
from tests.studio import ROOT, Studio

END_SECONDS = 5
FIRST_PAGE_SECONDS = 5


def processes_of(data_dir):
    """Return the processes that carry this data folder in their environment, by id; Valkey overwrites its own."""
    found = {}
    for folder in (entry for entry in os.scandir("/proc") if entry.name.isdigit()):
        try:
            with open(f"{folder.path}/environ", "rb") as file:
                mine = f"DATA_DIR={data_dir}".encode() in file.read().split(b"\0")
            with open(f"{folder.path}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended while we looked
            continue
        if mine:
            found[int(folder.name)] = words
    return found


linux = pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="processes are looked up in /proc")


def busyness():
    """Return how many times longer work takes here than on a machine that does nothing else."""
    began, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.5:
        pass
    return max((time.monotonic() - began) / 0.5, 1.0)


def tree_of(pid):
    """Return the ids of a process and of all that it started, and what these started."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = {pid}
    while more := {one for one, parent in parents if parent in found} - found:
        found |= more
    return found


def alive(pids):
    """Return those that still run; a zombie only waits to be counted."""
    listed = subprocess.run(["ps", "-eo", "pid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [words for pid, state, *words in lines if int(pid) in pids and not state.startswith("Z")]


def ended_by(studio, number):
    """Stop a studio by a signal, find nothing left of it, and return its exit code and how long it took."""
    tree = tree_of(studio.process.pid)
    assert len(tree) >= 10, "web, net, media with its pool, beat, Valkey, and who watches them"
    began = time.monotonic()
    code = studio.stop(number)
    took = time.monotonic() - began
    assert alive(tree) == []
    assert processes_of(studio.data_dir) == {}
    return code, took


@linux
def test_a_first_start_answers_ctrl_c_leaves_nothing_and_a_second_start_is_quick(tmp_path):
    studio = Studio(tmp_path).start()
    assert "text/html" in page(studio, "/")["Content-Type"], "the local owner needs no login"
    studio.wait_for_workers()
    names = " ".join(processes_of(tmp_path).values())
    for part in ("uvicorn", "-Q net --pool threads -c 16", "-Q media --pool prefork", "beat"):
        assert part in names
    code, took = ended_by(studio, signal.SIGINT)
    assert (code, took < END_SECONDS) == (0, True), f"{code} after {took:.1f} s"
    assert f"The studio is at http://127.0.0.1:{studio.port}" in studio.output()
    assert "Traceback" not in studio.output() and "superuser" not in studio.output()

    # A slow machine is slow at both: the first start makes the tables besides.
    second, limit = Studio(tmp_path), max(FIRST_PAGE_SECONDS * busyness(), studio.seconds_to_first_page)
    for attempt in range(3):  # what else the machine does comes and goes
        second.start()
        if second.seconds_to_first_page < limit or attempt == 2:
            break
        second.stop()
    assert second.seconds_to_first_page < limit, f"{second.seconds_to_first_page:.1f} s, limit {limit:.1f} s"
    code, took = ended_by(second, signal.SIGHUP)
    assert took < END_SECONDS
    assert code == 128 + signal.SIGTERM


@linux
def test_a_studio_that_is_killed_takes_all_its_processes_along(tmp_path):
    studio = Studio(tmp_path).start()
    tree = tree_of(studio.process.pid)
    os.kill(studio.process.pid, signal.SIGKILL)
    studio.process.wait(5)
    wait_until(lambda: alive(tree) == [], studio)
    with Studio(tmp_path) as next_one:
        assert next_one.status("/login/") in (200, 302)


@linux
@pytest.mark.long
def test_on_an_address_of_others_nobody_is_the_owner_and_a_dead_process_ends_the_studio_by_name(tmp_path):
    studio = Studio(tmp_path, "--host", "0.0.0.0").start()
    assert studio.status("/") == 302, "to the login page"
    studio.wait_for_workers()
    link = re.search(r"Nobody can log in yet\. .+ http://0\.0\.0\.0:\d+(/password/\S+)", studio.output())
    assert studio.status(link[1]) == 302, "to the form, without the secret in its address"
    tree = tree_of(studio.process.pid)
    victim = next(pid for pid, words in processes_of(tmp_path).items() if "-m celery" in words and " beat" in words)
    os.kill(victim, signal.SIGKILL)
    assert studio.process.wait(15) != 0
    assert "beat stopped" in studio.output()
    assert alive(tree) == []
    assert processes_of(tmp_path) == {}


def test_a_second_studio_on_the_same_data_and_one_on_a_taken_port_are_refused_in_a_sentence(studio_server):
    answer = refused(studio_server.env)
    assert f"already runs on {studio_server.data_dir} (process {studio_server.process.pid})" in answer
    other = studio_server.data_dir / "other"
    other.mkdir()
    answer = refused(studio_server.env | {"DATA_DIR": str(other)}, "--port", str(studio_server.port))
    assert f"Port {studio_server.port} of 127.0.0.1 cannot be used" in answer


@pytest.mark.parametrize(
    "words",
    [
        ("--port", "99999999"),
        pytest.param(("--host", "no.such.host.invalid"), marks=pytest.mark.long),
        pytest.param(("--host", "203.0.113.9"), marks=pytest.mark.long),
    ],
)
def test_an_address_that_cannot_be_had_is_refused_in_a_sentence(tmp_path, words):
    assert "cannot be used" in refused(os.environ | {"DATA_DIR": str(tmp_path)}, *words)


def test_a_machine_without_any_redis_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded.resources, "files", lambda package: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(embedded.StartError, match="apt install redis-server"):
        embedded.server_program()


def test_a_redis_server_on_path_is_used_where_the_wheel_has_none(tmp_path, monkeypatch):
    own = embedded.server_program()
    (tmp_path / "redis-server").symlink_to(own)
    monkeypatch.setattr(embedded.resources, "files", lambda package: tmp_path / "empty")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.server_program() == str(tmp_path / "redis-server")


def test_a_redis_that_does_not_start_is_told_with_its_own_words(tmp_path, monkeypatch):
    broken = tmp_path / "valkey-server"
    broken.write_text("#!/bin/sh\necho out of socks >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(embedded, "server_program", lambda: str(broken))
    with pytest.raises(embedded.StartError, match="out of socks"), embedded.redis_server():
        pass


def test_the_private_redis_is_on_no_port_and_nobody_elses(tmp_path):
    with embedded.redis_server() as url:
        path = url.removeprefix("unix://")
        assert len(path) <= 103, "macOS allows no longer one"
        assert os.stat(path).st_mode & 0o077 == 0
        assert os.stat(os.path.dirname(path)).st_mode & 0o077 == 0
    assert not os.path.exists(os.path.dirname(path))


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_only_a_loopback_address_brings_the_local_owner(host, local):
    assert command._is_loopback(host) is local


def test_an_embedded_studio_finds_its_owner_without_a_login(studio_server):
    assert studio_server.status("/") == 200


@linux
def test_films_are_nicer_than_pages_also_between_sessions(studio_server):
    """nice alone does nothing between sessions, and each process has its own (sched(7), autogroup)."""
    if not os.path.exists("/proc/self/autogroup"):
        pytest.skip("this kernel shares the processor out without autogroups")
    found = {}
    for pid, words in processes_of(studio_server.data_dir).items():
        for name, mark in (("web", "uvicorn"), ("media", "-Q media")):
            if mark in words:
                with open(f"/proc/{pid}/autogroup") as group:
                    found.setdefault(name, set()).add((os.getpriority(os.PRIO_PROCESS, pid), group.read().split()[-1]))
    assert found == {"web": {(0, "0")}, "media": {(10, "10")}}


def test_procfile_holds_the_same_commands():
    """Where a value comes from a variable there, the studio gives it; how nice each is stands in front there."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    written = dict(re.split(r":\s+", line, maxsplit=1) for line in lines if line)
    ours = commands("127.0.0.1", 8000)
    assert list(written) == list(ours) == ["web", "net", "media", "beat"]
    for name, argv in ours.items():
        words = re.sub(r"\$\{(HOST|PORT):-(.+?)\}", r"\2", written[name]).replace(
            "${MEDIA_WORKERS:-$(nproc)}", argv[-1]
        )
        nice = ["nice", "-n", str(NICENESS[name])] if NICENESS[name] else []
        assert shlex.split(words) == nice + [word.replace(sys.executable, "python") for word in argv]


def wait_until(true, studio, seconds=40):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, studio.output()
        time.sleep(0.1)


def page(studio, path):
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, (answer.status, studio.output())
    answer.read()
    connection.close()
    return answer.headers


def refused(env, *words):
    """Return the one line with which a start is refused."""
    env = {name: value for name, value in env.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    argv = [sys.executable, "manage.py", "studio", *words]
    answer = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1, answer.stdout
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    return answer.stderr
