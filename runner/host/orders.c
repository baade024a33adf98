// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/orders.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"
#include "runner/contract.h"

/* Bytes on their way. */
struct order {
	struct order *next;
	const char *data;
	size_t len;
	char *owned; /* what is freed when they are gone; NULL: they are the caller's */
};

void orders_init(struct orders *o, struct loop *loop)
{
	*o = (struct orders){.loop = loop, .end = &o->first};
}

static void drop_first(struct orders *o)
{
	struct order *order = o->first;

	o->first = order->next;
	if (!o->first)
		o->end = &o->first;
	free(order->owned);
	free(order);
}

void orders_free(struct orders *o)
{
	while (o->first)
		drop_first(o);
}

void orders_flush(struct orders *o)
{
	if (!o->channel)
		return;
	while (o->first && o->channel->fd >= 0) {
		struct order *order = o->first;
		ssize_t n = send(o->channel->fd, order->data, order->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			break;
		order->data += n;
		order->len -= (size_t)n;
		if (!order->len)
			drop_first(o);
	}
	loop_writing(o->loop, o->channel, o->first);
}

static void add(struct orders *o, const char *data, size_t len, char *owned)
{
	struct order *order = mem_zalloc(sizeof(*order));

	*order = (struct order){.data = data, .len = len, .owned = owned};
	*o->end = order;
	o->end = &order->next;
}

static void add_line(struct orders *o, char *line)
{
	add(o, line, strlen(line), line);
	orders_flush(o);
}

static char *entropy(void)
{
	unsigned char seed[ENTROPY_MAX];
	struct text order = {0};

	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		abort();
	text_printf(&order, ORDER_ENTROPY);
	for (size_t i = 0; i < sizeof(seed); i++)
		text_printf(&order, "%02x", seed[i]);
	text_printf(&order, "\n");
	return text_take(&order);
}

void order_prepare(struct orders *o, const char *suites, size_t len)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	add_line(o, mem_printf(ORDER_CLOCK "%lld %ld\n", (long long)now.tv_sec, now.tv_nsec));
	add_line(o, entropy());
	add_line(o, mem_printf(ORDER_SUITES "%zu\n", len));
	add(o, suites, len, NULL);
	orders_flush(o);
}

void order_setup(struct orders *o, const char *line)
{
	add_line(o, mem_printf(ORDER_SETUP "%zu\n%s", strlen(line), line));
}

/* What the guest is told of a run besides the test: words separated by commas. */
static char *flags_of(bool sabotage, const char *runtime)
{
	if (!runtime)
		return mem_strdup(sabotage ? FLAG_SABOTAGE : FLAGS_NONE);
	return mem_printf("%s" FLAG_RUNTIME "%s", sabotage ? FLAG_SABOTAGE "," : "", runtime);
}

void order_run(struct orders *o, const char *id, double factor, bool sabotage, const char *runtime)
{
	char *flags = flags_of(sabotage, runtime);

	add_line(o, mem_printf(ORDER_RUN "%g %s %s\n", factor, flags, id));
	free(flags);
}

void order_sysrq(struct orders *o, char key)
{
	add_line(o, mem_printf(ORDER_SYSRQ "%c\n", key));
}

void order_bye(struct orders *o)
{
	add_line(o, mem_strdup(ORDER_BYE "\n"));
}
