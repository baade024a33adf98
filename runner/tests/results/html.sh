#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# results.html in headless Chromium: html.sh [FOLDER], into which pictures of it go.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

for chromium in chromium chromium-browser google-chrome none; do
	command -v "$chromium" >/dev/null && break
done
if [ "$chromium" = none ] || ! command -v python3 >/dev/null; then
	skip "results.html in a browser" "no chromium, or no python3"
	tap_end
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 runner/tests/results/reports.py sample "$work/matrix" || exit
build/nscheck --report "$work/matrix" >"$work/log" 2>&1
PYTHONDONTWRITEBYTECODE=1 timeout 120 python3 runner/tests/results/html.py "$chromium" "$work/matrix/kernel0/results.html" \
	"$work/matrix/results.html" "$@"
