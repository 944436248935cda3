"""Measuring: CPU and wall seconds of a block with all its children, and the memory of the largest of them."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Cost:
    """CPU and wall seconds of a block, this process and its children together."""

    def __init__(self, name: str) -> None:
        self.name, self.cpu, self.wall = name, 0.0, 0.0

    def __str__(self) -> str:
        return f"  {self.name:<46} {self.cpu:7.2f} CPU s {self.wall:7.2f} s wall"


@contextmanager
def measured(name: str) -> Iterator[Cost]:
    cost = Cost(name)
    began, before = time.perf_counter(), cpu()
    yield cost
    cost.cpu, cost.wall = cpu() - before, time.perf_counter() - began


def cpu() -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_of_a_child(work: object) -> float:
    """Return the MiB that the largest process under a fork of this one took while it did the work.

    The fork is for a count that begins anew: the kernel remembers the largest child of a process for good.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
            os.write(writing, f"{max(peaks) / 1024:.0f}".encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        peak = told.read()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the measured work failed; see above")
    return float(peak)
