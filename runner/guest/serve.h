/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_GUEST_SERVE_H
#define RUNNER_GUEST_SERVE_H

/*
 * Serves the agent on standard input, a SOCK_SEQPACKET socket: each message is "FACTOR FLAGS ID" and carries
 * descriptors (SCM_RIGHTS): standard input, standard output, and the cgroup to be born in, if there is one.
 * The answer is the pid of a new process, a child of the agent, in which `one` is called; its result is the
 * process's exit status. Returns it there, and EXIT_SUCCESS in the server when the agent hangs up.
 */
int serve(int (*one)(double factor, char *flags, const char *id));

#endif
