#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Style and static checks of the whole tree, as TAP.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

declare -a c=() scripts=() sources=()
while read -r file; do
	case $file in
	*.[ch]) c+=("$file") sources+=("$file") ;;
	*.awk | Makefile) sources+=("$file") ;;
	*.sh) scripts+=("$file") sources+=("$file") ;;
	*)
		if head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh$'; then
			scripts+=("$file") sources+=("$file")
		fi
		;;
	esac
done < <(find . \( -path ./.git -o -path ./build -o -path ./results/runs \) -prune -o -type f -printf '%P\n' | sort)

licensed() {
	! grep -L 'SPDX-License-Identifier: GPL-2.0-only' "${sources[@]}" | grep .
}

# Events are waited for, never slept for.
sleepless() {
	! find suites helpers -name '*.[ch]' -exec grep -HnE '\b(sleep|usleep|nanosleep)[[:space:]]*\(' {} + | grep .
}

# The mirror is the one of the system's apt, or the user's.
hostless() {
	! grep -nE '(https?|ftp)://[[:alnum:]-]+\.|(^|[^[:alnum:]_}*"])/(home|root|work)/[a-z]' "${sources[@]}"
}

finished() {
	! grep -nwE 'TO[D]O|FIX[M]E|XX[X]' "${sources[@]}"
}

# What the kernel lacks is asked before a test starts (helpers/needs.h): a test that skips by itself could take the very
# failure that it is there to see for a lack. What only the moment can tell says so in the line before.
unskipped() {
	! find suites -name '*.c' -not -path 'suites/selftest/*' -exec awk '
		/(^|[^A-Z_])SKIP\(/ && before !~ /\/\* the moment: / { print FILENAME ":" FNR ": " $0 }
		{ before = $0 }' {} + | grep .
}

# A kernel that is built with the fragment has all that a test asks for.
buildable() {
	! cut -f 4 suites/*/behaviours.tsv | grep -o 'CONFIG_[A-Z0-9_]*' | sort -u |
		grep -vxF -f <(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$/\1/p' vm/kernel.config)
}

# Who types what the documents show finds a test. suites/README.md has the row that it adds.
named() {
	local suites
	suites=$(find suites -mindepth 1 -maxdepth 1 -type d -printf '%f|' | sed 's/|$//')
	! { cat README.md runner/ci/README.md runner/doc/nscheck.1.in && build/nscheck --help; } |
		grep -oE "(^|[^a-z_./])($suites)\.[a-z0-9_]+\.[a-z0-9_]+" | sed 's/^[^a-z]//' | sort -u |
		grep -vxF -f <(build/nscheck-guest --list | cut -f 1) |
		grep -v '\.[ch]$'
}

# Who opens a file of the host program sees all of it.
short() {
	! find runner/base runner/host results vm -name '*.[ch]' -exec wc -l {} + |
		awk '$1 > 500 && $2 != "total" { print $2 ": " $1 " lines" }' | grep .
}

# A stranger writes another guest from the page: each word and each size of the contract is on it, on its own.
told() {
	local word edge missing=0
	while read -r word; do
		edge='(?!\w)'
		[[ $word == *[a-zA-Z0-9] ]] || edge=''
		if ! grep -qP -e "(?<!\\w)\\Q$word\\E$edge" runner/README.md; then
			echo "runner/README.md does not have: $word"
			missing=1
		fi
	done < <(
		sed 's|/\*.*\*/||; /^#include/d; s|SAYS "|"#:nscheck_|' runner/contract.h | grep -o '"[^"\]*"' | tr -d '"' | sed 's/ *$//'
		sed -n 's/^\t[A-Z_]* = \([0-9]*\),.*/\1/p; s/^#define CONTRACT_VERSION /is /p' runner/contract.h
	)
	return "$missing"
}

# A group begins in the file of its name; one that goes on in another file says so there.
begun() {
	local file group first bad=0
	for file in suites/*/*.c; do
		group=$(sed -n 's/^#define GROUP *"\(.*\)"$/\1/p' "$file")
		first=${group##*.}.c
		[ -z "$group" ] || [ "${file##*/}" = "$first" ] && continue
		grep -qx "#define GROUP *\"$group\"" "${file%/*}/$first" &&
			grep -qxF "/* Goes on from $first. */" "$file" && continue
		echo "$file: $group begins in another file, or does not say in which"
		bad=1
	done
	return "$bad"
}

# What a suite wants of every group stands beside each GROUP of it, or that file's tests run in the host's.
owned() {
	local suite bad=0
	for suite in net ipc; do
		grep -l "^#define GROUP " suites/"$suite"/*.c | xargs grep -L "^#define GROUP_OWN " | grep . && bad=1
	done
	return "$bad"
}

# A function that is called in its own file only is static, and one that nobody calls is gone: what a header offers is
# called by another file, or by a test of its own.
called() {
	find build/obj -name '*.o' -exec nm -A {} + |
		awk '
			/ T / && !/__wrap_| main$/ { sub(/:.*/, "", $1); at[$NF] = $1 }
			/ U / { used[$NF] }
			END { for (name in at) if (!(name in used)) print name, at[name] }' |
		while read -r name object; do
			grep -rqw "$name" runner/tests || echo "$object: nobody else calls $name"
		done | sort | { ! grep .; }
}

with clang-format "clang-format" clang-format --dry-run --Werror "${c[@]}"
with clang-tidy "clang-tidy" make -s -k -j"$(nproc)" tidy
with gcc "gcc -fanalyzer" make -s -k -j"$(nproc)" analyze
with cppcheck "cppcheck" make -s cppcheck
with shellcheck "shellcheck" shellcheck -x "${scripts[@]}"
with valgrind "valgrind" runner/tests/host/valgrind.sh
check "runner/README.md has every word of runner/contract.h" told
check "each source has its SPDX line" licensed
check "no sleep in suites and helpers" sleepless
check "no host name, no absolute path of a machine" hostless
check "nothing is left undone" finished
check "no test skips but for what only the moment can tell" unskipped
check "each test that a document names exists" named
check "each group begins in the file of its name" begun
check "each group of suites net and ipc says what it wants" owned
check "each function of a header is called from elsewhere" called
check "vm/kernel.config has every option that a test needs" buildable
check "no circle of includes" runner/tests/tree/circles.sh
check "no file of the host program is longer than 500 lines" short
check "to add one more of a kind few files are touched" runner/tests/tree/numbers.sh
check "the baseline is whole, in time, and about tests that exist" build/nscheck --lint
tap_end
