#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The host program in valgrind, against build/fake-machine: no error, nothing that is lost. Silent; once for each build of
# the program.
set -euo pipefail
cd "$(dirname "$0")/../../.."
make -s build/nscheck-plain build/fake-machine
[ build/valgrind.ok -ot build/nscheck-plain ] || [ build/valgrind.ok -ot "$0" ] || exit 0

top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp build/fake-machine "$work/" # where nobody, which a monitor becomes, may go: valgrind runs programs by their path
cat >"$work/guest" <<'END'
#!/bin/sh
printf 'id\tfile\tline\ttimeout\talone\tsabotage\ttier\tsince\tuntil\tneeds\tstatement\texpected\tsource\n'
for id in a.one.first a.one.second a.one.third b.one.last; do
	printf '%s\ta.c\t1\t9\t0\t-\tseed\t-\t-\t-\tIt holds.\tYes.\tnone\n' "$id"
done
END
chmod 755 "$work/guest"

# see STATUS SCRIPT ARGUMENT...: a run that ends so; 99 is what valgrind found.
see() {
	local wanted=$1 script=$2 status=0
	shift 2
	(cd "$work" && FAKE_MACHINE=$script valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect \
		--error-exitcode=99 "$top/build/nscheck-plain" --qemu "$work/fake-machine" --guest "$work/guest" \
		--cache "$work/cache" "$@") >"$work/log" 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] && return
	echo "status $status, not $wanted, of $*"
	cat "$work/log"
	exit 1
}

see 0 '' --accel tcg --jobs 2 --timeout-factor 10 --output "$work/good"
see 1 'fail-later:a.one.second,crash-after:b.one.last,trigger:a.one.first' --accel tcg --jobs 1 --timeout-factor 10 --output "$work/bad"
see 1 '' --report "$work/bad"
see 1 '' --resume "$work/bad" # nothing is left to run
see 2 '' a.one.frist
touch build/valgrind.ok
