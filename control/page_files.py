#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Makes the table of the page's files: page_files.py OUT.h FILE..."""
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def symbol(name):
    return "page_" + name.replace(".", "_").replace("-", "_")


def main(out, *files):
    names = [os.path.basename(path) for path in files]
    with open(out, "w", encoding="ascii") as target:
        for name in names:
            target.write(f"extern const unsigned char {symbol(name)}[];\n"
                         f"extern const unsigned long {symbol(name)}_len;\n")
        target.write("static const struct {\n\tconst char *path, *type;\n"
                     "\tconst unsigned char *body;\n\tconst unsigned long *len;\n} page_files[] = {\n")
        for name in names:
            path = "/" if name == "index.html" else "/" + name
            kind = TYPES[os.path.splitext(name)[1]]
            target.write(f'\t{{"{path}", "{kind}", {symbol(name)}, &{symbol(name)}_len}},\n')
        target.write("};\n")


main(*sys.argv[1:])
