# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What brokers and their clients prove who they are with."""

import functools
import os
from pathlib import Path

from harness.namespace import WORK, run

USER, PASSWORD = "uproar", "kept-to-itself"
CERTIFICATE = f"{WORK}/broker.crt"


def options(mechanism, password):
    """A file of librdkafka's options, as secrets are kept."""
    path = f"{WORK}/kafka-{mechanism}"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(f"sasl.mechanism={mechanism}\nsasl.username={USER}\nsasl.password={password}\n")
    return path


@functools.lru_cache(maxsize=None)
def keystore():
    """A PEM file with the key and the certificate of all brokers; clients trust CERTIFICATE."""
    key, both = f"{WORK}/broker.key", f"{WORK}/broker.pem"
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-keyout", key, "-out", CERTIFICATE, "-subj", "/CN=broker",
        "-addext", "subjectAltName=" + ",".join(f"IP:10.88.0.{n}" for n in range(1, 255)))
    Path(both).write_text(Path(key).read_text() + Path(CERTIFICATE).read_text())
    return both
