#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel by each way that --kernel takes it, booted in a virtual machine: by name, then the same kernel as
# the .deb that it came in, both side by side, as a bzImage and as a vmlinux with its modules beside, and as a build tree.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

name=debian/6.12
test=pid.init.sigkill_from_inside_is_ignored
cache=${NSCHECK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nscheck}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# boots OPTION...: one test runs on the kernel and passes.
boots() {
	local output
	output=$(mktemp -u "$work/run.XXXXXX")
	build/nscheck "$@" --output "$output" "$test" && grep -q "^ok 1 $test\$" "$output/results.ktap"
}

# side_by_side KERNEL...: a matrix, with a table in which all agree.
side_by_side() {
	local kernel arguments=()
	for kernel; do
		arguments+=(--kernel "$kernel")
	done
	build/nscheck "${arguments[@]}" --output "$work/matrix" "$test" | tee "$work/table" &&
		grep -q '^the same on every kernel: 1 pass$' "$work/table" && grep -q "^\[2\] .* 1 passed, 0 failed" "$work/table"
}

# refuses PATTERN OPTION...: bad input, said in one line that fits.
refuses() {
	local pattern=$1 status=0
	shift
	build/nscheck "$@" --output "$work/refused" "$test" 2>"$work/said" || status=$?
	cat "$work/said"
	[ "$status" -eq 2 ] && [ "$(wc -l <"$work/said")" -eq 1 ] && grep -qE -- "$pattern" "$work/said"
}

# unpack: the packages of the kernel by name, as they lie in the cache; sets package, image, config, modules.
unpack() {
	local deb release
	for deb in "$cache/kernels/$name"/*.deb; do
		dpkg-deb -x "$deb" "$work/root" || return
	done
	image=$(find "$work/root/boot" -name 'vmlinuz-*')
	release=${image##*/vmlinuz-}
	config=$work/root/boot/config-$release
	modules=$(find "$work/root" -path "*/lib/modules/$release" -type d)
	package=$(find "$cache/kernels/$name" -name "linux-image-$release*.deb")
	[ -n "$image" ] && [ -n "$modules" ] && [ -n "$package" ]
}

# What a kernel's own build leaves: the image, the configuration, and modules among the sources.
make_tree() {
	mkdir -p "$work/tree/arch/x86/boot" && cp "$image" "$work/tree/arch/x86/boot/bzImage" &&
		cp "$config" "$work/tree/.config" && cp -r "$modules/kernel/." "$work/tree/"
}

# The ELF image inside a bzImage, which Debian compresses with zstd (as the kernel's scripts/extract-vmlinux).
make_vmlinux() {
	local at
	while read -r at; do
		tail -c "+$((at + 1))" "$image" | zstd -qdc >"$work/vmlinux" 2>/dev/null
		[ "$(head -c 4 "$work/vmlinux")" = $'\x7fELF' ] && return
	done < <(LC_ALL=C grep -aboF $'\x28\xb5\x2f\xfd' "$image" | LC_ALL=C cut -d : -f 1)
	return 1
}

check "a kernel by name" boots --kernel "$name"
if unpack; then
	check "a kernel by its .deb" boots --kernel "$package"
	check "a matrix of two kernels" side_by_side "$name" "$package"
	check "a bzImage with modules and configuration" boots --kernel "$image" --modules "$modules" --config "$config"
	check "a kernel build tree is laid out" make_tree
	check "a kernel build tree" boots --kernel "$work/tree"
	check "a vmlinux is taken out of the bzImage" make_vmlinux
	check "a PVH vmlinux with modules" boots --kernel "$work/vmlinux" --modules "$modules"
else
	not_ok "the packages of $name are in the cache"
fi
check "no such kernel" refuses 'no kernel debian/0\.1' --kernel debian/0.1
check "no such file" refuses 'no kernel .*/none' --kernel "$work/none"
check "not a kernel" refuses 'README\.md' --kernel README.md
tap_end
