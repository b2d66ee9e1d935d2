# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""QEMU's machine protocol: one command at a time, events passed over."""

import json


class Qmp:
    def __init__(self, connected):
        self.file = connected.makefile("rw")
        assert "QMP" in json.loads(self.file.readline())
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while "event" in (answer := json.loads(self.file.readline())):
            pass
        assert "return" in answer, f"QEMU refuses {command} {arguments}: {answer}"
        return answer["return"]
