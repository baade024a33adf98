#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh [OPTION...]: how fast nscheck is here, as ratios of times taken in one run, and whether they are what they
# shall be. OPTIONs are nscheck's (--kernel K). Results: a table, and results/bench.json. Not part of --self-test:
# the machine must be idle for it. ROUNDS and TEST in the environment change how often what is run.
set -euo pipefail
cd "$(dirname "$0")/../../.."
rounds=${ROUNDS:-5}
test=${TEST:-uts.life.open_ns_descriptor_keeps_the_names}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
options=("$@")
missed=0
json=

# run NAME ARGUMENT...: one ./run.sh, its seconds in $took; its output is kept for share(), memory() and verdicts().
run() {
	local name=$1 began status=0
	shift
	rm -rf "$dir/run"
	began=$(date +%s%N)
	./run.sh --timings --output "$dir/run" "${options[@]}" "$@" >"$dir/$name" 2>"$dir/errors" || status=$?
	took=$(awk -v ns="$(($(date +%s%N) - began))" 'BEGIN { printf "%.3f", ns / 1e9 }')
	if [ "$status" -gt 1 ]; then
		cat "$dir/errors" >&2
		exit "$status"
	fi
}

# best NAME COUNT ARGUMENT...: the fastest of COUNT runs, in $took; the output of that run stays.
best() {
	local name=$1 count=$2 least=
	shift 2
	for ((i = 0; i < count; i++)); do
		run "$name.new" "$@"
		if [ -z "$least" ] || awk "BEGIN { exit !($took < $least) }"; then
			least=$took
			mv "$dir/$name.new" "$dir/$name"
		fi
	done
	took=$least
}

# share RUN NAME: seconds of one line of --timings.
share() {
	awk -v name="$2" '$1 == "time:" && $2 == name { print $3 }' "$dir/$1"
}

# memory RUN nscheck|QEMU: MiB.
memory() {
	awk -v name="$2" '$1 == "memory:" { sub(/.*memory:/, ""); print name == "QEMU" ? $4 : $1 }' "$dir/$1"
}

# verdicts RUN
verdicts() {
	sed -n 's/.*: \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped.*/\1 \2 \3/p' "$dir/$1" |
		awk '{ print $1 + $2 + $3 }'
}

divide() {
	awk "BEGIN { printf \"%.3f\", $1 / $2 }"
}

# tell KEY VALUE UNIT [most|least BOUND]
tell() {
	local verdict='' bound=${5:-null}
	case ${4-} in
	most) awk "BEGIN { exit !($2 <= $5) }" && verdict="at most $5" || verdict="MORE THAN $5" ;;
	least) awk "BEGIN { exit !($2 >= $5) }" && verdict="at least $5" || verdict="LESS THAN $5" ;;
	esac
	[ "$verdict" = "${verdict,,}" ] || missed=1
	printf '%-36s %9s %-5s %s\n' "$1" "$2" "$3" "$verdict"
	json+="${json:+,}"$'\n'"  \"$1\": {\"value\": $2, \"unit\": \"$3\", \"bound\": $bound}"
}

# bare: seconds of the same QEMU from its start to its end with an init that only powers off.
bare() {
	local command began
	mkdir -p "$dir/root"
	cc -static -O2 -xc -o "$dir/root/init" - <<-END
		#include <sys/reboot.h>
		int main(void) { return reboot(RB_POWER_OFF); }
	END
	(cd "$dir/root" && echo init | busybox cpio -o -H newc >../initrd) 2>/dev/null
	command=$(sed -n '/-kernel /s/.*"command": "\([^"]*\)".*/\1/p' "$dir/run/results.json" | tail -n 1 |
		sed "s/socket,id=\([a-z0-9]*\),fd=[0-9]*/null,id=\1/g; s,-initrd [^ ]*,-initrd $dir/initrd,")
	began=$(date +%s%N)
	eval "timeout 120 $command" >"$dir/bare" 2>&1
	took=$(awk -v ns="$(($(date +%s%N) - began))" 'BEGIN { printf "%.3f", ns / 1e9 }')
}

run first "$test" # what is fetched, built, and saved once
best cold 3 --cold "$test"
cold=$took
boot=$(share cold boot)
bare
least=$took
for _ in 2 3; do
	bare
	least=$(awk "BEGIN { print $took < $least ? $took : $least }")
done
best warm "$rounds" "$test"
warm=$took
tell cold "$cold" s
tell cold_boot_to_bare_boot "$(divide "$boot" "$least")" x most 1.3
tell warm "$warm" s most 1.0
tell cold_to_warm "$(divide "$cold" "$warm")" x least 6
for name in restore stream tests ending; do
	tell "warm_$name" "$(share warm "$name")" s
done
tell warm_own "$(share warm own)" s most 0.15
tell nscheck_resident "$(memory warm nscheck)" MiB most 30
touch suites/uts/life.c # as an editor that saves it does
run rebuilt uts.life
tell saved_test_to_verdict "$took" s most 4
run fresh --fresh-vm 'uts.*' 'ipc.*' # as it is used: as many at once as there are cores
tell fresh_vm_per_test "$(divide "$took" "$(verdicts fresh)")" s most 0.6
run one_job --jobs 1
one=$took
run two_jobs --jobs 2
two=$took
tell catalogue_one_job "$one" s
tell catalogue_two_jobs "$two" s most 30
tell two_jobs_to_one "$(divide "$two" "$one")" x most 0.65
tell verdicts_per_second "$(divide "$(verdicts two_jobs)" "$two")" /s least 30
tell qemu_resident "$(memory two_jobs QEMU)" MiB most 400
printf '{%s\n}\n' "$json" >results/bench.json
exit "$missed"
