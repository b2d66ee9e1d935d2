# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
"""Markdown, as far as docs/ uses it, as scdoc(5)."""
import re


def literal(text):
    """Text in which nothing is markup."""
    return re.sub(r"([\\*_])", r"\\\1", text)


def words(text):
    """One paragraph on one line: backticks and ** to bold; links to their words."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    parts = re.split(r"`([^`]*)`|\*\*([^`]*?)\*\*", text)
    found = ""
    for plain, code, strong in zip(parts[::3], parts[1::3] + [None], parts[2::3] + [None]):
        found += literal(plain) + (f"*{literal(code or strong)}*" if code or strong else "")
    return found


def paragraph(text):
    """None begins with what scdoc would take for a list or a heading."""
    said = words(text)
    return "\\" + said if said[:1] in set("#-.|[]:;") else said


def _cells(row):
    return [words(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _table(lines):
    rows = [_cells(lines[0])] + [_cells(line) for line in lines[2:]]
    if not any(rows[0]):
        rows.pop(0)
    return "\n".join("\n".join(("|[ " if i == 0 else ":[ ") + cell for i, cell in enumerate(row)) for row in rows)


def _list(lines):
    items = re.split(r"\n(?=- |\d+\. )", "\n".join(lines))
    return "\n".join(("- " if item.startswith("- ") else ". ") + words(item.split(" ", 1)[1]) for item in items)


def _block(lines):
    if lines[0].startswith("|"):
        return _table(lines)
    if re.match(r"- |\d+\. ", lines[0]):
        return _list(lines)
    return paragraph(" ".join(lines))


def _begins_another(line, block):
    """A table, or a list in the middle of a paragraph, which has to begin with 1."""
    return line.startswith("|") != block[0].startswith("|") or (
        re.match(r"- |1\. ", line) and not re.match(r"- |\d+\. ", block[0]))


def _heading(line, top):
    marks, text = line.split(" ", 1)
    text = text.replace("`", "")
    level = len(marks) - top + 1
    return f"# {text.upper()}" if level == 1 else f"## {text}" if level == 2 else f"*{literal(text)}*"


def page(text, top=2):
    """Headings of so many marks become chapters, those below sections."""
    out, block, code = [], [], None
    for line in text.split("\n") + [""]:
        if code is not None:
            code.append(line.replace("\\", "\\\\"))
            if line == "```":
                out.append("\n".join(code))
                code = None
            continue
        if block and (line.startswith(("```", "#")) or not line.strip() or _begins_another(line, block)):
            out.append(_block(block))
            block = []
        if line.startswith("```"):
            code = ["```"]
        elif line.startswith("#"):
            out.append(_heading(line, top))
        elif line.strip():
            block.append(line)
    return "\n\n".join(out)


def chapter(text, heading):
    """What is below one heading, without it."""
    mark = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    rest = text[mark.end():]
    following = re.search(rf"^#{{1,{len(mark[1])}}} ", rest, re.MULTILINE)
    return rest[:following.start()] if following else rest
