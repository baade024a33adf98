#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the suite selftest in virtual machines: tests that must fail, skip, hang, leak or crash. What nscheck
# reports for each must be what suites/selftest/expected.tsv says, tab-separated, a heading first; by gcc and, where
# the compiler could make a difference, by clang:
#	id       of the test; each test of the suite has its row
#	verdict  as in results.json
#	file     where it must be reported, or - for nowhere
#	line     a piece of the text of that line of the file: numbers would change with every edit
#	message  a piece of the message, or - for any
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

expected=suites/selftest/expected.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run NAME STATUS ARGUMENT...: one run; its results join the others in $results.
run() {
	local name=$1 wanted=$2 status
	shift 2
	build/nscheck --output "$work/$name" "$@" >"$work/log.$name" 2>&1
	status=$?
	cat "$work/log.$name" >>"$work/log"
	cat "$work/$name/results.ktap" >>"$results"
	check "the run of $* ends with status $wanted" test "$status" -eq "$wanted"
}

results=$work/results.ktap
run most 1 --reruns 0 'selftest.*' '!selftest.hang' '!selftest.kernel.*_hangs' '!selftest.kernel.invalid_opcode' '!selftest.company'
# Nothing in the guest answers any more, which takes the host its whole time to believe.
run hang 1 --reruns 0 --timeout-factor 0.2 selftest.hang 'selftest.kernel.*_hangs'
# A kernel that dies for real is asked again, alone and cold; what comes after it goes on in a fresh machine.
run dies 1 --in-order selftest.kernel.invalid_opcode
# What is run again: one is flaky, one crashes after another one, which is found out.
run company 1 --in-order selftest.company.leaves_a_mark selftest.company.fails_after_it selftest.company.panics_after_it

# reported: one row for each of the results: id, verdict, file, line, message with its further lines after spaces.
reported() {
	awk '
		/^#:nscheck_verdict: / { verdict = $2; next }
		/^# at / { split($3, at, ":"); text = ""; next }
		/^# / { text = text substr($0, 2); next }
		/^(not )?ok / {
			id = $1 == "ok" ? $3 : $4
			if (sub(/^[^#]*# (SKIP|ERROR|TIMEOUT) ?/, "")) text = text " " $0
			printf "%s\t%s\t%s\t%s\t%s\n", id, verdict, at[1] ? at[1] : "-", at[2] ? at[2] : "-", text
			verdict = text = ""; split("", at)
		}' "$results"
}

# matches VERDICT FILE LINE MESSAGE: the row just read from reported is what these columns ask for.
matches() {
	[ "$got_verdict" = "$1" ] && [ "$got_file" = "$2" ] || return
	if [ "$2" != - ]; then
		sed -n "${got_line}p" "$2" | grep -qF -- "$3" || return
	fi
	[ "$4" = - ] || [[ $got_message == *"$4"* ]]
}

# as_expected WORD...: a check, with these words, for each row of expected.tsv on stdin.
as_expected() {
	reported >"$work/reported"
	while IFS=$'\t' read -r id verdict file line message; do
		got_verdict=none
		IFS=$'\t' read -r _ got_verdict got_file got_line got_message < <(grep -P "^\Q$id\E\t" "$work/reported")
		if matches "$verdict" "$file" "$line" "$message"; then
			ok "$id: $verdict$*"
		else
			not_ok "$id: $verdict$*"
			echo "# expected: $verdict at $file, '$line': $message"
			echo "# reported: $got_verdict at $got_file:$got_line:$got_message"
		fi
	done
}
tail -n +2 "$expected" >"$work/expected"
as_expected <"$work/expected"

# every test has its row, and the run as a whole has failed
check "each test of the suite is expected" diff <(cut -f 1 "$work/expected" | sort) <(cut -f 1 "$work/reported" | sort)

# A crash is told by its first symbols, and the rest goes on within two seconds in a VM that is restored.
check "a panic has a fingerprint" grep -q '^not ok .* selftest.crash.panic # ERROR kernel crash: .*|' "$work/results.ktap"
check "an oops has the trace as its fingerprint" grep -qE \
	'invalid_opcode # ERROR kernel crash: (dummy_)?init_module\|do_one_initcall\|do_init_module\|' "$work/results.ktap"
check "a hang with interrupts off has one as well" grep -qE \
	'interrupts_off_hangs # ERROR kernel crash: (dummy_)?init_module\|do_one_initcall\|' "$work/results.ktap"
check "a crash is confirmed alone and cold" grep -qx '# run again alone in a booted VM: bad 1 of 1 times' \
	"$work/dies/results.ktap"
has_tasks() {
	grep -E 'task:init +state:' "$work/hang/console.log"
}
check "the tasks of a hanging guest are listed" has_tasks
soon() {
	tr -d ' \n' <"$work/most/results.json" | grep -o '"start":"warm","ready_ms":[0-9]*' | grep -o '[0-9]*$' | sort -n | head -n 1 |
		{ read -r ms && echo "$ms ms" && [ "$ms" -lt 2000 ]; }
}
check "a fresh VM is there within 2 s" soon

# The verbs mean the same by another compiler, which has an order of its own for what C leaves open.
by_clang() {
	make -s -j"$(nproc)" CC=clang BUILD=build/clang build/clang/nscheck-guest
}
if with clang "the guest is built by clang" by_clang && [ -x build/clang/nscheck-guest ]; then
	results=$work/clang.ktap
	run clang 1 --reruns 0 --guest build/clang/nscheck-guest selftest.claim selftest.verbs selftest.child selftest.promise
	as_expected ", by clang" < <(grep -E '^selftest\.(claim|verbs|child|promise)\.' "$work/expected")
fi
[ "$tap_failed" -eq 0 ] || sed 's/^/# /' "$work/log"
tap_end
