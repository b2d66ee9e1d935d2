#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""
`uproar pcap`: what it says of a file is what an appliance counts, whoever sends the file, and other
people's programs find nothing wrong with it.
"""

import contextlib
import json
import os
import re
import subprocess

from harness import capture, cases, config, ledger
from harness.cases import case
from harness.daemon import Appliance
from harness.namespace import WORK, Wire, run
from harness.programs import UPROAR

MIXTURE = ["--batches", "3", "--reactions", "4", "--taps", "2", "--sessions", "5000", "--text", "10",
           "--unsequenced", "5", "--hostile", "20", "--hostile-reasons", "all"]
TAP = "smoke0"  # tcpreplay takes names that begin with "tap" for interfaces that it is to make
# What comes through an XDP program that takes UDP to the reaction port and leaves all else.
REDIRECTED = ("ip_length,ip_checksum,udp_length,udp_checksum,payload_length,magic,version,session,batches,flags,"
              "body,text_length,text_utf8,channel,reaction,text_no_reaction")


def written(*options, name="taps.pcap"):
    """A file; its path, and what an appliance must count of it."""
    path = os.path.join(WORK, name)
    done = subprocess.run([UPROAR, "pcap", "-o", path, "--json", *options], capture_output=True, text=True)
    assert done.returncode == 0, done
    return path, json.loads(done.stderr)


def expect(stats, count, times=1):
    """Of frames that came so many times, the first time in order."""
    book = stats["ledger"]
    assert ledger.refusals(stats) == {name: n * times for name, n in count["refused"].items()}, stats["refused"]
    assert book["accepted"] == count["accepted"] * times, book
    assert book["batches"] == count["batches"] * times, book
    if times == 1:
        assert book["batches_counted"] == count["batches_counted"], book
        assert book["taps_counted"] == count["taps_counted"], book


def expect_totals(appliance, count):
    taps = {int(channel): n for channel, n in count["taps_of_channels"].items() if n}
    ledger.await_totals(appliance, taps)
    assert sum(taps.values()) == count["taps_counted"], count


def replayed(path, said, **options):
    with Appliance("--device", capture.device(path), **options) as a:
        expect(ledger.await_rx(a, said["frames"]), said["count"])
        expect_totals(a, said["count"])
        a.stop()


@case
def a_replayed_file_is_counted_as_it_says():
    for more in [], ["--ipv6"], ["--vlan", "7"], ["--ipv6", "--vlan", "100,7", "--seed", "9"]:
        path, said = written("--frames", "30000", *MIXTURE, *more)
        assert len(said["count"]["refused"]) == 24 and sum(said["count"]["refused"].values()) == 6000, said
        assert not said["needs"], said["needs"]
        replayed(path, said)


@case
def what_it_needs_is_said_and_suffices():
    path, said = written("--frames", "20000", "--channels", "10-19", "--reaction-ids", "40", "--reactions", "32",
                         "--taps", "255", "--sessions", "500", "--to", "10.0.0.1:9900")
    assert [re.split(r"[ :]", need)[0] for need in said["needs"]] == ["channels", "a", "limits.burst", "listen.reactions"]
    replayed(path, said, channels=config.channels([0, *range(10, 20)]), catalogue=config.reactions(40),
             limits={"taps_per_second": 0}, listen={"reactions": 9900})


@case
def a_second_file_goes_on_where_the_first_ended():
    options = ["--frames", "7000", "--sessions", "900", "--batches", "2", "--text", "5"]
    first, said = written(*options, name="first.pcap")
    second, more = written(*options, "--first-frame", str(said["next_frame"]), name="second.pcap")
    both = capture.write(capture.pcap(capture.read(first)[1] + capture.read(second)[1]), "both.pcap")
    with Appliance("--device", capture.device(both)) as a:
        book = ledger.await_rx(a, 14000)["ledger"]
        assert book["batches_counted"] == book["accepted"] == 14000, book
        assert book["taps_counted"] == said["count"]["taps_counted"] + more["count"]["taps_counted"], book
        a.stop()


@case
def the_same_file_again_is_duplicates_and_another_seed_is_not():
    options = ["--frames", "5000", "--sessions", "700"]
    path, said = written(*options)
    other, _ = written(*options, "--seed", "1", name="other.pcap")
    frames, others = capture.read(path)[1], capture.read(other)[1]
    thrice = capture.write(capture.pcap(frames + frames + others), "thrice.pcap")
    with Appliance("--device", capture.device(thrice)) as a:
        stats = ledger.await_rx(a, 15000)
        expect(stats, said["count"], times=3)
        assert stats["ledger"]["taps_counted"] == stats["ledger"]["batches_counted"] == 10000, stats["ledger"]
        a.stop()


@contextlib.contextmanager
def piped(said, frames, *options):
    """Standard output of an `uproar pcap`; what it says is in `said` afterwards."""
    with subprocess.Popen([UPROAR, "pcap", "-o", "-", "--json", "--frames", str(frames), *options],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as maker:
        yield maker.stdout
        text = maker.stderr.read()
        assert maker.wait() == 0, text
        said.update(json.loads(text))


def quiet_tap():
    """A TAP on which the kernel says nothing of its own."""
    cases.require(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun")
    own = "/proc/sys/net/ipv6/conf/default/disable_ipv6"
    try:
        with open(own, "w") as f:
            f.write("1")
        return Appliance("--device", f"net_tap0,iface={TAP}")
    finally:
        with open(own, "w") as f:
            f.write("0")


@case
def tcpreplay_sends_it_out_of_a_pipe():
    frames, said = 6000, {}
    with quiet_tap() as a:
        run("ip", "link", "set", TAP, "txqueuelen", str(2 * frames), "up")  # nothing is lost on the way
        with piped(said, frames, *MIXTURE) as out:
            run("tcpreplay", "-q", "-i", TAP, "--pps", "12000", "-", stdin=out)
        expect(ledger.await_rx(a, frames), said["count"])
        expect_totals(a, said["count"])
        a.stop()


@case
def tcpreplay_sends_it_over_a_wire():
    cases.require_root("an XDP program")
    frames = 2000  # no more than the socket holds, so that nothing is lost on a busy machine
    path, said = written("--frames", str(frames), *MIXTURE, "--hostile-reasons", REDIRECTED)
    with Wire() as link, Appliance("--device", f"net_af_xdp0,iface={link.near}") as a:
        with link.far_side():
            run("tcpreplay", "-q", "-i", link.far, "--pps", "4000", path)
        expect(ledger.await_rx(a, frames), said["count"])
        expect_totals(a, said["count"])
        a.stop()


@case
def tcpdump_finds_nothing_wrong_with_frames_that_are_to_be_accepted():
    for more in [], ["--ipv6"], ["--vlan", "100,7"], ["--ipv6", "--vlan", "7", "--nanoseconds"]:
        path, said = written("--frames", "3000", *MIXTURE, "--hostile", "0", *more)
        seen = run("tcpdump", "-nn", "-vv", "-r", path)
        assert seen.count("[udp sum ok]") == 3000 and "bad " not in seen, seen[:2000]


@case
def the_same_options_make_the_same_file():
    def of(*more):
        with open(written("--frames", "2000", *MIXTURE, *more)[0], "rb") as f:
            return f.read()
    assert of() == of() and of("--seed", "1") != of() != of("--first-frame", "1")
    assert of("--nanoseconds")[:4] == b"\x4d\x3c\xb2\xa1" and of()[:4] == b"\xd4\xc3\xb2\xa1"


@case
def times_are_those_of_the_rate():
    path, said = written("--seconds", "2", "--rate", "1500")
    seen = run("tcpdump", "-nn", "-tt", "-r", path).split("\n")
    assert said["frames"] == 3000 and seen[0].startswith("0.000000 ") and seen[2999].startswith("1.999333 "), seen[-2]


@case
def a_full_disk_and_a_reader_that_is_gone_are_failures():
    small = os.path.join(WORK, "small")
    os.mkdir(small)
    run("mount", "-t", "tmpfs", "-o", "size=256k", "smoke", small)
    try:
        for path, frames in (f"{small}/f", 100000), (f"{small}/g", 1), ("/dev/full", 1), ("/nowhere/f", 1):
            done = subprocess.run([UPROAR, "pcap", "-o", path, "--frames", str(frames)], capture_output=True, text=True)
            why = "No such file" if "nowhere" in path else "No space left"
            assert done.returncode == 1 and done.stderr.startswith(f"uproar: {path} cannot be written: {why}"), done
    finally:
        run("umount", small)
    with subprocess.Popen([UPROAR, "pcap", "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as p:
        p.stdout.close()
        said = p.stderr.read()
    assert p.returncode == 1 and "Broken pipe" in said, said


@case
def what_cannot_be_is_refused_with_the_option_that_is_wrong():
    wrong = (["--frames", "0"], "--frames"), (["--hostile", "100.01"], "--hostile"), (["--text", ".5"], "--text"), \
        (["--hostile", "60", "--text", "50"], "more than the whole"), (["--channels", "3-1"], "--channels"), \
        (["--hostile-reasons", "magic,text_off"], "'text_off'"), (["--vlan", "1,2,3"], "--vlan"), \
        (["--to", "10.0.0.1:0"], "--to"), (["--to", "::1"], "IPv4"), (["--to", "10.0.0.1", "--ipv6"], "IPv6"), (["--source-net", "10.0.0.0"], "--source-net"), \
        (["--source-net", "10.0.0.0/31"], "/30"), (["--to-mac", "02:00:00:00:00"], "--to-mac"), \
        (["--reactions", "25"], "reaction ids"), (["--reaction-ids", "256", "--hostile", "1"], "id 255"), (["--frames", "1", "--seconds", "1"], "exclude"), (["more"], "'more'"), \
        (["--sessions", "1", "--frames", "5000000000"], "sequence numbers")
    for options, said in wrong:
        done = subprocess.run([UPROAR, "pcap", "-o", "/dev/null", *options], capture_output=True, text=True)
        assert done.returncode == 2 and said in done.stderr, (options, done)
    done = subprocess.run([UPROAR, "pcap"], capture_output=True, text=True)
    assert done.returncode == 2 and "-o FILE" in done.stderr, done


if __name__ == "__main__":
    cases.main()
