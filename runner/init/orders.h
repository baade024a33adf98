/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INIT_ORDERS_H
#define RUNNER_INIT_ORDERS_H

#include <stdbool.h>
#include <stddef.h>

/* What the host asks for, as it comes. */
struct orders {
	int fd;
	char buffer[65536];
	size_t used;
};

/* The next whole line without its newline, in a static buffer until the next call; NULL if there is none yet. */
char *orders_line(struct orders *orders);

/* Reads once, waiting for input. */
void orders_fill(struct orders *orders);

/* Takes exactly `size` bytes that follow a line to `fd`. False if they cannot be stored; they are taken all the same. */
bool orders_copy(struct orders *orders, size_t size, int fd);

#endif
