#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make install into a folder of its own, as TAP: the program works from there, the manual page and the completion are
# sound, and make uninstall takes everything away again.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/root/opt/nscheck
program=$prefix/bin/nscheck
page=$prefix/share/man/man1/nscheck.1

make_in_root() {
	make -s "$1" BUILD=build DESTDIR="$work/root" PREFIX=/opt/nscheck
}

# Away from the tree, so that nothing is found there by chance.
away() {
	cd / && "$@"
}

lists() {
	diff <(build/nscheck --list) <(away "$program" --list) && away "$program" --kernels | grep '^debian/' &&
		away "$program" --lint
}

# By an absolute link too, and with its results among the user's state.
runs() {
	ln -s "$program" "$work/link" &&
		XDG_STATE_HOME=$work/state away "$work/link" --jobs 1 uts.set.length_limits &&
		grep '^ok 1 uts' "$work/state/nscheck/runs/latest/results.ktap"
}

well_formed() {
	local said
	said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)
	echo "$said"
	[ -z "$said" ]
}

all_options() {
	local option
	while read -r option; do
		grep -qF -- "\\fB${option//-/\\-}\\fR" "$page" || grep -qF -- ", ${option//-/\\-}\\fR" "$page" || {
			echo "not in the manual page: $option"
			return 1
		}
	done < <("$program" --help | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--.*')
}

# completes WANTED WORD...: what bash offers for the last word.
completes() {
	local wanted=$1
	shift
	bash -c '. "$1" && shift && program=$1 && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && _nscheck "$program" &&
		printf "%s\n" "${COMPREPLY[@]}"' - "$prefix/share/bash-completion/completions/nscheck" \
		"$program" "$@" >"$work/offered"
	cat "$work/offered"
	grep -qxF -- "$wanted" "$work/offered"
}

# fish_completes WANTED LINE: what fish offers for the end of a line.
fish_completes() {
	# shellcheck disable=SC2016 # fish expands it
	HOME=$work PATH=$prefix/bin:$PATH fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
		"$prefix/share/fish/vendor_completions.d/nscheck.fish" "$2" | cut -f 1 >"$work/offered"
	cat "$work/offered"
	grep -qxF -- "$1" "$work/offered"
}

# zsh_completes WANTED LINE: zsh, on a terminal of its own, puts the rest of the only word that fits behind the line.
zsh_completes() {
	cat >"$work/terminal" <<-'END'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "PS1= RPROMPT= fpath=($1 \$fpath); unsetopt beep; autoload -U compinit; compinit -D -u; bindkey '^I' complete-word; print rea''dy"
		zpty -r -m shell said '*ready*'
		zpty -w -n shell "$3"$'\t'
		zpty -r -m shell said "*${(b)2}*" && print -r -- "$said"
	END
	HOME=$work TERM=dumb PATH=$prefix/bin:$PATH timeout 60 zsh -f "$work/terminal" \
		"$prefix/share/zsh/site-functions" "$1" "$2"
}

leaves_nothing() {
	make_in_root uninstall && ! find "$work/root" ! -type d | grep .
}

check "make install" make_in_root install
check "the installed program says its version" away "$program" --version
check "it has the same catalogue, kernels and baseline" lists
check "it runs a test, with its results among the user's state" runs
with man "the manual page has no warning" well_formed
check "the manual page has all options" all_options
check "bash completes an option" completes --kernels --ker
check "bash completes a kernel" completes debian/6.12 --kernel = debian/6.1
check "bash completes a choice" completes kvm --accel k
check "bash completes a folder" completes "$work/root" -o "$work/ro"
check "bash completes an id" completes uts.set.length_limits uts.set.le
check "bash completes a suite" completes pid --kernel x pi
check "bash completes a runtime, and no id there" completes crun --runtime cr
check "bash completes a tier" completes tier:seed tier:s
for shell in fish zsh; do
	with $shell "$shell completes an option" ${shell}_completes --only-failed "nscheck --only-f"
	with $shell "$shell completes a kernel" ${shell}_completes debian/5.10 "nscheck --kernel debian/5."
	with $shell "$shell completes a runtime" ${shell}_completes bubblewrap "nscheck --runtime bub"
	with $shell "$shell completes a choice" ${shell}_completes kvm "nscheck --accel k"
	with $shell "$shell completes a folder" ${shell}_completes "$work/root/" "nscheck -o $work/ro"
	with $shell "$shell completes an id" ${shell}_completes uts.set.length_limits "nscheck --bisect uts.set.le"
	with $shell "$shell completes a test behind an option" ${shell}_completes uts.set.length_limits "nscheck --cold uts.set.le"
	with $shell "$shell completes a tier" ${shell}_completes tier:seed "nscheck tier:s"
done
check "make uninstall leaves nothing" leaves_nothing
tap_end
