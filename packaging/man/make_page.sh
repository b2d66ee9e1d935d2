#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# make_page.sh SOURCE-ROOT SCDOC PYTHON TEMPLATE OUTPUT PROGRAM=PATH...
set -e
root=$1 scdoc=$2 python=$3 template=$(realpath "$4") output=$(realpath "$5")
shift 5
cd "$root"
# DPDK keeps what it takes, which a build with sanitizers would report.
ASAN_OPTIONS=detect_leaks=0 PYTHONDONTWRITEBYTECODE=1 "$python" scripts/man_page.py "$template" "$@" >"$output.scd"
"$scdoc" <"$output.scd" >"$output"
