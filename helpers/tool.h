/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_TOOL_H
#define HELPERS_TOOL_H

/*
 * Programs as subjects or second opinions (ip, nft, iptables-legacy), run in the caller's namespaces. The
 * command is split at single spaces; there is no shell and no quoting.
 */

/* The exit status; -1 with errno if it cannot be run or was killed. What it prints is dropped. */
int tool(const char *command);

/* What the command prints on standard output (at most 64 KiB), without the last newline; NULL with errno unless it exits with 0. */
const char *tool_output(const char *command);

#endif
