#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two machines restored from one snapshot are two machines: nothing random is the same, and it is now.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tell N: the words that the guest says of itself, name and value in turn, in $work/N.
tell() {
	build/nscheck --output "$work/run$1" selftest.restore.tells_what_differs >"$work/log$1" 2>&1
	sed -n 's/.*# SKIP //p' "$work/run$1/results.ktap" >"$work/$1"
	date +%s >"$work/after$1"
	grep -o '"start": "[a-z]*"' "$work/run$1/results.json" | tail -n 1 >"$work/start$1"
}

value() { # N NAME
	sed -n "s/.*$2 \([^ ]*\).*/\1/p" "$work/$1"
}

differs() { # NAME
	echo "first: $(value 1 "$1"), second: $(value 2 "$1")"
	[ -n "$(value 1 "$1")" ] && [ "$(value 1 "$1")" != "$(value 2 "$1")" ]
}

restored() { # N
	cat "$work/start$1" "$work/log$1"
	grep -q warm "$work/start$1"
}

right_clock() { # N
	local late=$(($(cat "$work/after$1") - $(value "$1" clock)))
	echo "the guest is $late s late"
	[ "$late" -ge -1 ] && [ "$late" -le 10 ]
}

tell 0 # the snapshot is there from here on
tell 1
tell 2
check "the first machine is restored" restored 1
check "the second machine is restored" restored 2
for name in random uuid boot stack; do
	check "two restored machines differ: $name" differs "$name"
done
check "a restored machine has the host's time" right_clock 2
tap_end
