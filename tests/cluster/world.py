# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The network and a broker that the shorter cases share, made for the first that wants them."""

import contextlib
import functools
import itertools

import broker
import network
import nodes

_names = itertools.count(1)


@functools.lru_cache(maxsize=None)
def net():
    broker.require()
    made = network.Network().__enter__()
    made.stay()
    return made


@functools.lru_cache(maxsize=None)
def one_broker():
    brokers = broker.Brokers(net(), ["kafka"]).start()
    net().stay()
    return brokers


def cluster(**options):
    """One of its own, on the shared broker: topics that nobody else has."""
    return nodes.Cluster(one_broker(), f"case-{next(_names)}", **options)


@contextlib.contextmanager
def running(*started):
    """Nodes, from the first of them to the end; they stop in order unless something failed."""
    with contextlib.ExitStack() as stack:
        for node in started:
            stack.callback(node.__exit__)
            node.start()
        for node in started:
            node.await_started()
        net().stay()
        yield started
        for node in started:
            if node.process.is_alive():
                node.stop()
