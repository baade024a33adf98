// SPDX-License-Identifier: GPL-2.0-only
/* What is left of network namespaces that are gone: nothing. namespaces(7) "Namespace lifetime" */
#include "helpers/nscheck.h"

#define GROUP     "net.destroy"
#define GROUP_OWN NS_NET

#define CHAIN 12

/* As many as the limit allows, and not one more. */
static void chain_make(int *chain)
{
	for (int i = 0; i < CHAIN; i++)
		chain[i] = OK(ns_new_when_freed(NS_NET));
	FAILS(ENOSPC, ns_one_more(NS_NET));
}

/* 24 namespaces are made and freed, each with its devices and sysctls: that is what this test's time goes into. */
CASE(chain_of_namespaces_is_fully_freed, .timeout = 30)
{
	COUNTED(box, NS_NET, CHAIN) {
		int chain[CHAIN];
		chain_make(chain);
		for (int i = 0; i + 1 < CHAIN; i++)
			WITHIN(chain[i])
				MUST(link_add_veth("next", "previous", chain[i + 1]));
		MUST(link_add_veth("outer", "inner", chain[0]));
		int index = OK(link_index("outer")), watch = MUST(link_watch());
		for (int i = 0; i < CHAIN; i++)
			MUST(close(chain[i]));
		LINK_AWAIT_GONE(watch, index);
		FAILS(ENODEV, link_index("outer"));
		chain_make(chain);
	}
	EXITS(box, 0);
}
