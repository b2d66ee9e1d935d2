#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Makes emoji_listed.c from Unicode's emoji-test.txt: emoji_listed.py IN OUT"""
import sys


def sequences(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            data = line.split("#", 1)[0].strip()
            if data:
                points = data.split(";", 1)[0].split()
                yield "".join(chr(int(point, 16)) for point in points).encode()


def literal(data):
    return '"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'


def main(source, target):
    listed = sorted(set(sequences(source)))
    with open(target, "w", encoding="ascii") as out:
        out.write('#include "dataplane/emoji_listed.h"\n\n')
        out.write("const struct emoji_listed emoji_listed[] = {\n")
        for data in listed:
            out.write(f"\t{{{literal(data)}, {len(data)}}},\n")
        out.write(f"}};\n\nconst unsigned emoji_listed_n = {len(listed)};\n")


main(*sys.argv[1:])
