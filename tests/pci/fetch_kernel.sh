#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# Debian's cloud kernel, unpacked and not installed: fetch_kernel.sh FOLDER
set -euo pipefail

folder=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
[ -n "$package" ] || { echo "apt knows no linux-image-cloud-amd64: apt-get update"; exit 1; }
apt-get -q download "$package"
dpkg-deb -x ./*.deb kernel
# What modprobe needs, here and in the guest; installing would do it.
version=$(ls kernel/lib/modules)
depmod -b "$PWD/kernel" "$version"
mkdir -p "$(dirname "$folder")"
rm -rf "$folder.new" && mv kernel "$folder.new" && mv "$folder.new" "$folder"
