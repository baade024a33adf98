#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Slurm: a matrix of kernels in as many parts as the array has tasks, then one report, in a folder that all nodes see.
#
#	cd nscheck && ./run.sh --fetch-only --matrix
#	job=$(sbatch --parsable --array=1-4 runner/ci/slurm.sh results/runs/slurm)
#	sbatch --dependency="afterany:$job" runner/ci/slurm.sh results/runs/slurm
#
#SBATCH --job-name=nscheck
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=01:00:00
set -eu

folder=${1:?usage: slurm.sh FOLDER, which all nodes see and which is new}
cd "${SLURM_SUBMIT_DIR:-.}"
export NSCHECK_CACHE="${NSCHECK_CACHE:-$HOME/.cache/nscheck}"

if [ -z "${SLURM_ARRAY_TASK_ID-}" ]; then
	exec ./run.sh --merge "$folder"/part-* --output "$folder/all"
fi
exec ./run.sh --offline --matrix --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
	--output "$folder/part-$SLURM_ARRAY_TASK_ID"
