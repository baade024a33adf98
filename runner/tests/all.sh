#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every test of the project itself, each part as TAP, then the totals. ./run.sh --self-test comes here
# once everything is installed and built. With arguments, only those of the parts that are listed below.
cd "$(dirname "$0")/../.." || exit

log=$(mktemp)
trap 'rm -f "$log"' EXIT

host_tests() {
	CK_DEFAULT_TIMEOUT=60 CK_TAP_LOG_FILE_NAME=- CK_VERBOSITY=silent build/host-tests
}

# part NAME COMMAND...: a part that ends badly without saying what failed has failed itself.
part() {
	local name=$1 status
	shift
	echo "# $name"
	"$@" </dev/null 2>&1 | tee "$log.part"
	status=${PIPESTATUS[0]}
	if [ "$status" -ne 0 ] && ! grep -q '^not ok' "$log.part"; then
		echo "not ok - $name: ended with status $status" | tee -a "$log.part"
	fi
	cat "$log.part" >>"$log"
	rm "$log.part"
}

[ $# -gt 0 ] || set -- host setup lint reports html fuzz ci install door selftest safe restore debug soak-test sabotage kernels runtimes
for name; do
	if [ "$name" = host ]; then
		part host host_tests
	else
		part "$name" runner/tests/*/"$name.sh"
	fi
done

failed=$(grep -c '^not ok' "$log")
skipped=$(grep -c '^ok.*# SKIP' "$log")
passed=$(($(grep -c '^ok' "$log") - skipped))
grep '^not ok' "$log" | sed 's/^not ok/failed:/'
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
