// SPDX-License-Identifier: GPL-2.0-only
/* What a new network namespace holds. network_namespaces(7) */
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>

#include "helpers/nscheck.h"

#define GROUP     "net.fresh"
#define GROUP_OWN NS_NET

/* The lines of a table in procfs below its header line; -1 with errno. */
static int lines_below_header(const char *file)
{
	const char *text = file_read(file);
	int lines = 0;

	if (!text)
		return -1;
	while ((text = strchr(text, '\n'))) {
		text++;
		lines++;
	}
	return lines;
}

/* The switch is global and has its file in the initial namespace alone; without it each loaded tunnel adds a device. */
CASE(only_loopback_exists, .initial = NS_NET)
{
	const char *knob = "/proc/sys/net/core/fb_tunnels_only_for_init_net", *before = MUST(file_read(knob));

	MUST(file_write(knob, "1"));
	CHILD(creator, NS_NET) {
		struct nl_answers links;
		MUST(link_add_dummy("d0"));
		IS(rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links), 2); /* control: two devices here */

		WITHIN(MUST(ns_new(NS_NET))) {
			IS(rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links), 1);
			const struct ifinfomsg *link = NLMSG_DATA(links.message[0]);
			IS(rtnl_text(links.message[0], IFLA_IFNAME), "lo");
			IS(link->ifi_index, 1);
			IS(link->ifi_type, ARPHRD_LOOPBACK);
			FAILS(ENODEV, link_index("d0"));
		}
		OK(link_index("d0"));
	}
	EXITS(creator, 0);
	MUST(file_write(knob, before));
}

CASE(loopback_is_down)
{
	MUST(link_up("lo"));
	OK(udp_send("127.0.0.1:9", "hello")); /* control: a loopback that is up takes it */

	WITHIN(MUST(ns_new(NS_NET))) {
		IS(OK(link_flags("lo")) & (IFF_LOOPBACK | IFF_UP), IFF_LOOPBACK);
		IS(rtnl_count(RTM_GETADDR, AF_UNSPEC), 0);
		FAILS(ENETUNREACH, udp_send("127.0.0.1:9", "hello"));
		FAILS(ENETUNREACH, tcp_connect("127.0.0.1:9"));

		MUST(link_up("lo"));
		OK(udp_send("127.0.0.1:9", "hello")); /* control: brought up, it takes it too */
		FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:9"));
	}
}

CASE(route_tables_and_addresses_are_empty)
{
	struct nl_answers rules;

	MUST(link_add_veth("v0", "v1", -1));
	MUST(addr_add("v0", "10.7.0.1/24"));
	MUST(link_up("v0"));
	MUST(route_add("192.0.2.0/24", "10.7.0.9", NULL));
	MUST(neigh_add("v0", "10.7.0.77", (const unsigned char[6]){2, 0, 0, 0, 0, 77}));
	IS(rtnl_count(RTM_GETADDR, AF_INET), 1); /* controls: all of it is listed here */
	IS(route_listed("192.0.2.0/24"), 1);
	IS(rtnl_count(RTM_GETNEIGH, AF_INET), 1);
	IS(lines_below_header("/proc/net/route"), 2);

	WITHIN(MUST(ns_new(NS_NET))) {
		IS(rtnl_count(RTM_GETADDR, AF_UNSPEC), 0);
		IS(rtnl_count(RTM_GETROUTE, AF_INET), 0);
		IS(rtnl_count(RTM_GETROUTE, AF_INET6), 0);
		IS(rtnl_count(RTM_GETNEIGH, AF_UNSPEC), 0);
		IS(lines_below_header("/proc/net/route"), 0);

		IS(rtnl_dump(RTM_GETRULE, AF_INET, &rules), 3);
		FAILS(ENODATA,
		      rtnl_number(rules.message[0], FRA_PRIORITY)); /* priority 0 is not written out */
		IS(rtnl_number(rules.message[1], FRA_PRIORITY), 32766);
		IS(rtnl_number(rules.message[2], FRA_PRIORITY), 32767);
	}
}

CASE(host_sockets_are_not_listed)
{
	static const struct {
		const char *name, *table;
		int family, protocol, here;
	} kinds[] = {{"TCP", "/proc/self/net/tcp", AF_INET, IPPROTO_TCP, 3}, /* a listener, two ends */
		     {"UDP", "/proc/self/net/udp", AF_INET, IPPROTO_UDP, 1},
		     {"unix", "/proc/self/net/unix", AF_UNIX, 0, 1}};
	int fresh = MUST(ns_new(NS_NET)), listener = MUST(tcp_listen("0.0.0.0:8080"));

	MUST(link_up("lo"));
	MUST(tcp_connect("127.0.0.1:8080"));
	AWAIT(listener);
	MUST(udp_bind("0.0.0.0:5000"));
	MUST(unix_listen("@nscheck"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		NOTE("%s", kinds[i].name);
		IS(lines_below_header(kinds[i].table), kinds[i].here); /* control: listed where it was made */
		WITHIN(fresh)
			IS(lines_below_header(kinds[i].table), 0);

		int listed = sock_count(kinds[i].family, kinds[i].protocol);
		if (listed < 0 && errno == ENOENT)
			continue; /* the kernel has no sock_diag for this kind */
		IS(listed, kinds[i].here);
		WITHIN(fresh)
			IS(sock_count(kinds[i].family, kinds[i].protocol), 0);
	}
}

CASE(loopback_up_brings_own_address)
{
	bool ipv6 = file_exists("/proc/sys/net/ipv6");

	MUST(link_up("lo"));
	WITHIN(MUST(ns_new(NS_NET))) {
		IS(rtnl_count(RTM_GETADDR, AF_UNSPEC), 0); /* control */
		OK(link_up("lo"));
		struct nl_answers addresses;
		IS(rtnl_dump(RTM_GETADDR, AF_INET, &addresses), 1);
		const struct ifaddrmsg *address = NLMSG_DATA(addresses.message[0]);
		IS(address->ifa_prefixlen, 8);
		IS(rtnl_number(addresses.message[0], IFA_LOCAL), htonl(INADDR_LOOPBACK));
		if (ipv6) {
			MUST(tcp_listen("[::1]:8080"));
			OK(tcp_connect("[::1]:8080"));
			IS(rtnl_dump(RTM_GETADDR, AF_INET6, &addresses), 1);
			address = NLMSG_DATA(addresses.message[0]);
			IS(address->ifa_prefixlen, 128);
		}
		int listener = OK(tcp_listen("127.0.0.1:8080"));
		OK(tcp_connect("127.0.0.1:8080"));
		OK(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	}
	FAILS(ECONNREFUSED, tcp_connect("127.0.0.1:8080"));
}
