#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# package.sh FOLDER BUILD-DEPENDENCY...: a Debian package of the tracked files, in the folder.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
folder=$1
shift
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
tree=$folder/uproar-$version

rm -rf "$folder"
mkdir -p "$tree"
git ls-files -z | tar -c --null -T - | tar -x -C "$tree"
cp -r packaging/debian "$tree/debian"
depends=$(printf ', %s' debhelper-compat\ \(=\ 13\) systemd "$@")
sed -i "s/@BUILD_DEPENDS@/${depends#, }/" "$tree/debian/control"
sed -i "s/@VERSION@/$version/; s/@DATE@/$(git log -1 --format=%cD)/" "$tree/debian/changelog"
cd "$tree"
dpkg-buildpackage -b -us -uc >../build.log 2>&1 || { tail -40 ../build.log >&2; exit 1; }
cd ..
rm -rf "${tree##*/}"
# Nobody has a mailbox for this package yet.
lintian --fail-on error,warning --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog uproar_"$version"_amd64.changes
ls -l uproar_"$version"_amd64.deb
