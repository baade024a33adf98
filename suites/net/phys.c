// SPDX-License-Identifier: GPL-2.0-only
/* Physical devices go back to the initial network namespace. network_namespaces(7) */
#include <net/if.h>

#include "helpers/nscheck.h"

#define GROUP     "net.phys"
#define GROUP_OWN NS_NET

/* Waits until a device of this name appears. */
static void await_name(int watch, const char *name)
{
	const struct nlmsghdr *message;

	do
		message = NL_EVENT(watch).message;
	while (message->nlmsg_type != RTM_NEWLINK || strcmp(rtnl_text(message, IFLA_IFNAME), name) != 0);
}

/* A namespace that holds the card under the name pn0, and a dummy. */
static int ns_with_card(const char *card)
{
	int ns = MUST(ns_new(NS_NET));

	MUST(link_move(card, ns));
	WITHIN(ns) {
		MUST(link_rename(card, "pn0"));
		MUST(link_add_dummy("dz0"));
	}
	FAILS(ENODEV, link_index(card));
	FAILS(ENODEV, link_index("pn0"));
	return ns;
}

CASE(device_returns_to_init_ns, .initial = NS_NET)
{
	const char *card = MUST(link_spare());
	int a = ns_with_card(card), watch = MUST(link_watch());

	MUST(close(a));
	await_name(watch, "pn0");
	OK(link_index("pn0"));
	FAILS(ENODEV, link_index("dz0")); /* control: what is virtual does not come */
	MUST(link_rename("pn0", card));
}

CASE(returns_to_init_not_to_parent, .initial = NS_NET)
{
	const char *card = MUST(link_spare());

	CHILD(n1, NS_NET) {
		CHILD(n2, NS_NET) {
			HEAR(n2);
			OK(link_index(card)); /* control */
		}
		TELL(n1, n2->pid);
		HEAR(n1);
		DISMISS(n2);
		HEAR(n1);
		FAILS(ENODEV, link_index(card));
		OTHER_NS(0, getppid(), NS_NET);
	}
	MUST(link_move_to_pid(card, (pid_t)HEAR(n1)));
	FAILS(ENODEV, link_index(card));
	int watch = MUST(link_watch());
	TELL(n1);
	await_name(watch, card);
	OK(link_index(card));
	DISMISS(n1);
}

CASE(name_conflict_on_return_is_renamed, .initial = NS_NET)
{
	const char *card = MUST(link_spare());
	int a = ns_with_card(card), watch = MUST(link_watch()), index = -1;

	WITHIN(a)
		index = MUST(link_index("pn0"));
	MUST(link_add_dummy("pn0"));
	int dummy = MUST(link_index("pn0"));
	MUST(close(a));
	const char *expected = path("dev%d", index);
	await_name(watch, expected);
	IS(link_index(expected), index);
	IS(link_index("pn0"), dummy);
	MUST(link_rename(expected, card));
	MUST(link_del("pn0"));
}
