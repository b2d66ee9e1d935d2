#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The log: which lines there are, and that a flood of them is cut."""

import re
import socket

from harness import cases
from harness.cases import case
from harness.daemon import Appliance, refused

NULL = ("--device", "net_null0")
REFUSED = "refusing: TCP subscriber whose line is no SUB line"


def be_refused(times=1):
    """Until the answer has come, and with it the line in the log."""
    for _ in range(times):
        with socket.create_connection(("127.0.0.1", 7701)) as s:
            s.sendall(b"hello\n")
            while s.recv(4096):
                pass


@case
def each_part_says_as_much_as_it_is_told():
    with Appliance(*NULL, log={"level": "warning", "control": "debug"}) as a:
        be_refused()
        a.stats()
        a.stop()
    assert a.logged(r"(?m)^control: ready: ") and a.logged(r"(?m)^control: asked for stats$"), a.log()
    assert a.logged(r"(?m)^control: window \d+: 0 taps$"), a.log()
    assert not a.logged("receiving through") and not a.logged("listening on") and not a.logged(REFUSED), a.log()
    with Appliance(*NULL) as a:
        be_refused()
        a.stop()
    assert a.logged(r"(?m)^dataplane: receiving through net_null0 ") and a.logged("(?m)^fanout: .* listening on"), a.log()
    assert not a.logged("asked for") and not a.logged(REFUSED), a.log()


@case
def dpdks_option_has_the_last_word():
    with Appliance(*NULL, eal=["--log-level=uproar.fanout:debug"], log={"level": "error"}) as a:
        be_refused()
        a.stop()
    assert a.logged(f"(?m)^fanout: {REFUSED}$"), a.log()
    assert not a.logged("(?m)^control:"), a.log()


@case
def why_it_does_not_start_is_always_said():
    with socket.create_server(("127.0.0.1", 7701)):
        status, said = refused(*NULL, "--temporary-arena", log={"level": "error"})
    assert status == 6 and "control: cannot listen on 127.0.0.1:7701" in said, said


@case
def each_line_of_a_flood_is_written_or_told():
    flood = 1000
    with Appliance(*NULL, log={"fanout": "debug"}) as a:
        be_refused(flood)
        a.stop()
    written = len(re.findall(f"(?m)^fanout: {REFUSED}$", a.log()))
    suppressed = re.findall(f"(?m)^fanout: (\\d+) suppressed like: {REFUSED}$", a.log())
    assert written >= 64 and suppressed, a.log()
    assert written + sum(map(int, suppressed)) == flood, a.log()


if __name__ == "__main__":
    cases.main()
