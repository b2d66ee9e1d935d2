#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# fetch_kafka.sh FOLDER [SET [--trust]]: the jars of Apache Kafka (Apache License 2.0) from Maven Central,
# and those that they need. SET kafka, the usual one, is what pom.xml names, each as kafka.sha256 has it; any
# other is that of SET-pom.xml and SET.sha256. A newer one: change the pom, then fetch with --trust.
set -euo pipefail

folder=$1
set=${2:-kafka}
here=$(dirname "$(readlink -f "$0")")
pom=$here/$set-pom.xml
[ "$set" != kafka ] || pom=$here/pom.xml
sums=$here/$set.sha256
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mvn -q -B -f "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$scratch/jars"
cd "$scratch/jars"
[ "${3:-}" != --trust ] || sha256sum -- *.jar >"$sums"
sha256sum --quiet --strict --check "$sums"
listed=$(wc -l <"$sums")
[ "$(ls | wc -l)" = "$listed" ] || { echo "there are other jars than the $listed of $sums"; exit 1; }
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$scratch/jars" "$folder"
