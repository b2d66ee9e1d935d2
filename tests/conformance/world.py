# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The appliance that is asked: two of its channels, and the topics and paths of them."""

import json
import time
import urllib.error
import urllib.request

SECONDS = 20


class World:
    def __init__(self, channel, other):
        self.channel, self.other = channel, other
        self.frame, self.json = f"uproar/{channel}/frame", f"uproar/{channel}/json"
        self.other_frame, self.other_json = f"uproar/{other}/frame", f"uproar/{other}/json"
        self.path = f"/v1/channels/{channel}"
        self.both = f"{channel},{other}"
        self.unknown = 65534


def _get(host, port, path):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{host}:{port}{path}",
                                                                           timeout=SECONDS) as answer:
        return json.load(answer)


def find_channels(host, port):
    """The first two channels of its catalogue."""
    known = [c["channel"] for c in _get(host, port, "/v1/catalogue")["channels"]]
    if len(known) < 2 or 65534 in known:
        raise SystemExit(f"these statements want an appliance with two channels, without 65534; it has {known}")
    return known[:2]


def await_frames(host, port, channels):
    """Statements about retained messages need a first window to have ended."""
    deadline = time.monotonic() + SECONDS
    for channel in channels:
        while True:
            try:
                _get(host, port, f"/v1/channels/{channel}")
                break
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > deadline:
                    raise SystemExit(f"channel {channel} has no frame: {error}") from None
            time.sleep(0.05)
