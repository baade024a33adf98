#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Slurm: a matrix of kernels in as many parts as the array has tasks, then one report, in a folder that all nodes see. What is
# said goes there as well: log-1.txt and so on, log-all.txt.
#
#	cd nscheck && ./run.sh --fetch-only --matrix
#	job=$(sbatch --parsable --output=/dev/null --array=1-4 runner/ci/slurm.sh results/runs/slurm 'mnt.*' user)
#	sbatch --dependency="afterany:$job" --output=/dev/null runner/ci/slurm.sh results/runs/slurm
#
# The first line builds, and fetches the kernels; tasks do neither. Without a selection behind the folder everything runs.
#
#SBATCH --job-name=nscheck
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=01:00:00
set -eu

folder=${1:?usage: slurm.sh FOLDER [SELECTION]..., a folder which all nodes see and which is new}
shift
cd "${SLURM_SUBMIT_DIR:-.}"
mkdir -p "$folder"
export NSCHECK_CACHE="${NSCHECK_CACHE:-$HOME/.cache/nscheck}" NSCHECK_BUILT=1

if [ -z "${SLURM_ARRAY_TASK_ID-}" ]; then
	exec >"$folder/log-all.txt" 2>&1
	exec ./run.sh --merge "$folder"/part-* --output "$folder/all"
fi
exec >"$folder/log-$SLURM_ARRAY_TASK_ID.txt" 2>&1
exec ./run.sh --offline --matrix --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
	--output "$folder/part-$SLURM_ARRAY_TASK_ID" "$@"
