#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh [N [FUZZER...]]: N executions (default 20000) of each fuzzer of runner/tests/fuzz, under ASan and UBSan, as TAP.
# What they find new stays in $NSCHECK_CACHE/fuzz for the next time. With RECORD=FILE a line for each is added to
# it, tab-separated: date, commit, fuzzer, executions, seconds, crashes, branches covered; runner/tests/fuzz/record.tsv
# has those of long runs. Inputs are cut at MAX_LEN bytes (default 512).
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

runs=${1:-20000}
shift
if [ $# -eq 0 ]; then
	set -- runner/tests/fuzz/*.c
	set -- "${@##*/}"
	set -- "${@%.c}"
fi
export ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=16 # half of the time would be spent there
cache=${NSCHECK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nscheck}/fuzz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# record NAME SECONDS: what libFuzzer's last words say.
record() {
	local executed covered
	executed=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p; s/^stat::number_of_executed_units: *//p' "$work/log" | tail -n 1)
	covered=$(grep -o 'cov: [0-9]*' "$work/log" | tail -n 1)
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%FT%TZ)" "$(git rev-parse --short HEAD 2>/dev/null)" "$1" \
		"${executed:-0}" "$2" "$(find "$work/found" -type f | wc -l)" "${covered#cov: }" >>"$RECORD"
}

fuzz() {
	local name=$1 status=0 began=$SECONDS extra=()
	[ ! -f "runner/tests/fuzz/$name.dict" ] || extra=("-dict=runner/tests/fuzz/$name.dict")
	mkdir -p "$cache/$name" "$work/$name" "$work/found"
	NSCHECK_SEEDS=$work/$name "build/fuzz/$name" -runs="$runs" -max_len="${MAX_LEN:-512}" -rss_limit_mb=1024 -timeout=10 \
		-verbosity=1 -print_final_stats=1 -artifact_prefix="$work/found/" "${extra[@]}" \
		"$cache/$name" "$work/$name" >"$work/log" 2>&1 || status=$?
	[ -z "${RECORD-}" ] || record "$name" $((SECONDS - began))
	[ "$status" -eq 0 ] && return
	tail -n 60 "$work/log"
	for input in "$work"/found/*; do
		echo "$input:" && base64 "$input"
	done
	return 1
}

# A fuzzer that does nothing is the question: one of ours that cannot be built is no lack of clang's.
has_libfuzzer() {
	echo 'int LLVMFuzzerTestOneInput(const char *data, long size) { return !data && size; }' |
		clang -x c -fsanitize=fuzzer -o "$work/probe" - >"$work/make" 2>&1
}

if ! has_libfuzzer; then
	skip "fuzzers" "no clang with libFuzzer"
elif make -s -j"$(nproc)" fuzzers >"$work/make" 2>&1; then
	for name; do
		check "$runs executions of the fuzzer $name" fuzz "$name"
	done
else
	not_ok "the fuzzers are built"
	grep -v '^make' "$work/make" 2>/dev/null | head -n 5 | sed 's/^/# /'
fi
tap_end
