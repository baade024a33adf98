#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A real QEMU while it runs: who it is, what it holds open, whom it could talk to; and what is left when it, or
# nscheck, is killed.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'kill "$host" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/tmp"
host='' socket=''

# hang NAME: starts a run whose test makes the guest hang, so that its QEMU ($qemu) stays for a while.
hang() {
	TMPDIR=$work/tmp build/nscheck --jobs 1 --reruns 0 --output "$work/$1" selftest.hang.interrupts_off >"$work/$1.log" 2>&1 &
	host=$!
	for ((i = 0; i < 1200; i++)); do
		grep -qs 'System halted' "$work/$1/console.log" && break
		sleep 0.05
	done
	local children
	read -ra children <"/proc/$host/task/$host/children" # which ends without a newline: no failure
	for qemu in "${children[@]}"; do
		grep -q qemu-system "/proc/$qemu/cmdline" && return
	done
	cat "$work/$1.log"
	return 1
}

# status FIELD: that of the QEMU in /proc/PID/status.
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$qemu/status"
}

unprivileged() {
	local uid
	uid=$(status Uid | cut -f 1)
	if [ "$(id -u)" -eq 0 ]; then
		[ "$uid" -eq "$(id -u nobody)" ] || { echo "started as root it runs as $uid"; return 1; }
	fi
	for set in CapInh CapPrm CapEff CapAmb; do
		[ -z "$(status "$set" | tr -d 0)" ] || { echo "$set is $(status "$set")"; return 1; }
	done
	[ "$(status NoNewPrivs)" -eq 1 ] || { echo "it may gain privileges"; return 1; }
}

sandboxed() {
	[ "$(status Seccomp)" -eq 2 ] || { echo "Seccomp: $(status Seccomp)"; return 1; }
}

# Kernel and image, for reading; the saved VM, without a name or for reading; nothing else that has a name.
opens_no_other_file() {
	local fd target bad=0
	for fd in "/proc/$qemu"/fd/*; do
		target=$(readlink "$fd") || continue
		case $target in
		/dev/null | socket:* | pipe:* | anon_inode:* | /dev/kvm | /memfd:*) continue ;;
		*/kernels/* | */images/* | */snapshots/*)
			grep -q '^flags:.*0$' "/proc/$qemu/fdinfo/${fd##*/}" && continue # O_RDONLY
			;;
		esac
		echo "descriptor ${fd##*/}: $target"
		bad=1
	done
	return "$bad"
}

# What it holds are ends of unnamed pairs: no family but AF_UNIX, no name, and nobody listens.
talks_to_nobody() {
	local inodes inode bad=0
	inodes=$(readlink "/proc/$qemu"/fd/* | sed -n 's/^socket:\[\(.*\)\]$/\1/p')
	[ -n "$inodes" ] || { echo "it has no socket at all, not even ours"; return 1; }
	for inode in $inodes; do
		# Num RefCount Protocol Flags Type St Inode Path: a listener has the flag 00010000
		awk -v inode="$inode" '$7 == inode { found = NF == 7 && $4 == "00000000" } END { exit !found }' "/proc/$qemu/net/unix" && continue
		echo "socket $inode is no unnamed pair: $(grep -hw "$inode" /proc/"$qemu"/net/* 2>/dev/null | head -n 1)"
		bad=1
	done
	return "$bad"
}

has_no_way_out() {
	local args
	args=$(tr '\0' ' ' <"/proc/$qemu/cmdline")
	! grep -oE -- '-(drive|hda|virtfs|fsdev|vnc|spice|gdb|s|net|netdev (user|tap|bridge|socket|vhost|l2tp)[^ ]*|chardev (file|pipe|tty)[^ ]*)( |$)' <<<"$args"
}

ends_soon() { # PID
	for ((i = 0; i < 100; i++)); do
		[ -d "/proc/$1" ] || return 0
		sleep 0.05
	done
	echo "process $1 is still there"
	return 1
}

leaves_only_its_folder() { # NAME
	! find "$work/tmp" "$work/$1" ! -type d ! -path "$work/$1/journal.ndjson" ! -path "$work/$1/console.log" ! -path "$work/$1/results.*" | grep .
}

# What was killed says nothing about the kernel: the test runs again, and hangs by itself this time.
runs_it_again() { # NAME WORDS
	cat "$work/$1.log"
	grep -q ": $2 while the test ran.*; once more in another VM\$" "$work/$1.log" &&
		grep -q '^[^ ]*: hang: neither the test nor ' "$work/$1.log"
}

reports_what_there_was() {
	build/nscheck --report "$work/host"
	[ $? -eq 3 ] && grep -q '"miss": 1' "$work/host/results.json"
}

refuses_a_machine() {
	local status=0
	build/nscheck-guest selftest.claim.is_fails_in_main >"$work/refusal" 2>&1 || status=$?
	cat "$work/refusal"
	[ "$status" -ne 0 ] && grep -q -- '--here-i-know' "$work/refusal"
}

# attach SOCKET: comes as a debugger, looks, and leaves again.
attach() {
	if command -v gdb >/dev/null; then
		timeout 60 gdb -batch -nx -ex "target remote $1" -ex 'info registers rip' -ex detach >"$work/seen" 2>&1
		cat "$work/seen"
		grep -q '^rip' "$work/seen"
		return
	fi
	timeout 60 python3 - "$1" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		def ask(command):
		    s.sendall(b"+$%s#%02x" % (command, sum(command) % 256))
		    answer = b""
		    while b"#" not in answer:
		        answer += s.recv(4096)
		    return answer
		print(ask(b"?"), ask(b"D"))
	END
}

# debug: starts a run that waits for a debugger at $socket.
debug() {
	TMPDIR=$work/tmp build/nscheck --gdb --output "$work/gdb" uts.iso.processes_of_one_namespace_share_the_names >"$work/gdb.log" 2>&1 &
	host=$!
	for ((i = 0; i < 1200; i++)); do
		socket=$(sed -n 's/^    target remote //p' "$work/gdb.log")
		[ -S "$socket" ] && return
		sleep 0.05
	done
	cat "$work/gdb.log"
	return 1
}

waits_for_a_debugger() {
	sleep 1
	cat "$work/gdb.log" "$work/gdb/console.log"
	grep -q '^    gdb' "$work/gdb.log" && [ ! -s "$work/gdb/console.log" ]
}

goes_on_without_it() { # STATUS
	cat "$work/gdb.log"
	[ "$1" -eq 0 ] && grep -q ' 1 passed' "$work/gdb.log" && leaves_only_its_folder gdb
}

if hang qemu; then
	check "QEMU runs without privileges" unprivileged
	check "QEMU is in its sandbox" sandboxed
	check "QEMU has no file open but kernel, image and saved VM" opens_no_other_file
	check "QEMU has no socket but its channels, and listens nowhere" talks_to_nobody
	check "QEMU has no disk, shared folder, display or network" has_no_way_out
	kill -KILL "$qemu"
	wait "$host"
	check "QEMU killed from outside is no crash: the test runs again" runs_it_again qemu 'QEMU was ended by signal 9 (Killed)'
	check "it leaves nothing but the run's folder" leaves_only_its_folder qemu
else
	not_ok "a QEMU to look at"
fi
if hang term; then
	kill -TERM "$qemu"
	wait "$host"
	check "nor is one that was told to end" runs_it_again term 'the VM ended (host-signal)'
else
	not_ok "a QEMU to tell to end"
fi
if hang host; then
	kill -KILL "$host"
	wait "$host" 2>/dev/null
	check "QEMU ends when nscheck is killed" ends_soon "$qemu"
	check "it leaves nothing but the run's folder then" leaves_only_its_folder host
	check "and the report has what there was" reports_what_there_was
else
	not_ok "a QEMU to outlive"
fi
if hang both; then
	kill -KILL "$host" "$qemu"
	wait "$host" 2>/dev/null
	check "both killed leave nothing but the run's folder" leaves_only_its_folder both
else
	not_ok "two to kill at once"
fi
if hang interrupt; then
	kill -INT "$host"
	sleep 0.2
	kill -INT "$host"
	wait "$host"
	check "interrupted twice it ends with 130" test $? -eq 130
	check "and its QEMU with it" ends_soon "$qemu"
	check "it leaves nothing but the run's folder then, too" leaves_only_its_folder interrupt
else
	not_ok "one to interrupt"
fi
if debug; then
	check "--gdb: the guest stands still until a debugger comes" waits_for_a_debugger
	check "which attaches" attach "$socket"
	wait "$host"
	check "and when it leaves all runs, and nothing is left behind" goes_on_without_it $?
else
	not_ok "a run to debug"
fi
check "the test program refuses to run on this machine" refuses_a_machine
tap_end
