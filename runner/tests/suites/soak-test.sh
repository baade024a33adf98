#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A soak that is killed in the middle of a run goes on where it was: no result is lost, none counts twice.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'kill -KILL "$first" 2>/dev/null; rm -rf "$work"' EXIT
first=

# One fails, so that the folders of the runs stay.
soak() {
	SOAK=$work/soak exec runner/tests/suites/soak.sh 2 --jobs 1 --reruns 0 --in-order uts selftest.claim.is_fails_in_main
}

results() { # of a run: their ids
	sed -n 's/^{"id":"\([^"]*\)".*"type":"test"}$/\1/p' "$work/soak/$1/journal.ndjson"
}

is_killed_in_a_run() {
	local host
	(soak) >"$work/log" 2>&1 &
	first=$!
	while [ -d "/proc/$first" ] && [ "$(results 1 2>/dev/null | wc -l)" -lt 3 ]; do
		sleep 0.02
	done
	read -ra host <"/proc/$first/task/$first/children"
	kill -KILL "$first" "${host[@]}"
	wait "$first"
	results 1 >"$work/before"
	cat "$work/log" "$work/before"
	[ ! -e "$work/soak/1/results.ktap" ] && [ "$(wc -l <"$work/before")" -ge 3 ]
}

goes_on() {
	(soak) >"$work/again" 2>&1
	local status=$?
	cat "$work/again"
	[ "$status" -eq 1 ] && grep -qx '2 runs, 2 not as expected' "$work/again" &&
		grep -qx '  2 times selftest.claim.is_fails_in_main=fail' "$work/again"
}

has_each_result_once() {
	results 1 | head -n "$(wc -l <"$work/before")" | diff "$work/before" - && diff <(results 1 | sort) <(results 2 | sort) &&
		! results 1 | sort | uniq -d | grep .
}

counts_both_alike() {
	cut -f 1,4-6 "$work/soak/soak.tsv"
	[ "$(cut -f 1 "$work/soak/soak.tsv" | xargs)" = "run 1 2" ] &&
		[ "$(tail -n 2 "$work/soak/soak.tsv" | cut -f 4-6 | uniq | wc -l)" -eq 1 ]
}

check "a soak is killed in the middle of a run" is_killed_in_a_run
check "started again it goes on to its end" goes_on
check "each result is there once" has_each_result_once
check "its table has both runs, alike" counts_both_alike
tap_end
