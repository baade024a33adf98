#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run.sh and vm/kselftest.sh: what they promise where something is missing. Installs nothing, needs no network.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# says STATUS PATTERN COMMAND...: the command ends with STATUS and says PATTERN.
says() {
	local wanted=$1 pattern=$2 output status
	shift 2
	output=$("$@" 2>&1)
	status=$?
	printf 'status %s\n%s\n' "$status" "$output"
	[ "$status" -eq "$wanted" ] && printf '%s\n' "$output" | grep -qE -- "$pattern"
}

# lists COMMAND...: with --list it prints a line for each test.
lists() {
	"$@" --list 'pid.*' | grep '^pid\.init\.'
}

from_elsewhere() {
	cd / && lists "$top/run.sh"
}

in_a_path_with_spaces() {
	mkdir "$work/a path" && cp -a run.sh Makefile build helpers runner results suites vm "$work/a path" &&
		lists "$work/a path/run.sh"
}

offline() {
	lists unshare --user --map-root-user --net ./run.sh
}

# A system with only the commands named, as seen through PATH; not root.
system_of() {
	mkdir -p "$work/tools" && rm -f "$work/tools"/*
	for tool; do
		ln -s "$(command -v "$tool")" "$work/tools/"
	done
	printf '#!/bin/sh\necho 1000\n' >"$work/tools/id"
	chmod +x "$work/tools/id"
}

bare="sh dirname uname mkdir cat"

names_one_command() {
	# shellcheck disable=SC2086
	system_of $bare apt-get
	says 2 '^apt-get update && apt-get install -y --no-install-recommends gcc make .*qemu-system-x86' \
		env "PATH=$work/tools" "$top/run.sh"
}

names_packages() {
	# shellcheck disable=SC2086
	system_of $bare
	says 2 'no apt-get; install what these Debian packages hold: gcc ' env "PATH=$work/tools" "$top/run.sh"
}

# Programs that were built elsewhere, in a tree that looks newer and on a system without a compiler.
takes_what_was_built() {
	local tree=$work/handed
	mkdir -p "$tree/build" && cp -a run.sh Makefile helpers runner results suites vm "$tree" &&
		cp build/nscheck build/nscheck-init build/nscheck-guest "$tree/build" && find "$tree" -name '*.[ch]' -exec touch {} + &&
		NSCHECK_BUILT=1 lists "$tree/run.sh" && [ ! -e "$tree/build/make.log" ] && [ ! -e "$tree/build/obj" ] || return
	# shellcheck disable=SC2086
	system_of $bare
	says 2 'hold: libjansson4 |hold: qemu-system-x86 ' env NSCHECK_BUILT=1 "PATH=$work/tools" "$tree/run.sh" || return
	rm "$tree/build/nscheck-init"
	says 2 'NSCHECK_BUILT is set, and there is no program .*/build/nscheck-init' env NSCHECK_BUILT=1 "$tree/run.sh" --list &&
		says 2 'NSCHECK_BUILT is 1 or nothing' env NSCHECK_BUILT=yes "$tree/run.sh" --list
}

header_from_tree() {
	local header=$work/tree/tools/testing/selftests/kselftest.h
	mkdir -p "$(dirname "$header")" && echo 'void ksft_test_result(void);' >"$header" &&
		KERNEL_TREE=$work/tree vm/kselftest.sh "$work/out.h" && cmp "$header" "$work/out.h" &&
		echo '#include "beside.h"' >>"$header" &&
		KERNEL_TREE=$work/tree says 2 'needs other files' vm/kselftest.sh "$work/out.h"
}

check "run.sh lists the catalogue from another folder" from_elsewhere
check "run.sh works in a path with spaces" in_a_path_with_spaces
if unshare --user --map-root-user --net true 2>/dev/null; then
	check "run.sh works without a network" offline
else
	skip "run.sh works without a network" "no user namespaces for this user"
fi
check "run.sh names the one command to run where it may not install" names_one_command
check "run.sh names the packages where there is no apt" names_packages
check "run.sh takes what was built elsewhere" takes_what_was_built
check "run.sh stops git bisect where something is missing" says 128 'cache /proc/.* set NSCHECK_CACHE' \
	env NSCHECK_CACHE=/proc/none ./run.sh --bisect pid.init.reaps_orphans --kernel .
check "run.sh says that the cache cannot be written" says 2 'cache /proc/.* set NSCHECK_CACHE' \
	env NSCHECK_CACHE=/proc/none ./run.sh
check "run.sh --self-test takes no argument" says 2 'takes no other argument' ./run.sh --self-test more
check "run.sh hands the exit status of nscheck on" says 2 'no_such_option' ./run.sh --no_such_option
check "kselftest.h comes from KERNEL_TREE, if it stands alone" header_from_tree
check "kselftest.sh names a tree without the header" says 2 'KERNEL_TREE is /proc, which has no' \
	env KERNEL_TREE=/proc vm/kselftest.sh "$work/none.h"
tap_end
