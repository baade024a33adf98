#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fresh.sh DIR: the two commands of the README on fresh Debian 12 systems, made in DIR with debootstrap from
# the mirrors of this system's apt. For maintainers: needs root, debootstrap, a network and 5 GB; not part
# of --self-test, which it runs. DIR/pristine.tar is kept for the next time.
set -eu
repo=$(cd "$(dirname "$0")/../../.." && pwd)
. "$repo/runner/tests/tap.sh"

[ $# -eq 1 ] || { echo "usage: fresh.sh DIR" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "fresh.sh: needs root, for debootstrap and chroot" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
root=$dir/root
suite=bookworm

# Without shell expansion: the words are apt's.
# shellcheck disable=SC2016
sources() {
	apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		sed -n "s/^\([^ ]* ${suite}[a-z-]* main\)$/deb \1/p" | sort -u
}

make_pristine() {
	local mirror
	mirror=$(sources | sed -n "s/^deb \([^ ]*\) $suite main$/\1/p")
	rm -rf "$root"
	debootstrap --variant=minbase --include=git "$suite" "$root" "$mirror"
	sources >"$root/etc/apt/sources.list"
	rm -f "$root"/var/cache/apt/archives/*.deb
	chroot "$root" useradd --create-home user
	tar -C "$root" -cf "$dir/pristine.tar.new" .
	mv "$dir/pristine.tar.new" "$dir/pristine.tar"
}

# renew: a fresh system, with a clone for root and one for the ordinary user.
renew() {
	rm -rf "$root"
	mkdir "$root"
	tar -C "$root" -xf "$dir/pristine.tar"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	for home in root home/user; do
		git -c safe.directory='*' clone --quiet --no-hardlinks "$repo" "$root/$home/nscheck"
	done
	chroot "$root" sh -c 'chown -R user: ~user'
}

# inside USER UNSHARE-OPTION... -- LINE: a shell line in the fresh system, in namespaces that end with it.
inside() {
	local user=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	# shellcheck disable=SC2016
	timeout 3600 unshare --mount --pid --fork --kill-child "${options[@]}" -- sh -euc '
		mount -t proc proc "$0/proc"
		mount --rbind /dev "$0/dev"
		exec chroot "$0" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			su "$1" -s /bin/sh -c "cd ~/nscheck && $2"
	' "$root" "$user" "$2" </dev/null
}

# proves WHAT STATUS PATTERN USER OPTION... -- LINE: the line ends with STATUS and PATTERN fits a line of it.
proves() {
	local what=$1 wanted=$2 pattern=$3 status=0 begin=$SECONDS
	shift 3
	inside "$@" >"$dir/log" 2>&1 || status=$?
	if [ "$status" -eq "$wanted" ] && grep -qE -- "$pattern" "$dir/log"; then
		ok "$what ($((SECONDS - begin)) s)"
	else
		not_ok "$what ($((SECONDS - begin)) s): status $status"
		tail -n 30 "$dir/log" | sed 's/^/# /'
	fi
}

# Without a network or without root nothing can be installed: where that goes well nothing was missing.
totals='^[0-9]+ passed, 0 failed, [0-9]+ skipped$'

[ -f "$dir/pristine.tar" ] || make_pristine >"$dir/log" 2>&1 || { tail "$dir/log"; exit 2; }

renew
proves "without root, the command to run is named" 2 '^apt-get update && apt-get install ' user -- ./run.sh
proves "first ./run.sh" 0 '' root -- ./run.sh
proves "second ./run.sh, without a network" 0 '' root --net -- ./run.sh
proves "./run.sh of an ordinary user" 0 '' user -- ./run.sh
proves "the same without a network" 0 '' user --net -- ./run.sh
proves "./run.sh --self-test after it" 0 "$totals" root -- "./run.sh --self-test"

renew
proves "./run.sh --self-test alone" 0 "$totals" root -- "./run.sh --self-test"
proves "./run.sh --self-test again, without a network" 0 "$totals" root --net -- "./run.sh --self-test"
proves "./run.sh --self-test of an ordinary user" 0 "$totals" user -- "./run.sh --self-test"

renew
proves ".ci/run" 0 "$totals" root -- .ci/run
rm -rf "$root"
tap_end
