#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
Source of a manual page (scdoc(5)) out of a template: what a program's --help and docs/operating.md
say is not said a second time. Lines of a template that are replaced:

  @help PROGRAM [COMMAND]     usage, text and options of its --help
  @statuses                   the table of exit statuses of docs/operating.md
  @config                     every option of the configuration
  @document FILE [HEADING]    a document of docs/, or its chapter
"""
import os
import re
import subprocess
import sys

import config_options
import scdoc_of
from scdoc_of import literal
from scdoc_of import words as of_markdown


def of_option(term, text):
    return f"*{literal(term)}*\n\t{literal(' '.join(text.split()))}\n"


def of_help(text):
    """Paragraphs stay; lines `  --option TEXT` with what is indented below become a list."""
    usage, _, rest = text.partition("\n\n")
    lines = ["```", usage, "```", ""]
    for paragraph in rest.strip().split("\n\n"):
        entries = re.split(r"^(?=  ?-)", paragraph, flags=re.MULTILINE)
        if len(entries) > 1 and not entries[0].strip().endswith(":"):
            lines += [literal(entries.pop(0).strip()), ""] if entries[0].strip() else []
        if len(entries) > 1:
            for entry in entries:
                term, *said = re.split(r"  +|\n", entry.strip(), maxsplit=1)
                lines.append(of_option(term, said[0] if said else "") if entry.lstrip().startswith("-")
                             else literal(entry.strip()) + "\n")
        elif paragraph.startswith("  "):
            lines += ["```", *paragraph.split("\n"), "```", ""]
        else:
            lines += [literal(" ".join(paragraph.split())), ""]
    return "\n".join(lines)


def help_of(programs, name, *command):
    text = subprocess.run([programs[name], *command, "--help"], check=True, capture_output=True, text=True,
                          env=os.environ | {"LC_ALL": "C.UTF-8"}).stdout
    return of_help(text)


def statuses():
    with open("docs/operating.md", encoding="utf-8") as file:
        table = file.read().split("| exit status | meaning |\n|---|---|\n")[1].split("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.strip().split("\n")]
    return "\n".join(f"*{status}*\n\t{of_markdown(meaning)}\n" for status, meaning in rows)


def without_its_head(said):
    """Of an entry about one option, whose name and default stand above it anyway. What else is in brackets comes last."""
    head = re.match(r"`[\w.\[\]]+`(?: \((?:`[^`]*`|\w+)(?:, `[^`]*`)*(?:[,;] ([^`)]*))?\))?: ", said)
    if not head:
        return said
    also = f" {head[1][0].upper()}{head[1][1:]}." if head[1] else ""
    return said[head.end():] + also


def config():
    types, defaults = config_options.schema(), config_options.sample()
    lines = []
    for paths, said in config_options.manual(types):
        for path in paths:
            default = f", default *{literal(defaults[path])}*" if path in defaults and "[]" not in path else ""
            lines.append(f"*{literal(path)}*" + (f" ({types[path]}{default})" if path in types else "") + "++")
        lines[-1] = lines[-1].removesuffix("++")
        lines.append(f"\t{of_markdown(without_its_head(said) if len(paths) == 1 else said)}\n")
    return "\n".join(lines)


def document(path, *heading):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if heading:
        return scdoc_of.page(scdoc_of.chapter(text, " ".join(heading)))
    return scdoc_of.page(text.split("\n", 1)[1])


def main():
    template, *pairs = sys.argv[1:]
    programs = dict(pair.split("=", 1) for pair in pairs)
    with open(template, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            word, *arguments = line.split() or [""]
            if word == "@help":
                print(help_of(programs, *arguments))
            elif word in ("@statuses", "@config"):
                print({"@statuses": statuses, "@config": config}[word]())
            elif word == "@document":
                print(document(*arguments))
            elif not line.startswith("; "):
                print(line)


main()
