# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The tallies where they lie: in the arena of an appliance that does not run."""

import collections
import mmap
import struct

HEADER = struct.Struct("<8sIIQQ")  # magic, version, regions, size, generation
REGION = struct.Struct("<24sI4I4xQ")  # name, layout, shape, size
REGIONS_MAX = 16


def _regions(data):
    """{name: (shape, offset)}"""
    count = HEADER.unpack_from(data)[2]
    offsets = struct.unpack_from(f"<{REGIONS_MAX}Q", data, HEADER.size + REGIONS_MAX * REGION.size)
    found = {}
    for i in range(count):
        name, _, *shape, _ = REGION.unpack_from(data, HEADER.size + i * REGION.size)
        found[name.rstrip(b"\0").decode()] = shape, offsets[i]
    return found


def counts(path):
    """{channel: {reaction: taps}}, summed over the workers."""
    sums = collections.defaultdict(collections.Counter)
    with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as data:
        regions = _regions(data)
        (workers, rows, stride, _), at = regions["tallies"]
        for i, taps in enumerate(struct.unpack_from(f"<{workers * rows * stride}Q", data, at)):
            row, reaction = divmod(i, stride)
            channel = struct.unpack_from("<H", data, regions["rows"][1] + row % rows * 8)[0]
            sums[channel][reaction] += taps
    return {channel: dict(+counter) for channel, counter in sums.items() if +counter}


class FirstWorker:
    """What it says of itself, while it runs: one that stands still is asked, too."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self._data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        self._at = _regions(self._data)["workers"][1]

    def is_in_a_burst(self):
        return struct.unpack_from("<Q", self._data, self._at)[0] % 2 == 1
