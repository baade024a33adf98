// SPDX-License-Identifier: GPL-2.0-only
#include "suites/net/router.h"

#include "helpers/nscheck.h"

/* Ties a namespace to the router by a pair of devices; `side` is also the router's end. */
static int leaf(int router, const char *side, const char *address, const char *gateway)
{
	int ns = MUST(ns_new(NS_NET));

	WITHIN(router) {
		MUST(link_add_veth(side, "eth0", ns));
		MUST(addr_add(side, path("%s/24", gateway)));
		MUST(link_up(side));
	}
	WITHIN(ns) {
		MUST(addr_add("eth0", address));
		MUST(link_up("eth0"));
		MUST(route_add("default", gateway, NULL));
		LINK_AWAIT_RUNNING("eth0");
	}
	WITHIN(router)
		LINK_AWAIT_RUNNING(side);
	return ns;
}

struct routed routed_make(void)
{
	struct routed net = {.router = MUST(ns_new(NS_NET))};

	net.client = leaf(net.router, "to_client", "10.0.1.2/24", "10.0.1.1");
	net.server = leaf(net.router, "to_server", "10.0.2.2/24", "10.0.2.1");
	WITHIN(net.router)
		MUST(file_write("/proc/sys/net/ipv4/ip_forward", "0"));
	return net;
}

void routed_forward(const struct routed *net)
{
	WITHIN(net->router)
		MUST(file_write("/proc/sys/net/ipv4/ip_forward", "1"));
}
