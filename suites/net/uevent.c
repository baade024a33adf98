// SPDX-License-Identifier: GPL-2.0-only
/* Which network namespaces hear of which devices. netlink(7) NETLINK_KOBJECT_UEVENT */
#include "helpers/nscheck.h"

#define GROUP     "net.uevent"
#define GROUP_OWN NS_NET
#define NETS      "/devices/virtual/net/"
#define FULL      "/devices/virtual/mem/full"

static int listener(void)
{
	return MUST(nl_open(NETLINK_KOBJECT_UEVENT, 1));
}

/*
 * The next event about what tests cause: "add@/devices/virtual/net/d0". Queues of devices have events of their
 * own, which come before or after that of the device.
 */
static const char *heard(int sock)
{
	const char *text;

	do
		text = (const char *)NL_EVENT(sock).message;
	while (strstr(text, "/queues/") ||
	       (!strstr(text, NETS) && !strstr(text, FULL) && !strstr(text, "@/fake")));
	return text;
}

/* An event that belongs to no namespace, of a device that every kernel has. */
static void cause_untagged(void)
{
	MUST(file_write("/sys" FULL "/uevent", "add"));
}

CASE(tagged_event_only_in_device_ns)
{
	int outside = listener();

	WITHIN(MUST(ns_new(NS_NET))) {
		int inside = listener();
		MUST(link_add_dummy("m0"));
		IS(heard(inside), "add@" NETS "m0"); /* control */
	}
	MUST(link_add_dummy("m1"));
	IS(heard(outside), "add@" NETS "m1"); /* the first that came */
}

CASE(untagged_event_only_for_init_owned_namespaces)
{
	int owned_by_root = -1;

	WITHIN(MUST(ns_new(NS_NET)))
		owned_by_root = listener();
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		int sock = listener();
		TELL(box);
		HEAR(box);
		MUST(link_add_dummy("own"));
		IS(heard(sock), "add@" NETS "own"); /* the first that came */
	}
	HEAR(box);
	cause_untagged();
	IS(heard(owned_by_root), "add@" FULL);
	DISMISS(box);
}

CASE(listener_ns_is_fixed_at_socket_creation)
{
	CHILD(box, 0) {
		int before = listener();
		MUST(unshare(NS_USER | NS_NET));
		int after = listener();
		TELL(box);
		IS(heard(before), "add@" FULL);
		HEAR(box);
		MUST(link_add_dummy("own"));
		IS(heard(after), "add@" NETS "own"); /* control: it is elsewhere now */
	}
	HEAR(box);
	cause_untagged();
	DISMISS(box);
}

/* Has the kernel broadcast an event of our own making. -1 with errno. */
static int inject(void)
{
	static const char event[] = "add@/fake\0ACTION=add";
	struct nl_request r = nl_request(NLMSG_MIN_TYPE, NLM_F_ACK, event, sizeof(event));

	return nl_ask(NETLINK_KOBJECT_UEVENT, &r, NULL);
}

CASE(injection_is_confined)
{
	int outside = listener();

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER, .map = "0 1000 1") {
			FAILS(EPERM, inject());
			MUST(unshare(NS_NET));
			int sock = listener();
			OK(inject());
			IS(heard(sock), "add@/fake");
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	MUST(link_add_dummy("m1"));
	IS(heard(outside), "add@" NETS "m1"); /* the first that came */
	OK(inject());
}

/* Waits for exactly this event. */
static void await_event(int sock, const char *event)
{
	while (strcmp(heard(sock), event) != 0)
		;
}

CASE(move_emits_remove_and_add)
{
	int home = MUST(ns_open(0, "net")), outside = listener();

	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add_dummy("ue3"));
		int inside = listener();
		OK(link_move("ue3", home));
		await_event(inside, "remove@" NETS "ue3");
		FAILS(ENODEV, link_index("ue3"));
	}
	IS(heard(outside), "add@" NETS "ue3"); /* the first that came */
}
