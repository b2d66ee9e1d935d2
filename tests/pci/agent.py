# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The guest's side: does what the host asks for, one thing after another, and says what came of it."""

import glob
import os
import signal
import subprocess
import traceback

import channel

_started = {}  # pid: process


def port():
    """The device of the port that has our name."""
    for path in glob.glob("/sys/class/virtio-ports/*/name"):
        with open(path) as name:
            if name.read().strip() == channel.PORT:
                return os.path.join("/dev", path.split("/")[4])
    raise FileNotFoundError(f"no virtio-serial port is named {channel.PORT}")


def run(command, seconds, environment):
    """To its end, or until its time is over: then its whole group is killed, and the status is None."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | environment, start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            status = None
    return {"status": status, "out": out.decode(errors="replace"), "err": err.decode(errors="replace")}


def start(command, log):
    """In the background."""
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    _started[process.pid] = process
    return {"pid": process.pid}


def poll(pid):
    return {"status": _started[pid].poll()}


def send_signal(pid, number):
    _started[pid].send_signal(number)
    return {}


def wait(pid, seconds):
    try:
        return {"status": _started[pid].wait(seconds)}
    except subprocess.TimeoutExpired:
        return {"status": None}


def read(path):
    with open(path, errors="replace") as file:
        return {"text": file.read()}


def write(path, text, mode=0o644):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    return {}


ACTIONS = {f.__name__: f for f in (run, start, poll, send_signal, wait, read, write)}


def main():
    descriptor = os.open(port(), os.O_RDWR)  # it can be opened once only
    requests, answers = os.fdopen(descriptor, "rb", 0), os.fdopen(os.dup(descriptor), "wb")
    channel.write(answers, {"kernel": os.uname().release})
    while (request := channel.read(requests)) is not None:
        try:
            answer = ACTIONS[request.pop("do")](**request)
        except Exception:  # told to whoever asked
            answer = {"failure": traceback.format_exc()}
        channel.write(answers, answer)


if __name__ == "__main__":
    main()
