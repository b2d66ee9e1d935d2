#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
Do the options agree? Of the configuration: schema, what a reload does with them, commented sample,
docs/operating.md and uproar.yaml(5). Of the programs: --help and their pages. And the exit statuses of uproard. Arguments:
the folder of the built pages, and PROGRAM=PATH. Prints what is missing where.
"""
import re
import subprocess
import sys

import config_options


def page(folder, name):
    """As it is read, on lines that are never broken."""
    text = subprocess.run(["man", "-P", "cat", "-l", f"{folder}/{name}"], check=True, capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", "MANWIDTH": "10000", "LC_ALL": "C.UTF-8"}).stdout
    return re.sub(".\x08", "", text)  # a letter and a backspace


def missing(what, wanted, have):
    return [f"{what}: {option} is missing" for option in wanted if option not in have]


def configuration(folder):
    schema, sample = config_options.schema(), config_options.sample()
    with open("control/uproar.yaml", encoding="utf-8") as file:
        comments = "\n".join(line for line in file if line.startswith("#"))
    shown = sample | {path: "" for path in schema if "[]" in path and f"{path.split('.')[-1]}: " in comments}
    said = {path for paths, _ in config_options.manual(schema) for path in paths}
    text = page(folder, "uproar.yaml.5")
    printed = {path for path in schema if re.search(rf"^\s*{re.escape(path)}(,.*)? \(", text, re.MULTILINE)}
    reloaded, whole = config_options.reloaded(), dict.fromkeys(path.split("[]")[0] for path in schema)
    return (missing("control/uproar.yaml", schema, shown) + missing("control/config_file.c", sample, schema) +
            missing("control/config_options.c", whole, reloaded) + missing("control/config_file.c", reloaded, whole) +
            missing("docs/operating.md, Configuration", schema, said) + missing("uproar.yaml(5)", schema, printed))


def help_of(program, *command):
    return subprocess.run([program, *command, "--help"], check=True, capture_output=True, text=True).stdout


def long_options(text):
    return sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)))


def programs(folder, paths):
    found = []
    for name, file in ("uproard", "uproard.8"), ("uproar-relay", "uproar-relay.1"), ("uproar-gen", "uproar-gen.1"):
        found += missing(f"{file}.scd.in", long_options(help_of(paths[name])), page(folder, file))
    text = page(folder, "uproar.1")
    commands = help_of(paths["uproar"]).split("commands:\n")[1].split("\n\n")[0]
    for command in re.findall(r"^  (\w+)", commands, re.MULTILINE):
        chapter = re.search(rf"^\S[^\n]*: uproar {command}$(.*?)(?=^\S)", text, re.MULTILINE | re.DOTALL)
        found += missing(f"uproar.1.scd.in, `@help uproar {command}`", long_options(help_of(paths["uproar"], command)),
                         chapter[1] if chapter else "")
    return found


def statuses(folder, paths):
    """The codes of control/appliance.h in --help and in the page."""
    with open("control/appliance.h", encoding="utf-8") as file:
        codes = re.findall(r"EXIT_\w+ = (\d+)", file.read())
    listed = re.findall(r"\b(\d+) ", help_of(paths["uproard"]).split("Exit status:")[1])
    shown = re.findall(r"^\s+(\d+)$", page(folder, "uproard.8"), re.MULTILINE)
    return (missing("control/main.c, --help, exit status", codes, listed) +
            missing("docs/operating.md, exit status", codes, shown))


def main():
    folder, *pairs = sys.argv[1:]
    paths = dict(pair.split("=", 1) for pair in pairs)
    found = configuration(folder) + programs(folder, paths) + statuses(folder, paths)
    print("\n".join(found) if found else "the options agree")
    return 1 if found else 0


sys.exit(main())
