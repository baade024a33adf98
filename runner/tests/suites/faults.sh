#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# faults.sh TREE [N...]: is each fault that a kernel may have seen by some test? faults/linux-6.12.patch puts them into
# a kernel tree, at most one of which is armed, by nsfault=N on the kernel's command line:
#
#	cd linux-6.12 && patch -p1 <~/nscheck/runner/tests/suites/faults/linux-6.12.patch
#	make KCONFIG_ALLCONFIG=~/nscheck/vm/kernel.config allnoconfig && make -j8
#	~/nscheck/runner/tests/suites/faults.sh .
#
# faults/faults.tsv says of each fault where it is, what it breaks, and which suites are likely to see it. Asked are the
# tests that saw it when faults/record.tsv was made, then those suites, then all others, until one sees it. A line for
# each is printed and kept in $FAULTS (default results/runs/faults.tsv): number, seen or unseen, by what. Started again it
# goes on with those that are not there. Ns are the faults to look at (default: all). The exit status is 1 if one was
# unseen.
here=$(cd "$(dirname "$0")/../../.." && pwd) || exit
tree=$(cd "${1:?the tree of a kernel}" && pwd) || exit 2
shift
cd "$here" || exit
table=${FAULTS:-results/runs/faults.tsv}
mkdir -p "$(dirname "$table")" && touch "$table" || exit
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
suites=(api cgroup ipc lifecycle mnt nesting net pid time user uts)

# run N SELECTION...: what fails with that fault, as ID=VERDICT; fails itself if nothing was run.
run() {
	local n=$1
	shift
	rm -rf "$work/run"
	build/nscheck --kernel "$tree" --append "nsfault=$n" --cold --reruns 0 --output "$work/run" "$@" </dev/null >"$work/log" 2>&1
	if ! [ -s "$work/run/results.ktap" ]; then
		cat "$work/log" >&2
		return 1
	fi
	awk '
		/^#:nscheck_verdict: / { verdict = $2 }
		/^(not )?ok / {
			if (verdict !~ /^(pass|skip|xfail)$/)
				printf "%s=%s\n", $1 == "ok" ? $3 : $4, verdict == "" ? "miss" : verdict
			verdict = ""
		}' "$work/run/results.ktap" | head -n 5 | xargs
	# What a kernel of its version should have, and has not.
	sed -n 's/^skipped .*(\(.*\)), which kernels have since .*/\1=skip!/p' "$work/log"
}

# known N: the tests that saw it, of those that there still are.
known() {
	awk -F '\t' -v n="$1" '$1 == n { gsub(/=[^ ]*/, "", $3); gsub(/ /, "\n", $3); print $3 }' runner/tests/suites/faults/record.tsv |
		while read -r id; do
			build/nscheck --list "$id" >/dev/null 2>&1 && echo "$id"
		done | xargs
}

unseen=0
while IFS=$'\t' read -r n place what first equivalent; do
	[[ $n =~ ^[0-9]+$ ]] || continue
	[ $# -eq 0 ] || [[ " $* " == *" $n "* ]] || continue
	[ -z "$equivalent" ] || continue
	grep -q "^$n	" "$table" && continue
	rest=
	for suite in "${suites[@]}"; do
		[[ " $first " == *" $suite "* ]] || rest+=" $suite"
	done
	by=
	for selection in "$(known "$n")" "$first" "$rest"; do
		if [ -z "$by" ] && [ -n "$selection" ]; then
			read -ra words <<<"$selection"
			by=$(run "$n" "${words[@]}") || exit
		fi
	done
	by=${by//$'\n'/ } by=${by# }
	printf '%s\t%s\t%s\n' "$n" "$([ -n "$by" ] && echo seen || echo unseen)" "$by" | tee -a "$table"
	[ -n "$by" ] || { unseen=$((unseen + 1)); echo "  $place: $what"; }
done <runner/tests/suites/faults/faults.tsv
[ "$unseen" -eq 0 ]
