/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SUITES_NET_ROUTER_H
#define SUITES_NET_ROUTER_H

/*
 * Three namespaces in a row: client 10.0.1.2 - 10.0.1.1 router 10.0.2.1 - 10.0.2.2 server. The outer two have
 * the router as their default gateway; all devices can carry traffic. The router forwards nothing as yet.
 */
struct routed {
	int client, router, server;
};
struct routed routed_make(void);

/* Lets the router forward. */
void routed_forward(const struct routed *net);

#endif
