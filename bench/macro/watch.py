"""Runs one build and watches it from outside: time, memory, bytes written, room on the disk.

Memory is looked at 50 times a second, 10 times where the command has all processors, from which each look takes one:
RssAnon of /proc/PID/status, and to it the dirty pages of mapped files, which are Private_Dirty and Shared_Dirty of
/proc/PID/smaps_rollup less what is anonymous. The latter costs the kernel a walk over all pages, so it is read as
seldom as keeps that below 2 % of the time. Of all processes that the command has started the sums count. Bytes written
are write_bytes of /proc/PID/io, read when the process has ended and before it is reaped, with those of its children
that it waited for: pages of files made dirty, each counted once until it has gone to the disk. A file that is removed
before that was counted all the same; a file system in memory (tmpfs) counts nothing.

A command may be held on one processor, with all its threads and children; this one looks from another, if there is one.
"""

import math
import os
import re
import select
import signal
import subprocess
import time

EVERY = 0.02  # seconds between two looks,
EVERY_SHARED = 0.1  # where the command has this processor too: 50 a second cost a build of two threads 9 % of its time
COSTLY = 50  # a costly look is followed by as many times its own duration without one
DISK_EVERY = 0.2
PROCESSORS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def in_memory(folder):
    """Whether a folder is in memory, so that no bytes are counted as written."""
    done = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, check=False)
    return done.stdout.strip() in ("tmpfs", "ramfs")


def _fields(path, *names):
    """Numbers behind "NAME:" in a file of /proc, 0 for what is not there; KB become bytes."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read()
    except OSError:  # it has just ended
        return [0] * len(names)
    lines = re.findall(r"^(\w+):\s+(\d+)( kB)?", text, re.M)
    found = {name: int(value) * (1024 if unit else 1) for name, value, unit in lines}
    return [found.get(name, 0) for name in names]


def _descendants(pid):
    """The process and all that it has started."""
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += _descendants(int(child))
    except OSError:
        pass
    return found


def _room(folder):
    """Bytes that files take on the disk."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:  # removed meanwhile
                pass
    return total


class _Looks:
    """The highest of what was seen."""

    def __init__(self, pid, folder):
        self.pid, self.folder = pid, folder
        self.private = self.resident = self.disk = self.dirty = 0
        self.processes = [pid]
        self.costly_at = self.disk_at = 0.0

    def look(self):
        start = time.perf_counter()
        if start >= self.costly_at:
            self.processes = _descendants(self.pid)
            self.dirty = 0
            for pid in self.processes:
                private, shared, anonymous = _fields(
                    f"/proc/{pid}/smaps_rollup", "Private_Dirty", "Shared_Dirty", "Anonymous"
                )
                self.dirty += max(private + shared - anonymous, 0)
            end = time.perf_counter()
            self.costly_at = end + COSTLY * (end - start)
        seen = [_fields(f"/proc/{pid}/status", "RssAnon", "VmHWM") for pid in self.processes]
        self.private = max(self.private, sum(anonymous for anonymous, _ in seen) + self.dirty)
        self.resident = max(self.resident, sum(highest for _, highest in seen))
        if start >= self.disk_at:
            self.disk = max(self.disk, _room(self.folder))
            self.disk_at = start + DISK_EVERY


def _sync(folder):
    """Waits until all files of a folder are on the disk; answers seconds."""
    start = time.perf_counter()
    for parent, _, names in os.walk(folder):
        for path in (parent, *(os.path.join(parent, name) for name in names)):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    return time.perf_counter() - start


def _hold(one):
    """Leaves the last processor to a child, if there are more; answers what puts the child there, or on all of them."""
    if not PROCESSORS:
        return None
    os.sched_setaffinity(0, PROCESSORS[:-1] or PROCESSORS)
    return lambda: os.sched_setaffinity(0, PROCESSORS[-1:] if one else PROCESSORS)


def run(command, source, folder, log, patience, one=False):
    """Runs a command with `source` as its input, and looks at what it puts into `folder`; its messages go to `log`.
    With `one` it is held on one processor.

    Answers None when it fails or takes longer than `patience` seconds, else what was measured, in seconds and bytes:

        seconds     from its start until all files are on the disk
        syncing     of them, what waiting for the disk took after it had ended
        processor   user and system time
        private     the highest of RssAnon and dirty pages of mapped files
        resident    VmHWM
        written     bytes
        disk        the most room that `folder` took
        said        its standard output
    """
    os.sync()  # nobody waits for what others have left
    held = _hold(one)
    every = EVERY if one and len(PROCESSORS) > 1 else EVERY_SHARED
    with open(source, "rb") as lines, open(log, "wb") as messages, open(log + ".out", "wb") as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=lines, stdout=out, stderr=messages, start_new_session=True, preexec_fn=held
        )
        pid = process.pid
        ended = os.pidfd_open(pid)
        looks = _Looks(pid, folder)
        try:
            while not select.select([ended], [], [], every)[0]:
                looks.look()
                if time.perf_counter() - start > patience:
                    messages.write(f"it took longer than {patience} s\n".encode())
                    os.killpg(pid, signal.SIGKILL)  # its own group, made above
                    patience = math.inf
        except BaseException:  # such as ^C, which does not reach that group
            os.killpg(pid, signal.SIGKILL)
            raise
        seconds = time.perf_counter() - start
        os.close(ended)
    (written,) = _fields(f"/proc/{pid}/io", "write_bytes")
    _, status, used = os.wait4(pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(log + ".out", encoding="utf-8", errors="replace") as out:
        said = out.read()
    os.unlink(log + ".out")
    if process.returncode:
        return None
    syncing = _sync(folder)
    return {
        "seconds": seconds + syncing,
        "syncing": syncing,
        "processor": used.ru_utime + used.ru_stime,
        "private": looks.private,
        "resident": looks.resident,
        "written": written,
        "disk": max(looks.disk, _room(folder)),
        "said": said,
    }
