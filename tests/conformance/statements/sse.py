# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""Server-sent events (HTML Living Standard, 9.2): what EventSource needs of a server."""

import json

import http_bytes
from http_bytes import HEAD, event, request, response, sentence
from script import Check, Get, HalfClose, Row, never

NAME, TITLE = "sse", "event stream"


def codec():
    return http_bytes.EventCodec()


def rows(w):
    def stream(*fields, path=w.path, accept="text/event-stream"):
        return request(path, f"Accept: {accept}", *fields)

    opened = response(200, content_type="text/event-stream")
    frame = event(id=lambda v: v.isdigit(), data=lambda v: json.loads(v)["channel"] == w.channel)
    return [
        Row("9.2.3", "the answer is 200 with text/event-stream", stream(), opened),
        Row("9.2.3", "and may be read by pages of others", stream(), response(200, access_control_allow_origin="*")),
        Row("9.2.5", "an event has an id and data, and ends with an empty line", stream(), opened, frame, frame),
        Row("9.2.6", "the id is the window of the data", stream(), opened, frame, frame, Check(
            "ids are windows", lambda history: all(json.loads(e.fields["data"])["window"] == int(e.fields["id"])
                                                   for e in history[1:] if "data" in e.fields))),
        Row("9.2.6", "windows grow by one", stream(), opened, frame, frame, frame,
            Check("windows grow by one", _by_one)),
        Row("9.2.6", "ids have no NUL, no event is empty", stream(), opened, frame,
            never(event(id=lambda v: "\0" in v or not v)), never(event(data=lambda v: not v))),
        Row("9.2.6", "no event has a name: page scripts listen to messages", stream(), opened, frame, frame,
            never(event(event=lambda v: v != "message"))),
        Row("RFC 9110, 12.5.1", "Accept is a list", stream(accept="text/html, text/event-stream;q=0.9, */*;q=0.1"),
            opened),
        Row("RFC 9110, 12.5.1", "Accept is compared without case", stream(accept="Text/Event-Stream"), opened),
        Row("9.2.3", "Last-Event-ID of a client that comes back is taken",
            stream("Last-Event-ID: 1"), opened, frame),
        Row("9.2.3", "a Last-Event-ID that is no number does not matter", stream("Last-Event-ID: x\u00e9"), opened,
            frame),
        Row("docs 3.3", "several channels in one stream", stream(path=f"/v1/channels/{w.both}"), opened,
            event(data=lambda v: json.loads(v)["channel"] == w.channel),
            event(data=lambda v: json.loads(v)["channel"] == w.other)),
        Row("RFC 9112, 6.3", "the stream ends with the connection: no length, no chunks", stream(),
            response(200, content_length=None, transfer_encoding=None, connection="close")),
        Row("RFC 9111, 5.2.2.4", "a stream is not kept by caches", stream(),
            response(200, cache_control=lambda v: v and ("no-cache" in v or "no-store" in v))),
        Row("RFC 9110, 9.3.2", "HEAD of a stream has its head alone", request(w.path, "Accept: text/event-stream",
                                                                              method="HEAD"), Get(opened, HEAD)),
        Row("9.2.3", "an unknown channel is 404, by which EventSource gives up",
            stream(path=f"/v1/channels/{w.unknown}"),
            sentence(404)),
        Row("docs 3.3", "a client that closes its direction stays", stream(), HalfClose(), opened, frame, frame,
            replays=("as written", "byte by byte")),
        Row("RFC 9112, 9.6", "what a client says behind the request is passed over", stream(), opened,
            b"GET / HTTP/1.1\r\n\r\n\xff", frame, frame),
    ]


def _by_one(history):
    windows = [int(e.fields["id"]) for e in history[1:] if "id" in e.fields]
    return windows == list(range(windows[0], windows[0] + len(windows)))
