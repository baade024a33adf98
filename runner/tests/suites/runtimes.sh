#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Container runtimes in a virtual machine: one from Debian's packages, a program of this system in place of one, and
# gVisor's, whose containers are looked at from inside alone.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# starts NAME PATTERN OPTION...: its containers keep what the rows say, and the results name it so.
starts() {
	local name=$1 pattern=$2
	shift 2
	build/nscheck --jobs 1 --runtime "$name" --output "$work/$name" "$@" &&
		grep -q "^ok 1 " "$work/$name/results.ktap" && grep -A 3 '"runtime": {' "$work/$name/results.json" |
		grep -qE "$pattern"
}

# The guest's program as that of a container of runsc; its verdicts go to the kernel's log.
inside_runsc() {
	build/nscheck --jobs 1 --runtime runsc --output "$work/runsc" runtime.tool.unshare_pid_fork_mount_proc \
		--setup "mkdir -p /tmp/box/rootfs && cd /tmp/box && cp /bin/nscheck-guest rootfs &&
			runsc spec -- /nscheck-guest inside" \
		--setup "cd /tmp/box && runsc --network=none --ignore-cgroups run box >said
			grep -E '^(not ok|# Totals)' said >/dev/kmsg" &&
		grep -q "Totals: pass:[1-9]" "$work/runsc/console.log" &&
		! grep -q "not ok.*inside.namespaces_are_not_the_hosts" "$work/runsc/console.log"
}

if build/nscheck --fetch-only --runtime crun >"$work/said" 2>&1; then
	check "crun, of its package" starts crun '"version": "[0-9.]+-' \
		runtime.pid.payload_is_pid_1 runtime.rootfs.root_is_the_image runtime.exec.joins_every_namespace \
		selftest.inside.a_good_container_passes
else
	skip "crun, of its package" "$(tail -n 1 "$work/said")"
fi
if build/nscheck --fetch-only --runtime runsc >"$work/said" 2>&1; then
	check "runsc, from inside" inside_runsc
else
	skip "runsc, from inside" "$(tail -n 1 "$work/said")"
fi
check "unshare, a program of this system" starts unshare '"path": "/' --runtime-path "$(command -v unshare)" \
	runtime.pid.payload_is_pid_1
tap_end
