#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""`uproar host` on this machine: huge pages and their mount, taken and given back exactly."""

import glob
import json
import os
import pty
import subprocess

from harness import cases, config
from harness.cases import case, require, require_root
from harness.daemon import Appliance
from harness.namespace import WORK, run
from harness.programs import UPROAR, UPROARD

PAGE = 2 << 20
NODE = "/sys/devices/system/node/node0/hugepages/hugepages-2048kB"
STATE = "/run/uproar-host.state"
NIC = "0000:3b:00.0"


def host(*arguments, **options):
    return subprocess.run([UPROAR, "host", *arguments], capture_output=True, text=True, timeout=60, **options)


def number(name):
    with open(f"{NODE}/{name}") as f:
        return int(f.read())


def needs(path):
    return json.loads(run(UPROARD, "--needs", path))


def verdicts(done):
    return {stage["stage"]: stage for stage in json.loads(done.stdout)["stages"]}


def require_pages(n):
    require(os.path.exists(NODE), "this kernel has no huge pages of 2 MiB by node")
    require(number("free_hugepages") >= n, f"{n} huge pages of 2 MiB are not free")


@case
def what_is_said_to_be_needed_is_what_is_taken():
    require_root("huge pages")
    require_pages(300)
    path = config.write({"name": "smoke", "ports": [{"device": "net_null0", "queues": 4}], "arena": {"sessions": 1 << 20}})
    said = needs(path)
    assert [d["kind"] for d in said["devices"]] == ["other"] and said["connections"] == 10000, said
    (pages,) = said["hugepages"]
    with Appliance(config_path=path) as a:
        arena = os.stat(f"/dev/hugepages/uproar/{a.name}.arena").st_size
        buffers = sum(os.stat(f).st_blocks * 512 for f in glob.glob(f"/dev/hugepages/uproar-{a.name}map_*"))
        # The running appliance has what it needs, and nothing more is wanted.
        done = host("check", "--json", "--config", path, "hugepages")
        a.stop()
    assert arena == pages["arena_bytes"], (arena, pages)
    assert 0 < buffers <= pages["buffer_bytes"], (buffers, pages)
    assert done.returncode == 0, done.stdout


@case
def huge_pages_are_reserved_and_given_back():
    require_root("huge pages")
    require_pages(0)
    more = number("free_hugepages") * PAGE + 4 * PAGE
    path = config.write({"ports": [{"device": "net_null0"}], "arena": {"sessions": more // 32}})
    before = number("nr_hugepages")
    done = host("check", "--config", path, "hugepages")
    assert done.returncode == 1 and "to do" in done.stdout and NODE in done.stdout, done
    assert number("nr_hugepages") == before and not os.path.exists(STATE), "check only reads"
    try:
        done = host("init", "--config", path, "hugepages")
        assert done.returncode == 0 and f"RUN: echo {number('nr_hugepages')} > {NODE}/nr_hugepages" in done.stdout, done
        assert number("nr_hugepages") > before
        assert host("check", "--config", path, "hugepages").returncode == 0
    finally:
        done = host("undo")
    assert done.returncode == 0 and f"RUN: echo {before} > {NODE}/nr_hugepages" in done.stdout, done
    assert number("nr_hugepages") == before and not os.path.exists(STATE)
    assert host("undo").stdout == "There is nothing to undo.\n"


def mounts():
    with open("/proc/mounts") as f:
        return f.read()


@case
def the_mount_is_made_for_the_user_and_taken_away():
    require_root("a mount of hugetlbfs")
    path = config.write({"ports": [{"device": "net_null0"}], "user": "nobody"})
    run("umount", "/dev/hugepages")
    before = mounts()
    try:
        done = host("init", "--json", "--config", path, "hugetlbfs")
        assert done.returncode == 0 and verdicts(done)["hugetlbfs"]["verdict"] == "ready", done
        assert "RUN: mount -t hugetlbfs -o pagesize=2M hugetlbfs /dev/hugepages\n" in done.stderr, done.stderr
        run("setpriv", "--reuid", "nobody", "--clear-groups", "touch", "/dev/hugepages/uproar/mine")
        done = host("undo")
        assert done.returncode == 1 and "holds files, which would be lost" in done.stderr, done
        os.unlink("/dev/hugepages/uproar/mine")
        assert host("undo").returncode == 0
        assert mounts() == before and not os.path.exists(STATE)
    finally:
        if os.path.exists("/dev/hugepages/uproar/mine"):
            os.unlink("/dev/hugepages/uproar/mine")
        host("undo")
        run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "smoke", "/dev/hugepages")


def machine_with_one_nic():
    """A tree as it is collected on another machine: its only network device has the default route."""
    root = f"{WORK}/machine"
    device = f"{root}/sys/devices/pci0000:00/{NIC}"
    for folder in device, f"{root}/sys/bus/pci/devices", f"{root}/sys/class/net/eno1", f"{root}/proc/net":
        os.makedirs(folder)
    with open(f"{device}/class", "w") as f:
        f.write("0x020000\n")
    os.symlink("../../../bus/pci/drivers/ixgbe", f"{device}/driver")
    os.symlink(f"../../../devices/pci0000:00/{NIC}", f"{root}/sys/bus/pci/devices/{NIC}")
    os.symlink(f"../../../devices/pci0000:00/{NIC}", f"{root}/sys/class/net/eno1/device")
    with open(f"{root}/proc/net/route", "w") as f:
        f.write("Iface Destination Gateway Flags RefCnt Use Metric Mask\n"
                "eno1 00000000 0102000A 0003 0 0 0 00000000 0 0 0\n")
    return root


@case
def the_device_of_the_default_route_is_not_taken():
    root = machine_with_one_nic()
    path = config.write({"ports": [{"device": NIC}]})
    done = host("check", "--config", path, "--root", root, "nic")
    assert done.returncode == 1 and "refused" in done.stdout, done
    assert f"{NIC} is not taken, for it carries the default route (eno1)" in " ".join(done.stdout.split()), done.stdout
    assert "RUN" not in done.stdout and "unbind" not in done.stdout
    assert host("init", "--config", path, "--root", root, "nic").returncode == 2


@case
def every_stage_answers_here():
    path = config.write({"ports": [{"device": NIC}], "cores": [0]})
    done = host("check", "--json", "--config", path)
    answers = verdicts(done)
    assert list(answers) == ["hugepages", "hugetlbfs", "iommu", "vfio", "nic", "cpus", "limits", "busy-polling",
                             "io-uring"]
    assert all(stage["said"] for stage in answers.values()), answers
    assert f"there is no PCI device {NIC}" in answers["nic"]["said"] and answers["nic"]["open"], answers["nic"]
    assert done.returncode == 1 and not json.loads(done.stdout)["ready"]
    assert list(verdicts(host("check", "--json", "--config", path, "limits", "nic"))) == ["nic", "limits"]


@case
def wrong_usage_is_told_from_work_to_do():
    for arguments in ["check", "nonsense"], ["look"], [], ["check", "--device", "eth0"], ["check", "--what"], \
            ["check", "--config", "/nowhere.yaml"], ["check", "--root", "/nowhere"], \
            ["check", "--root", os.path.dirname(UPROAR)]:
        done = host(*arguments)
        assert done.returncode == 2 and done.stderr and not done.stdout, (arguments, done)
    done = host("--help")
    assert done.returncode == 0 and "busy-polling" in done.stdout
    if os.geteuid() == 0:
        done = subprocess.run(["setpriv", "--reuid", "nobody", "--clear-groups", UPROAR, "host", "init"],
                              capture_output=True, text=True)
        assert done.returncode == 1 and "init takes root" in done.stderr, done


@case
def colours_are_for_terminals():
    path = config.write({"ports": [{"device": "net_null0"}]})
    assert "\x1b" not in host("check", "--config", path).stdout
    ours, its = pty.openpty()
    subprocess.run([UPROAR, "host", "check", "--config", path, "nic"], stdout=its, timeout=60)
    assert b"\x1b[2mnot applicable" in os.read(ours, 65536)
    os.close(ours)
    os.close(its)


if __name__ == "__main__":
    cases.main()
