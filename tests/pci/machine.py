# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""A machine with an IOMMU and two network cards, emulated by QEMU, and its host's files by virtiofsd."""

import ctypes
import glob
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import channel
import initramfs
from qmp import Qmp

from harness import cases
from harness.deadline import until
from harness.namespace import PR_SET_PDEATHSIG, WORK

TREE = Path(__file__).resolve().parents[2]
KERNEL = TREE / ".dev" / "pci" / "kernel"
VIRTIOFSD = "/usr/lib/qemu/virtiofsd"
MEMORY = "1536M"
BOOT_SECONDS = 90
ASK_SECONDS = 120  # for what is not told to take longer
FOLDER = os.path.join(WORK, "pci")


def require():
    """What is to be installed."""
    for program in "qemu-system-x86_64", VIRTIOFSD, initramfs.BUSYBOX, "modprobe":
        cases.require(shutil.which(program), f"{os.path.basename(program)} is not there: ./dev test pci installs it")
    cases.require(os.path.isdir(KERNEL), f"Debian's cloud kernel is not in {KERNEL}: ./dev test pci fetches it")


def _in(name):
    return os.path.join(FOLDER, name)


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _background(command, log):
    with open(_in(log), "wb") as file:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                preexec_fn=_die_with_parent)


class Machine:
    """Booted, with its agent listening. cards: QEMU's arguments for them."""

    def __init__(self, cards):
        os.makedirs(FOLDER, exist_ok=True)
        self.version = os.path.basename(glob.glob(f"{KERNEL}/lib/modules/*")[0])
        initramfs.write(_in("initramfs"), KERNEL, self.version)
        self.files = _background([VIRTIOFSD, f"--socket-path={_in('files')}", "-o", "source=/", "-o", "cache=always",
                                  "-o", "sandbox=chroot"], "virtiofsd.log")
        until(lambda: os.path.exists(_in("files")), lambda: f"virtiofsd: {self.said('virtiofsd.log')}")
        self.qemu = _background(self._command(cards), "qemu.log")
        self.qmp = Qmp(self._connected("qmp"))
        self.agent = self._connected("agent")
        self.agent.settimeout(BOOT_SECONDS)
        self.stream = self.agent.makefile("rwb")
        self.kernel = self._heard()["kernel"]

    def _command(self, cards):
        modules_and_tree = f"TREE={TREE} KERNEL={KERNEL}"
        return ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", MEMORY,
                "-object", f"memory-backend-memfd,id=memory,size={MEMORY},share=on",
                "-machine", "q35,memory-backend=memory", "-device", "intel-iommu,intremap=on",
                "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                "-kernel", f"{KERNEL}/boot/vmlinuz-{self.version}", "-initrd", _in("initramfs"),
                "-append", f"console=ttyS0 quiet panic=-1 no_timer_check intel_iommu=on mitigations=off {modules_and_tree}",
                "-serial", f"file:{_in('console')}",
                "-qmp", f"unix:{_in('qmp')},server=on,wait=off",
                "-chardev", f"socket,id=agent,path={_in('agent')},server=on,wait=off",
                "-device", "virtio-serial-pci", "-device", f"virtserialport,chardev=agent,name={channel.PORT}",
                "-chardev", f"socket,id=files,path={_in('files')}",
                "-device", "vhost-user-fs-pci,chardev=files,tag=host", *cards]

    def _connected(self, name):
        def connect():
            assert self.qemu.poll() is None, f"QEMU ended: {self.said('qemu.log')}"
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(_in(name))
            except OSError:
                return None
            return s
        return until(connect, f"QEMU listens on {name}")

    def _heard(self):
        try:
            answer = channel.read(self.stream)
        except TimeoutError:
            answer = None
        assert answer is not None, f"the guest does not answer\n{self.last_words()}"
        return answer

    def ask(self, do, within=ASK_SECONDS, **request):
        """What the agent answers."""
        self.agent.settimeout(within + 10)
        channel.write(self.stream, {"do": do} | request)
        answer = self._heard()
        assert "failure" not in answer, f"{do} {request}: {answer['failure']}"
        return answer

    def run(self, *command, seconds=ASK_SECONDS, environment=None):
        """A command in the guest to its end: subprocess.CompletedProcess; status None: it took too long."""
        done = self.ask("run", seconds, command=command, environment=environment or {}, seconds=seconds)
        return subprocess.CompletedProcess(command, done["status"], done["out"], done["err"])

    def check(self, *command, **options):
        """One that must succeed; its output."""
        done = self.run(*command, **options)
        assert done.returncode == 0, f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def said(self, log, lines=40):
        try:
            with open(_in(log), errors="replace") as file:
                return "".join(file.readlines()[-lines:])
        except FileNotFoundError:
            return "nothing"

    def last_words(self):
        return f"QEMU:\n{self.said('qemu.log')}\nthe guest's console:\n{self.said('console')}"

    def pids(self):
        return [self.qemu.pid, self.files.pid]
