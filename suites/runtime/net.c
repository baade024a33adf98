// SPDX-License-Identifier: GPL-2.0-only
/* The network of a container. network_namespaces(7), veth(4) */
#include <net/if.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.net"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(own_stack)
{
	IS(rtnl_count(RTM_GETLINK, AF_UNSPEC), 2);
	HOLDS(OK(link_flags("lo")) & IFF_UP);
	HOLDS(OK(link_flags("eth0")) & IFF_UP);
	IS(route_listed("10.88.0.0/24"), 1);
	IS(rtnl_count(RTM_GETADDR, AF_INET), 2);
	TELL(outer, OK(link_number("eth0", IFLA_LINK)));
	HOLDS(link_number("eth0", IFLA_LINK_NETNSID) >= 0); /* the peer is somewhere else */
	int sock = OK(udp_bind("10.88.0.2:5000"));
	HEAR(outer);
	OK(sock_send(sock, CONTAINER_BRIDGE_ADDRESS ":5000", "ping"));
	IS(RECEIVE(sock).text, "pong");
	close(OK(udp_connect("192.0.2.1:9"))); /* by the default route */
	HEAR(outer);
}

/* The name of the device with this index. */
static const char *name_of(int index)
{
	static char name[IF_NAMESIZE];

	return if_indextoname((unsigned int)index, name);
}

CASE(own_stack_with_veth_to_bridge)
{
	MUST(link_up("lo"));
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, own_stack, .map = f->map, .address = "10.88.0.2/24");
		int peer = (int)HEAR(box);
		const char *port = OK(name_of(peer));
		IS(link_number(port, IFLA_MASTER), link_index(CONTAINER_BRIDGE));
		int sock = MUST(udp_bind(CONTAINER_BRIDGE_ADDRESS ":5000"));
		TELL(box);
		struct datagram got = RECEIVE(sock);
		IS(got.text, "ping");
		IS(got.from, "10.88.0.2");
		OK(sock_send(sock, "10.88.0.2:5000", "pong"));
		FAILS(ENODEV, link_index("eth0"));
		close(sock);
		DISMISS(box);
	}
}

/* A server on port 80 that says its name to whoever comes, and then asks who is at another address. */
PAYLOAD(greeter)
{
	const char *name = HEAR_TEXT(outer), *other = HEAR_TEXT(outer);
	char said[16] = "";

	int server = OK(tcp_listen("0.0.0.0:80"));
	for (int turn = 0; turn < 2; turn++) {
		TELL(outer);
		if (HEAR(outer)) {
			AWAIT(server);
			int visitor = MUST(accept(server, NULL, NULL));
			MUST(write(visitor, name, strlen(name)));
			close(visitor);
		} else {
			int sock = OK(tcp_connect(other));
			AWAIT(sock);
			OK(read(sock, said, sizeof(said) - 1));
			IS_NOT(said, name);
			TELL_TEXT(outer, said);
		}
	}
	HEAR(outer);
}

CASE(container_to_container_over_bridge)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(one, greeter, .map = f->map, .address = "10.88.0.2/24");
		CONTAINER(two, greeter, .map = f->map, .address = "10.88.0.3/24");
		TELL_TEXT(one, "one");
		TELL_TEXT(one, "10.88.0.3:80");
		TELL_TEXT(two, "two");
		TELL_TEXT(two, "10.88.0.2:80");
		for (int turn = 0; turn < 2; turn++) {
			HEAR(one);
			HEAR(two);
			TELL(one, turn == 0);
			TELL(two, turn == 1);
			IS(HEAR_TEXT(turn == 0 ? two : one), turn == 0 ? "one" : "two");
		}
		close(OK(tcp_listen("0.0.0.0:80"))); /* the host's own port is free */
		DISMISS(one);
		DISMISS(two);
	}
}

PAYLOAD(lonely)
{
	IS(rtnl_count(RTM_GETLINK, AF_UNSPEC), 1);
	FAILS(ENETUNREACH, udp_connect("10.88.0.1:9"));
	HOLDS(OK(link_flags("lo")) & IFF_UP);
	FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:7000"));
	close(OK(tcp_listen("127.0.0.1:7000")));
	HEAR(outer);
}

CASE(none_has_only_loopback)
{
	MUST(link_up("lo"));
	MUST(link_add_bridge("br0"));
	MUST(addr_add("br0", "10.88.0.1/24"));
	MUST(link_up("br0"));
	MUST(tcp_listen("127.0.0.1:7000"));
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, lonely, .map = f->map);
		close(OK(tcp_connect("127.0.0.1:7000"))); /* controls */
		close(OK(udp_connect("10.88.0.1:9")));
		DISMISS(box);
	}
}

PAYLOAD(stranger)
{
	const char *sockets = MUST(file_read("/proc/net/unix"));

	HOLDS(!strstr(sockets, "@nscheck"));
	FAILS(ECONNREFUSED, unix_connect("@nscheck"));
	HEAR(outer);
}

PAYLOAD(guest)
{
	OK(unix_connect("@nscheck"));
	HOLDS(strstr(MUST(file_read("/proc/net/unix")), "@nscheck"));
	HEAR(outer);
}

CASE(host_abstract_sockets_unreachable)
{
	MUST(unix_listen("@nscheck"));
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, stranger, .map = f->map);
		DISMISS(box);
		CONTAINER(host_net, guest, .map = f->map, .inherit = NS_NET); /* control */
		DISMISS(host_net);
	}
}

PAYLOAD(owner)
{
	IS(rtnl_count(RTM_GETLINK, AF_UNSPEC), 2);
	OK(link_index("lan0"));
	HEAR(outer);
}

/* Waits until a device of this name appears. */
static void await_name(int watch, const char *name)
{
	const struct nlmsghdr *message;

	do
		message = NL_EVENT(watch).message;
	while (message->nlmsg_type != RTM_NEWLINK || strcmp(rtnl_text(message, IFLA_IFNAME), name) != 0);
}

static void claim_moved(const char *map, const char *device, bool physical)
{
	CONTAINER(box, owner, .map = map, .device = device, .device_name = "lan0");
	FAILS(ENODEV, link_index(device));
	FAILS(ENODEV, link_index("lan0"));
	int watch = MUST(link_watch());
	DISMISS(box);
	if (physical) {
		await_name(watch, "lan0");
		MUST(link_rename("lan0", device));
	}
	FAILS(ENODEV, link_index("lan0")); /* what is virtual goes with the namespace */
	close(watch);
}

CASE(network_device_is_moved_in_and_ends_with_the_container, .initial = NS_NET)
{
	EACH_FLAVOUR(f)
	{
		MUST(link_add_dummy("card0"));
		claim_moved(f->map, "card0", false);
	}
}

CASE(network_card_is_moved_in_and_returned, .initial = NS_NET)
{
	const char *card = MUST(link_spare());

	EACH_FLAVOUR(f)
	{
		claim_moved(f->map, card, true);
	}
}
