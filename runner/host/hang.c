// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/hang.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "runner/base/mem.h"

/* Milliseconds to listen. */
enum {
	KEY_MS = 200,    /* between two keys */
	TASKS_MS = 1500, /* for the list of tasks */
	NMI_MS = 1000,
};

/*
 * What a guest that does not answer is asked for (admin-guide/sysrq.rst): all that the kernel says, where its
 * processors are, all tasks, those that wait.
 */
static const char keys[] = "8ltw";
enum { KEYS = sizeof(keys) - 1 };

void hang_free(struct hang *h)
{
	free(h->about);
}

void hang_clear(struct hang *h)
{
	hang_free(h);
	*h = (struct hang){0};
}

bool hang_began(const struct hang *h)
{
	return h->steps;
}

/* The agent may still take orders. */
static void begin(struct hang *h, struct orders *orders, const char *splat)
{
	free(h->about);
	h->about = mem_printf("hang: neither the test nor the guest's agent answered in time%s%s",
			      splat ? "; " : "", splat ? splat : "");
	for (size_t i = 0; i < KEYS; i++)
		order_sysrq(orders, keys[i]);
}

/*
 * Without the agent a key comes as a break on the serial line and a letter, one after the other. A kernel whose
 * interrupts are off hears neither: told to panic at an NMI, it says where it is.
 */
int hang_step(struct hang *h, struct orders *orders, const struct monitor *monitor, struct monitor_talk *talk,
	      const char *splat)
{
	size_t step = h->steps++;

	if (!step)
		begin(h, orders, splat);
	if (step < KEYS) {
		monitor->send_break(talk);
		return keys[step] == 't' ? TASKS_MS : KEY_MS;
	}
	if (step == KEYS) {
		monitor->interrupt(talk);
		return NMI_MS;
	}
	return -1;
}

void hang_break_sent(const struct hang *h, int console_fd)
{
	if (h->steps && h->steps <= KEYS && console_fd >= 0)
		send(console_fd, &keys[h->steps - 1], 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}
