#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The door of nscheck: installs what is missing, builds, and hands over to build/nscheck with the same
# arguments. `./run.sh --self-test` runs the project's own tests instead. With NSCHECK_BUILT=1 the programs in build/ were
# made elsewhere, by a run.sh of the same tree: nothing is built, and no compiler is installed.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cache=${NSCHECK_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/nscheck}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

bisecting=no
for word; do
	case $word in
	--bisect*) bisecting=yes ;;
	esac
done

say() {
	echo "nscheck: $*" >&2
}

# git bisect run would take 2 or 3 for a bad commit: what is not the kernel's fault has to stop it.
give_up() {
	case $bisecting in
	yes) exit 128 ;;
	*) exit "$1" ;;
	esac
}

die() {
	status=$1
	shift
	say "$*"
	give_up "$status"
}

writable() {
	mkdir -p "$1" 2>/dev/null && [ -w "$1" ]
}

# What is needed: a Debian package, then the commands, headers, libraries or files that show it is there.
needs() {
	if $built; then
		cat <<-END
			libjansson4   libjansson.so.4
			libarchive13  libarchive.so.13
			libelf1       libelf.so.1
		END
	else
		cat <<-END
			gcc             gcc
			make            make
			libc6-dev       stdio.h libc.a
			check           check.h libcheck.a libcheck_pic.a
			libsubunit-dev  libsubunit.a
			libcap-dev      sys/capability.h libcap.a
			libjansson-dev  jansson.h
			libarchive-dev  archive.h
			libelf-dev      gelf.h
		END
	fi
	cat <<-END
		qemu-system-x86         qemu-system-x86_64
		busybox-static          busybox
		iproute2                ip
		nftables                nft
		iptables                iptables-legacy
		util-linux              lsns
		xz-utils                xz
		debian-archive-keyring  /usr/share/keyrings/debian-archive-keyring.gpg
	END
	if $self_test; then
		cat <<-END
			clang-format    clang-format
			clang-tidy      clang-tidy
			cppcheck        cppcheck
			shellcheck      shellcheck
			libxml2-utils   xmllint
			python3         python3
			cmark-gfm       cmark-gfm
			zstd            zstd
			clang           clang
			libclang-rt-dev /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a
			valgrind        valgrind
			git             git
			yamllint        yamllint
		END
	fi
}

# any FILE...: one of them is there; called with globs.
any() {
	for file; do
		[ -e "$file" ] && return
	done
	return 1
}

is_there() {
	case $1 in
	/*) any "$1" ;;
	*.h) any "/usr/include/$1" /usr/include/*/"$1" "/usr/local/include/$1" ;;
	*.a | *.so.*) any "/usr/lib/$1" /usr/lib/*/"$1" "/usr/lib64/$1" "/usr/local/lib/$1" ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

missing_packages() {
	needs | while read -r package witnesses; do
		for witness in $witnesses; do
			is_there "$witness" && continue
			printf '%s ' "$package"
			break
		done
	done
}

# As root, or through sudo where it asks for no password or somebody is there to be asked.
root_through() {
	if [ "$(id -u)" -eq 0 ]; then
		echo env
	elif sudo -n true 2>/dev/null; then
		echo "sudo -n"
	elif command -v sudo >/dev/null && [ -t 0 ] && [ -t 2 ]; then
		echo sudo
	else
		return 1
	fi
}

# The words of $1 and $root are meant to be split: package names, and a command with its option.
# shellcheck disable=SC2086
install_packages() {
	if ! command -v apt-get >/dev/null; then
		die 2 "this system has no apt-get; install what these Debian packages hold: $1"
	fi
	if ! root=$(root_through); then
		say "packages are missing and this needs root; run this as root, then ./run.sh again:"
		echo "apt-get update && apt-get install -y --no-install-recommends ${1% }" >&2
		give_up 2
	fi
	say "installing ${1% }"
	writable "$top/build" || die 2 "$top/build cannot be written; use a clone of your own"
	apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
	{ $apt update && $apt install --no-install-recommends $1; } >"$top/build/apt.log" 2>&1 </dev/null || {
		tail -n 20 "$top/build/apt.log" >&2
		die 3 "apt-get failed (see above; all of it is in build/apt.log)"
	}
}

# build TARGET...: quietly; a tree that is built already may belong to somebody else.
build() {
	if $built; then
		for program in nscheck nscheck-init nscheck-guest; do
			[ -x "$top/build/$program" ] ||
				die 2 "NSCHECK_BUILT is set, and there is no program $top/build/$program"
		done
		return
	fi
	make -C "$top" -q BUILD=build "$@" >/dev/null 2>&1 && return
	say "building"
	writable "$top/build" || die 2 "$top/build cannot be written; use a clone of your own"
	make -C "$top" -s -j"$(nproc)" BUILD=build "$@" >"$top/build/make.log" 2>&1 </dev/null || {
		cat "$top/build/make.log" >&2
		die 3 "the build failed (see above; all of it is in build/make.log)"
	}
}

case ${NSCHECK_BUILT-} in
'') built=false ;;
1) built=true ;;
*) die 2 "NSCHECK_BUILT is 1 or nothing" ;;
esac
self_test=false
if [ "${1-}" = --self-test ]; then
	[ $# -eq 1 ] || die 2 "--self-test takes no other argument"
	self_test=true
	built=false
fi

if [ "${1-}" = --help ] && [ ! -x "$top/build/nscheck" ]; then
	cat <<-END
		Usage: ./run.sh [OPTION...] [SELECTION...]
		       ./run.sh --self-test

		Tests whether a Linux kernel keeps the promises of namespaces, in a virtual machine.
		The first run installs the Debian packages that are missing (as root or through sudo),
		builds, and fetches the kernel debian/6.12. From then on --help lists all options.
	END
	exit
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die 2 "nscheck runs on Linux on x86_64 only"
writable "$cache" || die 2 "the cache $cache cannot be written; set NSCHECK_CACHE to a folder that can"

missing=$(missing_packages)
if [ -n "$missing" ]; then
	install_packages "$missing"
	missing=$(missing_packages)
	[ -z "$missing" ] || die 2 "still incomplete after the installation: $missing"
fi

if $self_test; then
	build all build/host-tests
	exec "$top/runner/tests/all.sh"
fi
build all
# What repeats a test, as the terminal shows it.
case $0 in
*/*) door=$0 ;;
*) door=./$0 ;;
esac
export NSCHECK_COMMAND="${NSCHECK_COMMAND:-$door}"
exec "$top/build/nscheck" "$@"
