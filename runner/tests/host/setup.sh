#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --setup in a real machine: its processes are the machine's, and what goes wrong is told in its own words.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# try NAME STATUS ARGUMENT...: a run into $work/NAME that ends so.
try() {
	local name=$1 status=$2 got
	shift 2
	build/nscheck --jobs 1 --reruns 0 --output "$work/$name" "$@" pid.reap.orphan_is_adopted_by_namespace_init \
		>"$work/$name.log" 2>&1
	got=$?
	cat "$work/$name.log"
	[ "$got" -eq "$status" ]
}

# says NAME TEXT
says() {
	grep -F -- "$2" "$work/$1.log" "$work/$1/setup.log"
}

# shellcheck disable=SC2016 # the line is for the machine's shell
quick() { # a process that holds the output open is not waited for
	local began=$SECONDS
	try left 0 --setup '{ sleep 1; echo late; exec sleep 1000; } & sh -c "sleep 1001 & sleep 1002 &"; echo ready' \
		--setup 'sleep 2; echo alive: $(pidof sleep | wc -w)' && [ $((SECONDS - began)) -lt 100 ]
}

check "processes in the background are nobody's leak" quick
check "its output is kept" says left ready
check "they outlive the line, and its output" says left "alive: 3"
check "an orphan of a test is still a leak" try leaks 1 --setup 'sleep 1000 &' selftest.leak.process_outside_the_box
check "a line that kills the kernel" try panics 3 --setup 'echo before; echo c >/proc/sysrq-trigger'
check "says so" says panics "the kernel died in --setup 'echo before; echo c >/proc/sysrq-trigger': "
check "a line that does not end" try sleeps 3 --timeout-factor 0.1 --setup 'echo so far; sleep 1000'
check "says so" says sleeps "--setup 'echo so far; sleep 1000' did not end within "
check "and what it printed" says sleeps "so far"
check "no saved VM is thrown away for that" try after 0 --setup 'true'
tap_end
