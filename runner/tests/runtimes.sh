#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Container runtimes in a virtual machine: one from Debian's packages, and a program of this system in place of one.
cd "$(dirname "$0")/../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# starts NAME PATTERN OPTION...: its containers keep what the rows say, and the results name it so.
starts() {
	local name=$1 pattern=$2
	shift 2
	build/nscheck --jobs 1 --runtime "$name" --output "$work/$name" "$@" &&
		grep -q "^ok 1 runtime" "$work/$name/results.ktap" && grep -A 3 '"runtime": {' "$work/$name/results.json" |
		grep -qE "$pattern"
}

if build/nscheck --fetch-only --runtime crun >"$work/said" 2>&1; then
	check "crun, of its package" starts crun '"version": "[0-9.]+-' \
		runtime.pid.payload_is_pid_1 runtime.rootfs.root_is_the_image runtime.exec.joins_every_namespace
else
	skip "crun, of its package" "$(tail -n 1 "$work/said")"
fi
check "unshare, a program of this system" starts unshare '"path": "/' --runtime-path "$(command -v unshare)" \
	runtime.pid.payload_is_pid_1
tap_end
