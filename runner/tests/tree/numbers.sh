#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How many files have to be touched to add one more of a kind, and how many may. Each number is counted on an example
# that is there: files that name it outside of comments, or are named after it. What describes it to people (README.md,
# the manual page, runner/ci) and what tests it does not count, nor do the suites but for a behaviour. Prints each with its
# files, and fails if one is above its bound.
cd "$(dirname "$0")/../../.." || exit

mapfile -t program < <(
	find Makefile run.sh helpers results runner suites vm \
		\( -path results/runs -o -path runner/ci -o -path runner/doc -o -path runner/tests \) -prune -o \
		-type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.list' -o -name '*.tsv' -o -name '*.awk' -o -name Makefile \) -print
)
mapfile -t below < <(printf '%s\n' "${program[@]}" | grep -v '^suites/')
failed=0

# Without its comments. gcc keeps directives and takes nothing in.
code() {
	case $1 in
	*.[ch]) gcc -fpreprocessed -dD -E -P -w "$1" 2>/dev/null ;;
	*) sed 's/^[[:space:]]*#.*//' "$1" ;;
	esac
}

# number WHAT BOUND PATTERN FILE...: of the files whose code, or name, has a line that fits (grep -E).
number() {
	local what=$1 bound=$2 pattern=$3 file files=()
	shift 3
	while read -r file; do
		if grep -qE "$pattern" <<<"$file" || grep -qE "$pattern" < <(code "$file"); then
			files+=("$file")
		fi
	done < <({ grep -lE "$pattern" "$@"; printf '%s\n' "$@" | grep -E "$pattern"; } | sort -u)
	printf '%s: %d of at most %d:' "$what" "${#files[@]}" "$bound"
	printf ' %s' "${files[@]}"
	echo
	[ ${#files[@]} -ge 1 ] && [ ${#files[@]} -le "$bound" ] || failed=1
}

number "a behaviour" 2 '\bnew_namespace_starts_with_a_copy\b' "${program[@]}"
number "a report format" 2 'junit' "${below[@]}"
number "a container runtime" 2 'bubblewrap' "${below[@]}"
# The source in the list of kernels, and the kind of its packages; debian/6.12 is a kernel, debian-archive-keyring a tool.
number "a source of kernels" 4 '(^|[^[:alnum:]./-])debian($|[^[:alnum:]/-])|fetch-debian|format_deb|X\(deb\)' \
	"${below[@]}"
# The name is a fact and an option's, too; what must stand in one file is what is called so.
number "a virtual machine monitor" 1 'MONITOR\(qemu|\bqemu_[a-z_]+ *\(' "${below[@]}"
exit "$failed"
