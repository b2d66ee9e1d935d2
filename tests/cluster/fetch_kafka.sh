#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors
#
# fetch_kafka.sh FOLDER: the jars of Apache Kafka (Apache License 2.0) from Maven Central, and those that
# it needs, each as kafka.sha256 has it. A newer one: change pom.xml, then fetch_kafka.sh FOLDER --trust.
set -euo pipefail

folder=$1
here=$(dirname "$(readlink -f "$0")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$scratch/jars"
cd "$scratch/jars"
[ "${2:-}" != --trust ] || sha256sum -- *.jar >"$here/kafka.sha256"
sha256sum --quiet --strict --check "$here/kafka.sha256"
listed=$(wc -l <"$here/kafka.sha256")
[ "$(ls | wc -l)" = "$listed" ] || { echo "there are other jars than the $listed of kafka.sha256"; exit 1; }
mkdir -p "$(dirname "$folder")"
rm -rf "$folder"
mv "$scratch/jars" "$folder"
