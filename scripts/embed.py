#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Turns files into C arrays: embed.py OUT.c SYMBOL=FILE...

For each file: `const unsigned char SYMBOL[]` and `const unsigned long SYMBOL_len`.
"""
import sys


def array(symbol, data):
    lines = []
    for i in range(0, len(data), 16):
        lines.append("\t" + " ".join(f"0x{byte:02x}," for byte in data[i:i + 16]))
    body = "\n".join(lines)
    return (f"extern const unsigned char {symbol}[];\nextern const unsigned long {symbol}_len;\n"
            f"const unsigned char {symbol}[] __attribute__((aligned(8))) = {{\n{body}\n}};\n"
            f"const unsigned long {symbol}_len = {len(data)};\n")


def main(out, *inputs):
    with open(out, "w", encoding="ascii") as target:
        for item in inputs:
            symbol, path = item.split("=", 1)
            with open(path, "rb") as source:
                target.write(array(symbol, source.read()))


main(*sys.argv[1:])
