# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The plain TCP protocol of uproar (docs/protocol.md, 3.1): one line asks, frames follow."""

from script import IN_ORDER, Check, HalfClose, Row, closed, exactly
from tcp_bytes import REFUSAL, Codec, frame, line

NAME, TITLE = "tcp", "TCP"


def codec():
    return Codec()


def rows(w):
    one, both = str(w.channel), w.both
    mine, others = frame(w.channel), frame(w.other)

    def refused(why, sent):
        return Row("docs 3.1", f"{why}: refused, then the end", sent, REFUSAL, closed())

    return [
        Row("docs 3.1", "a subscriber gets the newest frame at once, then each", f"SUB {one}\n", mine, mine, mine),
        Row("docs 3.1", "of each of its channels", f"SUB {both}\n", mine, others),
        Row("docs 3.1", "CR LF ends the line, too", f"SUB {one}\r\n", mine),
        Row("docs 3.1", "json: an object a line", f"SUB {one} json\n", line(w.channel), line(w.channel)),
        Row("docs 3.1", "json of several channels", f"SUB {both} json\r\n", line(w.channel), line(w.other)),
        Row("docs 3.1", "a channel that is named twice comes once", f"SUB {one},{one}\n", mine, mine,
            Check("each comes once", _each_once)),
        Row("docs 3.1", "a half-closed subscriber stays", f"SUB {one}\n", HalfClose(), mine, mine, replays=IN_ORDER),
        Row("docs 3.1", "what is said later does not matter", f"SUB {one}\n", mine, "QUIT\nSUB 9999\n" * 20, mine, mine,
            replays=IN_ORDER),
        Row("docs 3.1", "what is said in the same segment does not matter", f"SUB {one}\nSUB {w.unknown}\n", mine,
            mine),
        Row("docs 3.1", "a line of 512 bytes is the longest", _line_of(512, one), mine),
        Row("docs 3.1", "an unknown channel is named", f"SUB {one},{w.unknown}\n",
            exactly(f"ERR unknown channel {w.unknown}\n".encode()), closed()),
        refused("another word", "HELLO\n"),
        refused("small letters", f"sub {one}\n"),
        refused("a request of HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("a CONNECT of MQTT", b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"),
        refused("no channel", "SUB \n"),
        refused("no blank", "SUB\n"),
        refused("two blanks", f"SUB  {one}\n"),
        refused("a comma at the end", f"SUB {one},\n"),
        refused("a comma in front", f"SUB ,{one}\n"),
        refused("words", "SUB one\n"),
        refused("a negative number", "SUB -1\n"),
        refused("a number that is no channel: 65535", "SUB 65535\n"),
        refused("a number that is too large: 65536", "SUB 65536\n"),
        refused("a number that is too large: 4294967296", "SUB 4294967296\n"),
        refused("another form", f"SUB {one} xml\n"),
        refused("something behind json", f"SUB {one} json x\n"),
        refused("a blank at the end", f"SUB {one} \n"),
        refused("a NUL", f"SUB {one}\0\n"),
        refused("a line that is too long", "SUB " + "1," * 300),
        refused("a line that is too long, with its end", "SUB " + "1," * 300 + "1\n"),
        Row("docs 3.1", "a line that is cut short is refused", "SUB 1", HalfClose(), REFUSAL, closed(),
            replays=IN_ORDER),
        Row("docs 3.1", "who says nothing and ends is let go", HalfClose(), closed(), replays=IN_ORDER),
    ]



def _line_of(length, channel):
    """The channel named again and again, and the last time with zeros in front of it."""
    text = "SUB " + ",".join([channel] * ((length - 5) // (len(channel) + 1)))
    return text + "\n" if len(text) == length - 1 else text[:-len(channel)] + channel.rjust(
        length - 1 - len(text) + len(channel), "0") + "\n"


def _each_once(history):
    return len({event.raw for event in history}) == len(history)
