# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""
The options of the configuration, as each of four places has them: the schema in
control/config_file.c, the commented sample control/uproar.yaml, the list in docs/operating.md, and
what a reload does with them, control/config_options.c. An option has a path, such as limits.burst or
ports[].queues.
"""
import re

KINDS = {"STRING": "text", "STRING_PTR": "text", "UINT": "number", "UINT_PTR": "number", "FLOAT": "number",
         "BOOL": "true or false", "STRINGS": "list of texts"}
LISTS = {"uint_value": "list of numbers", "role_value": "list of ingest, merge and fanout"}
WORDS = {"booleans_or_auto": "auto, true or false", "poll_modes": "adaptive or always",
         "admissions": "open or tickets"}
FIELD = re.compile(r'(?:CYAML_)?FIELD_([A-Z_]+)\(\s*"(\w+)",([^;]*?)\),?\s*(?=CYAML_|FIELD_|};|$)', re.DOTALL)


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _spelled_out(text):
    """Fields that are made of a list of names, `#define MACRO(name) ... #include "LIST"`, one by one."""
    def fields(match):
        macro, body, names = match.groups()
        return "\n".join(body.replace("#name", f'"{name}"')
                         for name in re.findall(rf"^{macro}\((\w+)\)", _read(names), re.MULTILINE))
    return re.sub(r'#define (\w+)\(name\) (FIELD_.*)\n#include "(.*)"\n#undef \1', fields, text)


def _tables(text):
    """{name of a table of fields: [(kind, key, rest)]}."""
    found = {}
    for name, body in re.findall(r"cyaml_schema_field_t (\w+)_fields\[\] = \{(.*?)\n\};", text, re.DOTALL):
        found[name] = FIELD.findall(body)
    return found


def _words(rest):
    for name, words in WORDS.items():
        if re.search(rf"\b{name}\b", rest):
            return words
    return "one of a few words"


def schema(path="control/config_file.c"):
    """{path: type in words}, in the order of the schema."""
    text = _spelled_out(_read(path))
    tables, found = _tables(text), {}
    values = dict(re.findall(r"(\w+_value) = \{\s*CYAML_VALUE_MAPPING\([^;]*?(\w+)_fields\)\};", text))

    def walk(table, prefix):
        for kind, key, rest in tables[table]:
            inner = re.search(r"\b(\w+)_fields\b", rest)
            value = re.search(r"&?\(?(\w+_value)\b", rest)
            if inner:
                walk(inner[1], f"{prefix}{key}.")
            elif value and value[1] in values:
                walk(values[value[1]], f"{prefix}{key}[].")
            elif kind in ("SEQUENCE", "CYAML_SEQUENCE"):
                found[prefix + key] = LISTS[value[1]]
            else:
                found[prefix + key] = "open or tickets" if kind == "ADMISSION" else KINDS.get(kind) or _words(rest)

    walk("file", "")
    return found


def reloaded(path="control/config_options.c"):
    """Paths of which a reload knows when they take effect. A list is one, whatever is in it."""
    return re.findall(r'^\t\{"([\w.]+)", AT_', _read(path), re.MULTILINE)


def sample(path="control/uproar.yaml"):
    """{path: its value as it is written}. Lists of mappings are named with [], each of their keys once."""
    found, parents = {}, []
    for line in _read(path).split("\n"):
        entry = re.match(r"( *)(- )?(?:\{(.*)\}|([\w]+):\s*(.*?))\s*$", line)
        if not entry or line.lstrip().startswith("#"):
            continue
        indent, dash, flow, key, value = entry.groups()
        depth = len(indent) + len(dash or "")
        parents = [p for p in parents if p[0] < len(indent) + bool(dash)]
        prefix = "".join(f"{p[1]}[]." if (dash or p[2]) and p is parents[-1] else f"{p[1]}." for p in parents)
        if dash and parents:
            parents[-1] = (*parents[-1][:2], True)
        if flow is not None:
            for inner, text in re.findall(r"(\w+): ((?:\[[^]]*\]|\"[^\"]*\"|[^,{}])+)", flow):
                found.setdefault(prefix + inner, text.strip())
        elif value:
            found[prefix + key] = value
        else:
            parents.append((depth, key, False))
    return found


def _bullets(text):
    """The list of the chapter, and the paragraph on reactions below it, each without line ends."""
    chapter = text.split("\n## Configuration\n")[1].split("\n## ")[0]
    for part in re.split(r"\n\n|\n(?=- )", chapter):
        if part.startswith("- ") or part.startswith("A reaction of the catalogue"):
            yield " ".join(part.removeprefix("- ").split())


def manual(options, path="docs/operating.md"):
    """[(paths, what is said of them)] for each entry that is about one of these options."""
    entries, group = [], ""
    for said in _bullets(_read(path)):
        head = re.match(r"`([\w.\[\]]+)`", said)
        group = head[1] if head else group
        words = re.findall(r"`([\w.\[\]]+)`", said)
        paths = [p for p in options if any(p in (f"{group}.{word}", f"{group}[].{word}") for word in words)]
        paths = paths or [p for p in options if p in words]
        entries.append((paths or [group], said))
    return entries
