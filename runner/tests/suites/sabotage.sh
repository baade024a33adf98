#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tests of the core can fail: none passes while the helpers lie about isolation. That a test which does
# pass is found out is tried first.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

finds_a_survivor() {
	local status=0
	build/nscheck --output "$work/survivor" --sabotage selftest.lie.passes_under_sabotage >"$work/log" 2>&1 || status=$?
	cat "$work/log"
	[ "$status" -eq 1 ] && grep -q '^survivor: selftest.lie.passes_under_sabotage$' "$work/log"
}

check "a test that passes under sabotage fails the run" finds_a_survivor
check "no test of tier seed passes under sabotage" build/nscheck --output "$work/seed" --sabotage tier:seed
tap_end
