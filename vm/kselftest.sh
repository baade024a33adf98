#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kselftest.sh OUT: puts the kernel's own tools/testing/selftests/kselftest.h at OUT.
#
# It comes from KERNEL_TREE if that is set, else from the cache, else from an installed linux-source
# package, else from one fetched through apt (signatures verified, the system's apt left alone, no root
# needed) and deleted once the file is out. From then on the cache answers, also offline.
set -eu

header=tools/testing/selftests/kselftest.h
cache=${NSCHECK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/nscheck}

die() {
	echo "kselftest.sh: $*" >&2
	exit 2
}

# usable FILE: it is the header, and it includes nothing that stands beside it in the kernel's tree.
usable() {
	grep -q ksft_test_result "$1" && ! grep -q '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$1"
}

# extract: the header out of a linux-source-*.tar.xz on stdin, whose folder bears the name $1. tar leaves
# at the first match, which stops xz, so only the way to the file is unpacked.
extract() {
	xz -dc -T0 2>/dev/null | tar -xO --occurrence=1 "$1/$header" >"$work/kselftest.h" 2>>"$work/log" &&
		usable "$work/kselftest.h"
}

from_installed() {
	for archive in $(printf '%s\n' /usr/src/linux-source-*.tar.xz | sort -rV); do
		[ -r "$archive" ] || continue
		name=${archive##*/}
		extract "${name%.tar.xz}" <"$archive" && return
	done
	return 1
}

# fetch APT-OPTION...: the newest kernel's source package whose header will do.
fetch() {
	for package in $(apt-cache "$@" pkgnames linux-source- | grep '^linux-source-[0-9.]*$' | sort -rV); do
		rm -f "$work"/*.deb
		(cd "$work" && apt-get "$@" download "$package" >>log 2>&1) || continue
		dpkg-deb --fsys-tarfile "$work/$package"_*.deb 2>>"$work/log" |
			tar -xO --occurrence=1 "./usr/src/$package.tar.xz" 2>>"$work/log" |
			extract "$package" && return
	done
	return 1
}

from_apt() {
	if ! command -v apt-get >/dev/null || ! command -v xz >/dev/null; then
		die "no kernel source package can be had here; set KERNEL_TREE to a kernel source tree"
	fi
	echo "kselftest.sh: fetching a kernel source package (about 150 MB, once) for its kselftest.h" >&2
	set -- -q -o APT::Sandbox::User=root -o Acquire::Languages=none
	fetch "$@" && return

	# The system's package lists are absent or stale: lists of our own, from the same sources.
	set -- "$@" -o "Dir::State=$work/state" -o "Dir::State::lists=$work/state/lists" \
		-o Dir::State::status=/var/lib/dpkg/status -o "Dir::Cache=$work/cache"
	mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
	apt-get "$@" update >>"$work/log" 2>&1 || true
	fetch "$@" && return
	tail -n 15 "$work/log" >&2
	die "no kernel source package could be fetched (see above); set KERNEL_TREE to a kernel source tree"
}

[ $# -eq 1 ] || die "usage: kselftest.sh OUT"

if [ -n "${KERNEL_TREE:-}" ]; then
	[ -r "$KERNEL_TREE/$header" ] || die "KERNEL_TREE is $KERNEL_TREE, which has no $header"
	usable "$KERNEL_TREE/$header" || die "$KERNEL_TREE/$header needs other files of its tree; take another tree"
	cp "$KERNEL_TREE/$header" "$1"
	exit
fi

if ! { [ -r "$cache/kselftest.h" ] && usable "$cache/kselftest.h"; }; then
	if ! { mkdir -p "$cache" && work=$(mktemp -d "$cache/kselftest.XXXXXX"); } 2>/dev/null; then
		die "$cache cannot be written; set NSCHECK_CACHE to a folder that can"
	fi
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	from_installed || from_apt
	mv "$work/kselftest.h" "$cache/kselftest.h"
fi
cp "$cache/kselftest.h" "$1"
