# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of nscheck and run.sh for bash: options, kernels, and the catalogue's suites, groups and ids, as the program
# itself tells them.

# _nscheck_complete WORDS: those that begin with what was typed; bash has cut that at a colon or an equals sign.
_nscheck_complete() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]#=}")
}

_nscheck_names() {
	"$1" --list 2>/dev/null | cut -f 1 | awk -F . '{ print $1; print $1 "." $2; print }' | sort -u
}

_nscheck() {
	local program=$1 word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

	if [ "$word" = = ]; then
		word=
	elif [ "$previous" = = ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	-k | --kernel)
		_nscheck_complete "$("$program" --kernels 2>/dev/null | cut -d ' ' -f 1)"
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
		;;
	--bisect) _nscheck_complete "$("$program" --list 2>/dev/null | cut -f 1)" ;;
	--accel) _nscheck_complete "auto kvm tcg" ;;
	-o | --output | --modules | --report | --cache) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	--config | --baseline | --times | --qemu | --guest | --init) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	--*=*) ;;
	*)
		case $word in
		-*) _nscheck_complete "$("$program" --help 2>/dev/null | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--.*')" ;;
		*) _nscheck_complete "$(_nscheck_names "$program")" ;;
		esac
		;;
	esac
}

complete -o default -F _nscheck nscheck run.sh ./run.sh
