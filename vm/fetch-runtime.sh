#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fetch-runtime.sh NAME CACHE_DIR [MIRROR[,SECURITY_MIRROR]]
#
# Fetches the packages of a container runtime of runtimes.list, and of all that they depend on, to
# CACHE_DIR/runtimes/NAME, with a file of facts beside them: see apt.sh. Nothing is installed.
here=$(cd "$(dirname "$0")" && pwd) || exit 3
# shellcheck source=vm/apt.sh
. "$here/apt.sh"
table=$here/runtimes.list

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
	usage "usage: fetch-runtime.sh NAME CACHE_DIR [MIRROR[,SECURITY_MIRROR]]"
fi
kind=runtimes name=$1 cache=$2 mirror=${3:-}

row=$(awk -v name="$name" '$1 == name { print $3, $4; exit }' "$table")
[ -n "$row" ] || usage "no container runtime $name"
suites=${row%% *}
packages=$(echo "${row##* }" | tr , ' ')

# "NAME=VERSION" of a package and of all that it depends on, as for a system on which nothing is installed.
closure() {
	# shellcheck disable=SC2086
	run_apt -s --no-install-recommends install $packages
	awk '$1 == "Inst" { gsub(/[()]/, ""); print $2 "=" $3 }' "$apt/log"
}

begin
package=${packages%% *}
debs=$(closure) || exit 3
version=$(echo "$debs" | awk -F = -v name="$package" '$1 == name { print $2 }')
[ -n "$version" ] || give_up "the mirror has no package $package (suites $suites)"
if is_known; then
	echo "$name is $package $version already"
	exit 0
fi
get
