/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_DIE_H
#define RUNNER_INIT_DIE_H

/* Says why in the kernel log and ends the VM: nothing of the harness can go on. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
