#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""As a service: what the manager is told, and what a worker that does not poll comes to."""

import signal

from harness import cases, ledger, subscribers, thread, tickets
from harness.cases import case
from harness.config import FIRE
from harness.daemon import Appliance
from harness.deadline import until
from harness.default_device import on_lo
from harness.manager import Manager
from harness.sender import Sender


@case
def ready_is_said_when_taps_count_and_subscribers_are_let_in():
    with Manager() as manager, on_lo(as_user=manager.environment()) as a:
        manager.await_key("READY")
        Sender().tap(1, {FIRE: 3})
        assert subscribers.get("/healthz")[0] == 200
        ledger.await_taps(a, 3)
        status = manager.await_message(lambda m: ": 3 taps" in m.get("STATUS", ""), "a window with 3 taps")
        assert status["STATUS"].startswith("window "), status
        assert not any("WATCHDOG" in m for m in manager.heard), "there is no watchdog to feed"
        a.stop()


@case
def a_reload_is_told_from_its_beginning_to_its_end():
    with Manager() as manager, Appliance("--device", "net_null0,no-rx=1", as_user=manager.environment(),
                                         tickets={"keys": tickets.write_keys(1)}) as a:
        manager.await_key("READY")
        a.process.send_signal(signal.SIGHUP)
        assert int(manager.await_key("RELOADING")["MONOTONIC_USEC"]) > 0
        manager.await_key("READY")
        done = a.ask("reload")
        assert done.returncode == 0, done
        manager.await_key("RELOADING")
        manager.await_key("READY")
        a.stop()


@case
def the_end_is_told_with_the_time_it_may_take():
    with Manager() as manager, Appliance("--device", "net_null0,no-rx=1", as_user=manager.environment(),
                                         fanout={"drain_seconds": 300}) as a:
        with subscribers.Tcp([1]) as listener:
            listener.wait(len, "a frame")
            a.process.send_signal(signal.SIGTERM)
            told = manager.await_key("STOPPING")
            assert int(told["EXTEND_TIMEOUT_USEC"]) >= 306 * 1000000, told
            a.process.send_signal(signal.SIGTERM)
            assert a.wait() == 0


def null_ports(n):
    return [{"device": f"net_null{i},no-rx=1"} for i in range(n)]


NOBODY = {"listen": {"tcp": [], "http": [], "mqtt": []}, "metrics": {"listen": ""}}


@case
def a_worker_that_does_not_poll_is_named_and_the_watchdog_is_fed_while_another_does():
    def said(words):
        return lambda m: words in m.get("STATUS", "")

    with Manager() as manager, Manager() as second_manager, Appliance(
            as_user=manager.environment(watchdog_ms=400), ports=null_ports(2)) as a, Appliance(
            as_user=second_manager.environment(watchdog_ms=400), ports=null_ports(1), name="alone", **NOBODY) as b:
        manager.await_key("WATCHDOG")
        second_manager.await_key("WATCHDOG")
        with thread.Stopped(thread.threads(a.process.pid, "rte-worker-")[0]), \
                thread.Stopped(thread.threads(b.process.pid, "rte-worker-")[0]):
            manager.await_message(said("1 of 2 workers do not poll"), "that a worker hangs")
            assert a.logged("worker 0 does not poll: it has not looked at queue 0 of net_null0,no-rx=1 for 3 s"), a.log()
            assert [w["responds"] for w in a.stats()["workers"]] == [False, True]
            manager.await_key("WATCHDOG")
            second_manager.await_message(said("1 of 1 workers do not poll"), "that the only worker hangs")
            for _ in range(5):  # windows went by
                assert "WATCHDOG" not in second_manager.hear(), second_manager.heard
        second_manager.await_key("WATCHDOG")
        until(lambda: a.logged("worker 0 polls queue 0 of net_null0,no-rx=1 again"), a.log)
        assert [w["responds"] for w in a.stats()["workers"]] == [True, True]
        a.stop()
        b.stop()


if __name__ == "__main__":
    cases.main()
