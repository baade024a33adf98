#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The reports in the eyes of those who read them: xmllint, the kernel's kunit.py, Python. Journals are made up, with
# texts that break out of markup; no virtual machine is needed.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
matrix=$work/matrix
run=$matrix/kernel0

# A page of 900 behaviours on three kernels has to stay one that a browser likes.
is_small() {
	python3 runner/tests/results/reports.py sample "$work/large" 900 || return
	report "$work/large" 3 && [ "$(wc -c <"$work/large/results.html")" -lt 2500000 ]
}

# The status is that of the results, which are bad on purpose.
report() {
	build/nscheck --report "$1" >"$work/log" 2>&1
	[ $? -eq "$2" ] && return
	cat "$work/log"
	return 1
}

# kunit TREE: its tools/testing/kunit, from KERNEL_TREE or an installed linux-source package.
find_kunit() {
	local archive name
	if [ -n "${KERNEL_TREE:-}" ]; then
		kunit=$KERNEL_TREE/tools/testing/kunit/kunit.py
		[ -r "$kunit" ]
		return
	fi
	for archive in $(printf '%s\n' /usr/src/linux-source-*.tar.xz | sort -rV); do
		[ -r "$archive" ] || continue
		name=${archive##*/}
		name=${name%.tar.xz}
		tar -xJf "$archive" -C "$work" "$name/tools/testing/kunit" || continue
		kunit=$work/$name/tools/testing/kunit/kunit.py
		return
	done
	return 1
}

# parse FILE TEXT: kunit.py reads it and counts so; it says nothing about tests it did not understand.
parse() {
	python3 "$kunit" parse "$1" >"$work/parsed"
	grep -q "Testing complete. $2" "$work/parsed" && ! grep -qi 'error: ' "$work/parsed" && return
	tail -n 5 "$work/parsed"
	grep -i 'error: ' "$work/parsed"
	return 1
}

one_line_each() {
	GITHUB_ACTIONS=true build/nscheck --report "$run" >"$work/annotations"
	env -u GITHUB_ACTIONS build/nscheck --report "$run" --github | cmp - "$work/annotations" &&
		[ "$(grep -c '^::error file=suites/x/y.c,line=[0-9]*,title=' "$work/annotations")" -eq 12 ] &&
		[ "$(grep -c '^::' "$work/annotations")" -eq 12 ]
}

# compares STATUS TEXT A B
compares() {
	local status=0
	build/nscheck --compare "$3" "$4" >"$work/compared" 2>&1 || status=$?
	cat "$work/compared"
	[ "$status" -eq "$1" ] && grep -qe "$2" "$work/compared"
}

# A baseline is made from a run; until its reasons are written lint has something to say.
baseline() {
	build/nscheck --report "$run" --update-baseline "$work/known" >"$work/log"
	[ "$(grep -c "$(printf '\t? ')" "$work/known")" -eq 10 ] || return
	build/nscheck --lint --baseline "$work/known" 2>"$work/log"
	[ "$(grep -c 'its reason is still to be written' "$work/log")" -eq 10 ]
}

if ! command -v python3 >/dev/null; then
	skip "reports" "no python3"
	tap_end
fi
python3 runner/tests/results/reports.py sample "$matrix" || exit
check "a matrix of journals is reported" report "$matrix" 3
check "a run is reported" report "$run" 3
with xmllint "JUnit XML of a run" xmllint --noout --schema runner/tests/results/junit.xsd "$run/results.junit.xml"
with xmllint "JUnit XML of a matrix" xmllint --noout --schema runner/tests/results/junit.xsd "$matrix/results.junit.xml"
check "JUnit XML of a run: totals" python3 runner/tests/results/reports.py junit "$run/results.junit.xml"
check "JUnit XML of a matrix: totals" python3 runner/tests/results/reports.py junit "$matrix/results.junit.xml"
check "kcidb of a run" python3 runner/tests/results/reports.py kcidb "$run/results.kcidb.json"
check "kcidb of a matrix" python3 runner/tests/results/reports.py kcidb "$matrix/results.kcidb.json"
with cmark-gfm "Markdown of a run" python3 runner/tests/results/reports.py markdown "$run/results.md"
with cmark-gfm "Markdown of a matrix" python3 runner/tests/results/reports.py markdown "$matrix/results.md"
check "results.json" python3 runner/tests/results/reports.py json "$run/results.json"
if find_kunit; then
	check "KTAP: kunit.py parse" parse "$run/results.ktap" "Ran 120 tests: passed: 105, failed: 13, .*skipped: 2"
	check "KTAP: kunit.py parse, all good" parse "$matrix/kernel1/results.ktap" "Ran 120 tests: passed: 120"
else
	skip "KTAP: kunit.py parse" "no KERNEL_TREE, no linux-source package"
fi
check "a baseline from a run" baseline
check "compare: regressions" compares 1 'regressions: 10' "$matrix/kernel1" "$run"
check "compare: the same the other way round" compares 0 ' 0 regressed, 13 fixed' "$run" "$matrix/kernel1"
check "compare: results.json" compares 0 '^120 the same, 0 regressed' "$run/results.json" "$run"
check "compare: a matrix, kernel by kernel, of which one ran nothing" compares 3 'debian/6.1, ' "$matrix" "$matrix"
check "compare: a run with its kernel in a matrix" compares 0 '^120 the same' "$matrix" "$run"
check "compare: no such kernel" compares 2 '^nscheck: nowhere is no folder' "$run" nowhere
check "a page of 900 behaviours is small" is_small
check "one annotation a line" one_line_each
tap_end
