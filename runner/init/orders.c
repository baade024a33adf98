// SPDX-License-Identifier: GPL-2.0-only
#include "runner/init/orders.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/die.h"

/* Drops the first `size` bytes of the buffer. */
static void consume(struct orders *orders, size_t size)
{
	orders->used -= size;
	memmove(orders->buffer, orders->buffer + size, orders->used);
}

char *orders_line(struct orders *orders)
{
	static char line[LINE_MAX_ORDERS + 1];
	char *end = memchr(orders->buffer, '\n', orders->used);

	if (!end) {
		if (orders->used == sizeof(orders->buffer))
			die("the host sent a line without end");
		return NULL;
	}
	size_t length = (size_t)(end - orders->buffer);
	if (length >= sizeof(line))
		die("the host sent an order of %zu bytes", length);
	memcpy(line, orders->buffer, length);
	line[length] = '\0';
	consume(orders, length + 1);
	return line;
}

void orders_fill(struct orders *orders)
{
	ssize_t got = read(orders->fd, orders->buffer + orders->used, sizeof(orders->buffer) - orders->used);

	if (got > 0) {
		orders->used += (size_t)got;
		return;
	}
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		die("cannot read orders: %s", strerror(errno));
	/* A virtio port without a listener reads as end of file: wait until the host is back (after a restore). */
	struct pollfd back = {.fd = orders->fd, .events = POLLIN};
	poll(&back, 1, 100);
}

bool orders_copy(struct orders *orders, size_t size, int fd)
{
	bool stored = true;

	while (size) {
		if (!orders->used) {
			orders_fill(orders);
			continue;
		}
		size_t part = orders->used < size ? orders->used : size;
		if (fd >= 0 && stored && write(fd, orders->buffer, part) != (ssize_t)part)
			stored = false;
		consume(orders, part);
		size -= part;
	}
	return stored;
}
