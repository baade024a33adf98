// SPDX-License-Identifier: GPL-2.0-only
/* Devices are seen and used only in the network namespace they are in. network_namespaces(7), netdevice(7) */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>

#include "helpers/nscheck.h"

#define GROUP     "net.iface"
#define GROUP_OWN NS_NET

CASE(device_invisible_outside_its_ns)
{
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add("xd0", "dummy", 900));
		IS(if_nametoindex("xd0"), 900); /* controls: all three find it inside */
		OK(link_flags("xd0"));
		OK(link_index_exists(900));
	}
	IS(if_nametoindex("xd0"), 0);
	FAILS(ENODEV, link_flags("xd0"));
	FAILS(ENODEV, link_index_exists(900));
}

/* ioctl(2) on a device by name; SIOCSIFADDR sets 10.9.9.9, SIOCSIFFLAGS brings it up. */
static int device_ioctl(unsigned long request, const char *name)
{
	struct ifreq ifr = {0};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("10.9.9.9")};
	int sock = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	if (request == SIOCSIFADDR)
		memcpy(&ifr.ifr_addr, &address, sizeof(address));
	if (request == SIOCSIFFLAGS)
		ifr.ifr_flags = IFF_UP;
	int result = ioctl(sock, request, &ifr), err = errno;
	close(sock);
	errno = err;
	return result;
}

CASE(ioctl_on_foreign_device_enodev)
{
	int a = MUST(ns_new(NS_NET));

	WITHIN(a)
		MUST(link_add_dummy("xd0"));
	FAILS(ENODEV, device_ioctl(SIOCSIFADDR, "xd0"));
	FAILS(ENODEV, device_ioctl(SIOCSIFFLAGS, "xd0"));
	FAILS(ENODEV, device_ioctl(SIOCGIFADDR, "xd0"));
	WITHIN(a) {
		IS(rtnl_count(RTM_GETADDR, AF_INET), 0);
		OK(device_ioctl(SIOCSIFADDR, "xd0")); /* controls */
		OK(device_ioctl(SIOCSIFFLAGS, "xd0"));
		OK(device_ioctl(SIOCGIFADDR, "xd0"));
		IS(rtnl_count(RTM_GETADDR, AF_INET), 1);
	}
}

/* 10.9.9.9/24 on a device by its index. */
static int addr_add_by_index(int index)
{
	struct ifaddrmsg msg = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = (unsigned int)index};
	struct nl_request r = nl_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &msg, sizeof(msg));

	nl_attr_u32(&r, IFA_LOCAL, inet_addr("10.9.9.9"));
	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

static int link_del_by_index(int index)
{
	struct ifinfomsg msg = {.ifi_index = index};
	struct nl_request r = nl_request(RTM_DELLINK, 0, &msg, sizeof(msg));

	return nl_ask(NETLINK_ROUTE, &r, NULL);
}

CASE(netlink_on_foreign_device_enodev)
{
	int a = MUST(ns_new(NS_NET));

	WITHIN(a)
		MUST(link_add("xd0", "dummy", 900));
	FAILS(ENODEV, addr_add_by_index(900));
	FAILS(ENODEV, link_del_by_index(900));
	WITHIN(a) {
		OK(link_index_exists(900));
		IS(rtnl_count(RTM_GETADDR, AF_INET), 0);
		OK(addr_add_by_index(900)); /* controls */
		OK(link_del_by_index(900));
	}
}

CASE(same_name_and_index_coexist)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	WITHIN(a) {
		OK(link_add("d0", "dummy", 900));
		OK(addr_add("d0", "10.9.9.9/24"));
	}
	WITHIN(b) {
		OK(link_add("d0", "dummy", 900));
		OK(addr_add("d0", "10.9.9.9/24"));
		FAILS(EEXIST, link_add("d0", "dummy", 901)); /* controls: in one namespace they conflict */
		FAILS(EEXIST, link_add("d1", "dummy", 900));
		OK(link_del("d0"));
		FAILS(ENODEV, link_index("d0"));
	}
	WITHIN(a) {
		IS(if_nametoindex("d0"), 900);
		IS(rtnl_count(RTM_GETADDR, AF_INET), 1);
	}
}

CASE(settings_do_not_leak)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	MUST(link_up("lo"));
	WITHIN(b)
		MUST(link_up("lo"));
	WITHIN(a) {
		MUST(link_up("lo"));
		OK(link_set_number("lo", IFLA_MTU, 1400));
		OK(link_down("lo"));
		IS(link_number("lo", IFLA_MTU), 1400); /* controls */
		HOLDS(!(OK(link_flags("lo")) & IFF_UP));
	}
	WITHIN(b) {
		IS(link_number("lo", IFLA_MTU), 65536);
		HOLDS(OK(link_flags("lo")) & IFF_UP);
	}
	IS(link_number("lo", IFLA_MTU), 65536);
	HOLDS(OK(link_flags("lo")) & IFF_UP);
}

static int bind_to_device(int sock, const char *name)
{
	return setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
}

/* bind(2) of a packet socket to a device; index 0 is all of them. */
static int packet_bind(int sock, int index)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = index};

	return bind(sock, (struct sockaddr *)&address, sizeof(address));
}

CASE(bindtodevice_and_packet_bind_are_local)
{
	int inet = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	int packet = MUST(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add("xd0", "dummy", 900));
		FAILS(ENODEV, bind_to_device(inet, "xd0")); /* where the caller is does not matter */
		FAILS(ENODEV, packet_bind(packet, 900));
		OK(bind_to_device(MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), "xd0"));
		OK(packet_bind(MUST(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), 900));
	}
	FAILS(ENODEV, bind_to_device(inet, "xd0"));
	FAILS(ENODEV, packet_bind(packet, 900));
	OK(bind_to_device(inet, "lo")); /* controls: what is here can be taken */
	OK(packet_bind(packet, 1));
}

/* A packet socket for IPv4 on all devices of the caller's namespace, whose loopback has a receiver on port 5000. */
static int sniffer(void)
{
	MUST(link_up("lo"));
	MUST(udp_bind("127.0.0.1:5000"));
	int sock = MUST(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	MUST(packet_bind(sock, 0));
	return sock;
}

/* The payload of the next UDP datagram that passes. */
static const char *sniff(int sock)
{
	static char frame[2048];

	AWAIT(sock);
	ssize_t got = MUST(recv(sock, frame, sizeof(frame) - 1, 0));
	frame[got] = '\0';
	return frame + sizeof(struct iphdr) + sizeof(struct udphdr);
}

CASE(packet_socket_sees_only_own_ns)
{
	int outside = sniffer();

	WITHIN(MUST(ns_new(NS_NET))) {
		int inside = sniffer();
		MUST(udp_send("127.0.0.1:5000", "inside"));
		IS(sniff(inside), "inside"); /* control */
	}
	MUST(udp_send("127.0.0.1:5000", "outside"));
	IS(sniff(outside), "outside"); /* the first that came */
}

CASE(link_events_stay_in_own_ns)
{
	int a = MUST(ns_new(NS_NET)), watch = MUST(link_watch());

	MUST(nsid_assign(a, 33)); /* who is known here is not heard for that */
	WITHIN(a) {
		int inside = MUST(link_watch());
		MUST(link_add("m0", "dummy", 900));
		int index = MUST(link_index("m0"));
		LINK_AWAIT_NEW(inside, index); /* controls: the namespace itself is told */
		MUST(link_del("m0"));
		LINK_AWAIT_GONE(inside, index);
	}
	MUST(link_add("m1", "dummy", 901));
	IS(rtnl_text(NL_EVENT(watch).message, IFLA_IFNAME), "m1"); /* the first that came */
}
