#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the suite selftest in virtual machines: tests that must fail, skip, hang, leak or crash. What nscheck
# reports for each must be what suites/selftest/expected.tsv says, tab-separated, a heading first:
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

# run NAME STATUS ARGUMENT...: one run; its results join the others.
run() {
	local name=$1 wanted=$2 status
	shift 2
	build/nscheck --output "$work/$name" "$@" >"$work/log.$name" 2>&1
	status=$?
	cat "$work/log.$name" >>"$work/log"
	cat "$work/$name/results.ktap" >>"$work/results.ktap"
	check "the run of $* ends with status $wanted" test "$status" -eq "$wanted"
}

run most 1 --reruns 0 'selftest.*' '!selftest.hang' '!selftest.kernel.*_hangs' '!selftest.kernel.invalid_opcode' '!selftest.company'
# Nothing in the guest answers any more, which takes the host its whole time to believe.
run hang 1 --reruns 0 --timeout-factor 0.2 selftest.hang 'selftest.kernel.*_hangs'
# A kernel that dies for real is asked again, alone and cold; what comes after it goes on in a fresh machine.
run dies 1 --in-order selftest.kernel.invalid_opcode
# What is run again: one is flaky, one crashes after another one, which is found out.
run company 1 --in-order selftest.company.leaves_a_mark selftest.company.fails_after_it selftest.company.panics_after_it

# One row for each result: id, verdict, file, line, message with its further lines after spaces.
awk '
	/^#:nscheck_verdict: / { verdict = $2; next }
	/^# at / { split($3, at, ":"); text = ""; next }
	/^# / { text = text substr($0, 2); next }
	/^(not )?ok / {
		id = $1 == "ok" ? $3 : $4
		if (sub(/^[^#]*# (SKIP|ERROR|TIMEOUT) ?/, "")) text = text " " $0
		printf "%s\t%s\t%s\t%s\t%s\n", id, verdict, at[1] ? at[1] : "-", at[2] ? at[2] : "-", text
		verdict = text = ""; split("", at)
	}' "$work/results.ktap" >"$work/reported"

# matches VERDICT FILE LINE MESSAGE: the row just read from reported is what these columns ask for.
matches() {
	[ "$got_verdict" = "$1" ] && [ "$got_file" = "$2" ] || return
	if [ "$2" != - ]; then
		sed -n "${got_line}p" "$2" | grep -qF -- "$3" || return
	fi
	[ "$4" = - ] || [[ $got_message == *"$4"* ]]
}

while IFS=$'\t' read -r id verdict file line message; do
	got_verdict=none
	IFS=$'\t' read -r _ got_verdict got_file got_line got_message < <(grep -P "^\Q$id\E\t" "$work/reported")
	if matches "$verdict" "$file" "$line" "$message"; then
		ok "$id: $verdict"
	else
		not_ok "$id: $verdict"
		echo "# expected: $verdict at $file, '$line': $message"
		echo "# reported: $got_verdict at $got_file:$got_line:$got_message"
	fi
done < <(tail -n +2 "$expected")

# every test has its row, and the run as a whole has failed
check "each test of the suite is expected" diff <(tail -n +2 "$expected" | cut -f 1 | sort) <(cut -f 1 "$work/reported" | sort)

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
[ "$tap_failed" -eq 0 ] || sed 's/^/# /' "$work/log"
tap_end
