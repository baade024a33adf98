# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the project's test scripts: each prints TAP, one line a check, and exits 1 if one failed.

tap_count=0
tap_failed=0

ok() {
	echo "ok $((++tap_count)) - $*"
}

not_ok() {
	echo "not ok $((++tap_count)) - $*"
	tap_failed=1
}

skip() { # WHAT WHY
	echo "ok $((++tap_count)) - $1 # SKIP $2"
}

# check WHAT COMMAND...: the command succeeds; what it printed is shown if it does not.
check() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1 </dev/null); then
		ok "$what"
	else
		not_ok "$what"
		printf '%s\n' "$output" | sed 's/^/# /'
	fi
}

# with TOOL WHAT COMMAND...: a check that is skipped where the tool is not installed.
with() {
	if command -v "$1" >/dev/null; then
		check "${@:2}"
	else
		skip "$2" "no $1"
	fi
}

tap_end() {
	echo "1..$tap_count"
	exit "$tap_failed"
}
