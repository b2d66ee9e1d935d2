#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# fetch_captures.sh FOLDER: the captures in tests/ of Debian's source package tcpdump (BSD licence),
# through apt with the package sources of this machine, asked for source packages. Changes nothing
# of the machine; needs no root.
set -euo pipefail

folder=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The same sources, as deb-src.
mkdir -p "$scratch"/{sources,lists/partial,cache/archives/partial}
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ ! -f "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"$scratch/sources/$(basename "$file" .list).list"
done
for file in /etc/apt/sources.list.d/*.sources; do
	[ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$scratch/sources/$(basename "$file")"
done

apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$scratch/sources"
	-o "Dir::State::lists=$scratch/lists" -o "Dir::Cache=$scratch/cache" -o "APT::Sandbox::User=$(id -un)"
	-o Acquire::Retries=3)
cd "$scratch"
"${apt[@]}" update
"${apt[@]}" source --download-only tcpdump

mkdir new
tar -xf tcpdump_*.orig.tar.?z -C new --strip-components=1 --wildcards '*/LICENSE' '*/tests/*.pcap' '*/tests/*.pcapng'
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv new "$folder"
