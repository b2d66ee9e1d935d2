# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""HTTP/1.1 (RFC 9112 and RFC 9110): requests one after the other, and what must be refused."""

import http_bytes
from http_bytes import HEAD, json_body, request, response, sentence
from script import IN_ORDER, Get, HalfClose, Pattern, Row, closed

NAME, TITLE = "http", "HTTP"


def codec():
    return http_bytes.Codec()


def rows(w):
    return _answers(w) + _requests(w) + _malformed(w) + _bodies(w) + _connections(w) + _paths(w)




def _answers(w):
    return [
        Row("RFC 9110, 9.3.1", "GET is answered", request(w.path), response(200, content_type="application/json")),
        Row("RFC 9110, 9.3.2", "HEAD is answered as GET without its body", request(w.path, method="HEAD"),
            Get(response(200, content_type="application/json", content_length=lambda n: int(n) > 0), HEAD),
            request(w.path), response(200), replays=IN_ORDER),
        Row("RFC 9110, 9.1", "another method is answered with 405 and those that are allowed: POST",
            request(w.path, method="POST"), sentence(405, allow=lambda v: v and {"GET", "HEAD"} <= set(v.split(", ")))),
        Row("RFC 9110, 9.1", "another method is answered with 405: DELETE", request(w.path, method="DELETE"),
            sentence(405, allow=lambda v: v)),
        Row("RFC 9110, 9.1", "methods are compared with case: get", request(w.path, method="get"),
            sentence(405) | sentence(501)),
        Row("RFC 9110, 9.3.6", "CONNECT makes no tunnel", request("uproar:80", method="CONNECT"),
            sentence(400) | sentence(405) | sentence(501)),
        Row("RFC 9110, 6.6.1", "an answer has its Date", request(w.path),
            response(200, date=lambda v: v and v[-4:] == " GMT")),
        Row("RFC 9110, 8.6", "an answer has the length of its body", request("/v1/catalogue"),
            response(200, content_length=lambda n: int(n) > 0)),
        Row("Fetch, 3.2", "frames and the catalogue may be read by pages of others",
            request(w.path), response(200, access_control_allow_origin="*"), request("/v1/catalogue"),
            response(200, access_control_allow_origin="*")),
        Row("Fetch, 4.8", "a preflight is answered: any page may ask with GET",
            request(w.path, "Origin: https://example.org", "Access-Control-Request-Method: GET",
                    "Access-Control-Request-Headers: x-custom", method="OPTIONS"),
            response(204, access_control_allow_origin=lambda o: o in ("*", "https://example.org"),
                     access_control_allow_methods=lambda v: v and "GET" in v,
                     access_control_allow_headers=lambda v: v), request(w.path), response(200)),
        Row("RFC 9110, 9.3.7", "OPTIONS of the server as a whole", request("*", method="OPTIONS"),
            response(204, allow=lambda v: v and "GET" in v, content_length=None), request(w.path), response(200)),
        Row("Fetch, 3.2", "an answer to a page says that it may be read",
            request(w.path, "Origin: https://example.org"),
            response(200, access_control_allow_origin=lambda o: o in ("*", "https://example.org"))),
        Row("RFC 9111, 5.2.2.4", "frames are not taken from a cache", request(w.path),
            response(200, cache_control=lambda v: v and ("no-cache" in v or "no-store" in v))),
    ]


def _requests(w):
    ok = response(200)
    return [
        Row("RFC 9112, 2.2", "an empty line before a request is overlooked", b"\r\n" + request(w.path), ok),
        Row("RFC 9112, 2.2", "a bare LF may end a line", request(w.path).replace(b"\r\n", b"\n"), ok),
        Row("RFC 9112, 3.2.2", "the target may be in absolute form", request(f"http://uproar{w.path}"), ok),
        Row("RFC 9112, 3.2.2", "and its scheme in capitals", request(f"HTTP://uproar:7780{w.path}"), ok),
        Row("RFC 9112, 3.2", "a query does not matter where none is known", request(w.path + "?a=b&c"), ok),
        Row("RFC 9110, 5.1", "names of fields are compared without case",
            request(w.path, "cONNECTION: cLOSE", host=None).replace(b"\r\n", b"\r\nhOST: x\r\n", 1), ok, closed()),
        Row("RFC 9112, 5.1", "blanks around a value are no part of it", request(w.path, "Connection: \t close \t"), ok,
            closed()),
        Row("RFC 9110, 5.5", "a value may have bytes of other alphabets", request(w.path, "X-Name: é語"), ok),
        Row("RFC 9110, 5.5", "a value may be empty", request(w.path, "X-Name:"), ok),
        Row("RFC 9112, 3.2", "Host may be empty", request(w.path, host=""), ok),
        Row("RFC 9110, 10.1.1", "an expectation of a request without a body does not matter",
            request(w.path, "Expect: 100-continue"), ok | response(417)),
        Row("RFC 9110, 13.1", "conditions that cannot be tested do not matter",
            request(w.path, "If-Match: *", "Range: x=1"),
            ok | response(412) | response(416)),
        Row("RFC 9112, 2.3", "a higher minor version is taken as 1.1", request(w.path, version="HTTP/1.9"), ok),
        Row("RFC 9112, 3", "a head of up to 100 fields and 8 KiB is read", request(w.path, *["X: " + "y" * 60] * 90),
            ok),
    ]


def _malformed(w):
    def refused(why, sent, *statuses, reference="RFC 9112, 3"):
        expected = sentence(statuses[0])
        for status in statuses[1:]:
            expected = expected | sentence(status)
        return Row(reference, f"{why}: refused, then the end", sent, expected, closed())

    head = request(w.path)
    return [
        refused("no version", f"GET {w.path}\r\n\r\n", 400, 505),
        refused("no target", b"GET HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        refused("no request at all: a TLS handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60), 400),
        refused("garbage", b"\xff\xfe\xfd\r\n\r\n", 400),
        refused("a blank in the target", request("/v1/channels/0 1"), 400, 505),
        refused("a control character in the target", request("/v1/\x01"), 400),
        refused("bytes beyond ASCII in the target", request("/é"), 400),
        refused("a target that is no path", request("channels"), 400),
        refused("two blanks before the version", head.replace(b" HTTP/", b"  HTTP/"), 400, 505),
        refused("HTTP/2 without its preface", request(w.path, version="HTTP/2.0"), 505, reference="RFC 9112, 2.3"),
        refused("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 400, 405, reference="RFC 9113, 3.4"),
        refused("a version that is none", request(w.path, version="HTTP/1.x"), 400, 505, reference="RFC 9112, 2.3"),
        refused("a version in small letters", request(w.path, version="http/1.1"), 400, 505, reference="RFC 9112, 2.3"),
        refused("no Host", request(w.path, host=None), 400, reference="RFC 9112, 3.2"),
        refused("two Hosts", request(w.path, "Host: other"), 400, reference="RFC 9112, 3.2"),
        refused("a Host that is none", request(w.path, host="x/y"), 400, reference="RFC 9112, 3.2"),
        refused("a blank before the colon", request(w.path, "Accept : x"), 400, reference="RFC 9112, 5.1"),
        refused("a folded line", request(w.path, "X: a", " b"), 400, reference="RFC 9112, 5.2"),
        refused("a blank before the first field", head.replace(b"Host", b" Host"), 400, reference="RFC 9112, 2.2"),
        refused("a field without a colon", request(w.path, "Accept"), 400, reference="RFC 9112, 5"),
        refused("a field without a name", request(w.path, ": x"), 400, reference="RFC 9112, 5"),
        refused("a name with a bracket", request(w.path, "A(b): x"), 400, reference="RFC 9112, 5"),
        refused("a bare CR in a value", request(w.path, "X: a\rb"), 400, reference="RFC 9112, 2.2"),
        refused("a NUL in a value", request(w.path, "X: a\0b"), 400, reference="RFC 9110, 5.5"),
        refused("a target that is too long", request("/" + "a" * 5000), 414),
        refused("a request line without an end", b"GET /" + b"a" * 9000, 414, 431),
        refused("a head that is too large", request(w.path, "X: " + "y" * 9000), 431, reference="RFC 6585, 5"),
        refused("too many fields", request(w.path, *["X: y"] * 200), 431, reference="RFC 6585, 5"),
        Row("RFC 9112, 8", "a request that is cut short is refused", head[:-3], HalfClose(), sentence(400), closed(),
            replays=IN_ORDER),
        Row("RFC 9110, 4.2", "nothing of a refused connection is processed",
            request(w.path, host=None) + head, sentence(400), closed()),
    ]


def _bodies(w):
    """Where two could disagree about the end of a request, the connection ends behind it."""
    def ends(why, *fields, statuses=(400, 413), method="GET", body=b"", reference="RFC 9112, 6.3", path=w.path):
        expected = sentence(statuses[0])
        for status in statuses[1:]:
            expected = expected | sentence(status)
        return Row(reference, why, request(path, *fields, method=method, body=body) + request(w.path), expected,
            closed())

    smuggled = request("/smuggled")
    return [
        ends("a body of GET is refused", "Content-Length: 5", body=b"hello"),
        ends("a body of POST is refused", "Content-Length: 5", statuses=(405, 413), method="POST", body=b"hello"),
        ends("a request in the body of another is not answered", f"Content-Length: {len(smuggled)}", body=smuggled),
        ends("a body in chunks is refused", "Transfer-Encoding: chunked", statuses=(400, 411, 413, 501),
             body=b"0\r\n\r\n", reference="RFC 9112, 6.1"),
        ends("chunks and a length", "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\n",
             reference="RFC 9112, 6.1"),
        ends("a coding that is not known", "Transfer-Encoding: xchunked", statuses=(400, 413, 501),
             reference="RFC 9112, 6.1"),
        ends("chunks, disguised by a tab", "Transfer-Encoding:\tchunked", statuses=(400, 413, 501), body=b"0\r\n\r\n",
             reference="RFC 9112, 6.1"),
        ends("two lengths that differ", "Content-Length: 0", "Content-Length: 5", body=b"hello"),
        ends("a list of lengths that differ", "Content-Length: 0, 5", statuses=(400,), body=b"hello"),
        ends("a length with a sign", "Content-Length: +0", statuses=(400,), reference="RFC 9110, 8.6"),
        ends("a negative length", "Content-Length: -1", statuses=(400,), reference="RFC 9110, 8.6"),
        ends("a length that is no number", "Content-Length: 0x0", statuses=(400,), reference="RFC 9110, 8.6"),
        ends("a length of 2^64", "Content-Length: 18446744073709551616", reference="RFC 9110, 8.6"),
        Row("RFC 9112, 6.3", "a length of 0 is no body", request(w.path, "Content-Length: 0"), response(200)),
    ]


def _connections(w):
    ok = response(200)
    return [
        Row("RFC 9112, 9.3", "a connection is kept for further requests", request(w.path), ok, request("/healthz"), ok,
            request("/v1/catalogue"), ok),
        Row("RFC 9112, 9.3.2", "requests that come together are answered in their order",
            request(w.path) + request("/nothing") + request("/healthz"), ok, response(404), ok),
        Row("RFC 9112, 9.3.2", "50 requests that come together", request(w.path) * 50, [ok] * 50),
        Row("RFC 9112, 9.3.2", "a thousand requests that come together before an answer is read",
            request("/healthz") * 1000, [ok] * 1000),
        Row("RFC 9112, 9.6", "Connection: close ends it behind the answer, which says so",
            request(w.path, "Connection: close") + request(w.path), response(200, connection="close"), closed()),
        Row("RFC 9112, 9.6", "close in a list of two", request(w.path, "Connection: x, close"), ok, closed()),
        Row("RFC 9112, 9.3", "HTTP/1.0 ends behind the answer", request(w.path, version="HTTP/1.0", host=None), ok,
            closed()),
        Row("RFC 9112, 9.3", "an error of a well-formed request keeps the connection", request("/nothing"),
            sentence(404), request(w.path), ok),
        Row("RFC 9112, 9.6", "a client that closes its direction gets its answer", request(w.path), HalfClose(), ok,
            closed(),
            replays=IN_ORDER),
    ]


def _paths(w):
    return [
        Row("docs 3.4", "the newest frame of a channel", request(w.path),
            response(200) & json_body(lambda f: f["channel"] == w.channel and f["window"] > 0)),
        Row("docs 3.4", "the catalogue", request("/v1/catalogue"),
            response(200, content_type="application/json") & json_body(lambda c: c["reactions"] and c["channels"])),
        Row("docs 3.4", "health", request("/healthz"), response(200) & json_body(lambda h: h["status"] == "ok")),
        Row("docs 3.4", "the page", request("/"), response(200, content_type=lambda t: t.startswith("text/html")) &
            Pattern("HTML", lambda e: b"<!doctype html>" in e.body.lower()[:400])),
        Row("docs 3.4", "an unknown channel is 404", request(f"/v1/channels/{w.unknown}"), sentence(404)),
        Row("docs 3.4", "a channel that is none is 404", request("/v1/channels/x"), sentence(404)),
        Row("docs 3.4", "a number that is too large is 404", request("/v1/channels/4294967296"), sentence(404)),
        Row("docs 3.4", "no channel is 404", request("/v1/channels/"), sentence(404)),
        Row("docs 3.4", "an unknown path is 404", request("/v1/channel/1"), sentence(404)),
        Row("docs 3.4", "paths lead nowhere else", request("/../../etc/passwd"), sentence(404)),
        Row("docs 3.4", "a refusal of /v1/ can be read by pages of others", request("/v1/channels/x"),
            sentence(404, access_control_allow_origin="*")),
        Row("RFC 9110, 15.5.5", "HEAD of what is not there has no body", request("/nothing", method="HEAD"),
            Get(response(404), HEAD), request("/healthz"), response(200), replays=IN_ORDER),
    ]


