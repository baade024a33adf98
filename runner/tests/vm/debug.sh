#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What helps who looks into a guest, with real machines, as TAP: --share into a shell, --dump of a guest that died and of
# one that hangs, words for QEMU.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernel=debian/6.12

shares() {
	mkdir -p "$work/shared/sub" && echo "it came along" >"$work/shared/sub/file" &&
		ln -s sub/file "$work/shared/link" || return
	printf 'cat /share/link; rm -r /share/sub; ls /share\nexit\n' |
		timeout 300 build/nscheck --kernel "$kernel" --shell --share "$work/shared" >"$work/said" 2>&1
	cat "$work/said"
	grep -q '^it came along' "$work/said" && [ -e "$work/shared/sub/file" ]
}

refuses_what_does_not_fit() {
	head -c 40000000 /dev/zero >"$work/shared/large"
	build/nscheck --kernel "$kernel" --shell --memory 128 --share "$work/shared" 2>&1 | tee "$work/said"
	rm "$work/shared/large"
	grep -q 'more --memory$' "$work/said"
}

dumps() {
	build/nscheck --kernel "$kernel" --memory 256 --reruns 0 --dump --output "$work/run" selftest.crash.panic \
		selftest.hang.interrupts_off uts.set.length_limits
	[ -e "$work/run/results.json" ] && [ "$(find "$work/run" -name 'memory-*.elf' | wc -l)" -eq 2 ] &&
		grep '"pass": 1' "$work/run/results.json"
}

# An ELF core that has all of the guest's memory, as one piece at address 0.
is_core() { # ID
	local memory
	memory=$(echo "$work"/run/memory-*-"$1".elf)
	readelf -hl --wide "$memory" | tee "$work/said"
	grep -q 'Type: *CORE' "$work/said" &&
		grep -qE 'LOAD +0x[0-9a-f]+ 0x0{16} 0x0{16} 0x0*10000000 ' "$work/said"
}

has_note() { # ID
	readelf --notes "$work"/run/memory-*-"$1".elf 2>&1 | grep VMCOREINFO
}

no_room() {
	mkdir "$work/small" && mount -t tmpfs -o size=100m none "$work/small" || return
	build/nscheck --kernel "$kernel" --memory 256 --reruns 0 --dump --output "$work/small/run" \
		selftest.crash.panic uts.set.length_limits >"$work/said" 2>&1
	cat "$work/said"
	grep 'no memory dump: it takes 256 MiB, and ' "$work/said" && grep '"pass": 1' "$work/small/run/results.json"
	local status=$?
	umount "$work/small"
	return "$status"
}

may_mount() {
	mkdir -p "$work/probe" && mount -t tmpfs none "$work/probe" 2>/dev/null && umount "$work/probe"
}

takes_words() {
	build/nscheck --kernel "$kernel" --output "$work/words" --qemu-arg -device --qemu-arg virtio-balloon-pci \
		--setup 'grep -q 0x1002 /sys/bus/pci/devices/*/device' uts.set.length_limits
}

check "a shell has a copy of a shared folder" shares
check "what does not fit into the machine is refused" refuses_what_does_not_fit
check "a guest that panics and one that hangs are dumped, and the run goes on" dumps
with readelf "the dump of a panic is a core of the guest's size" is_core selftest.crash.panic
with readelf "the dump of a hang is a core of the guest's size" is_core selftest.hang.interrupts_off
with readelf "a dump has the kernel's note for debuggers" has_note selftest.crash.panic
if may_mount; then
	check "a dump that the disk has no room for is one line" no_room
else
	skip "a dump that the disk has no room for is one line" "may not mount"
fi
check "QEMU takes words of one's own" takes_words
tap_end
