// SPDX-License-Identifier: GPL-2.0-only
/* Who may do what over which socket: netdevice(7), socket(7), netlink(7). user_namespaces(7) */
/* Goes on from perm.c. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "helpers/nscheck.h"

#define GROUP     "net.perm"
#define GROUP_OWN NS_NET

static struct sockaddr inet(const char *text)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(text)};
	struct sockaddr any;

	memcpy(&any, &address, sizeof(any));
	return any;
}

struct change {
	const char *name;
	unsigned long request;
	void *argument;
};

/* Changes of a device over a socket of this family: they work, or all of them are EPERM. */
static void claim_changes(int family, const struct change *changes, size_t count, bool allowed)
{
	int sock = MUST(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	for (size_t i = 0; i < count; i++) {
		NOTE("%s, family %d", changes[i].name, family);
		if (allowed)
			OK(ioctl(sock, changes[i].request, changes[i].argument));
		else
			FAILS(EPERM, ioctl(sock, changes[i].request, changes[i].argument));
	}
	NOTE_END();
	MUST(close(sock));
}

static void claim_ipv4(bool allowed)
{
	struct ifreq up = {.ifr_name = "d0", .ifr_flags = IFF_UP};
	struct ifreq address = {.ifr_name = "d0", .ifr_addr = inet("10.9.9.9")};
	struct arpreq arp = {.arp_dev = "d0",
			     .arp_flags = ATF_PERM,
			     .arp_pa = inet("10.9.9.10"),
			     .arp_ha.sa_family = ARPHRD_ETHER};
	struct rtentry route = {
		.rt_dev = (char[]){"d0"}, .rt_flags = RTF_UP | RTF_HOST, .rt_dst = inet("192.0.2.1")};
	const struct change changes[] = {{"SIOCSIFFLAGS", SIOCSIFFLAGS, &up},
					 {"SIOCSIFADDR", SIOCSIFADDR, &address},
					 {"SIOCSARP", SIOCSARP, &arp},
					 {"SIOCADDRT", SIOCADDRT, &route},
					 {"SIOCDELRT", SIOCDELRT, &route}};

	claim_changes(AF_INET, changes, ARRAY_SIZE(changes), allowed);
}

static void claim_ipv6(bool allowed)
{
	struct in6_ifreq address = {.ifr6_ifindex = MUST(link_index("d0")),
				    .ifr6_prefixlen = 64,
				    .ifr6_addr.s6_addr = {0xfd, [15] = 1}};
	struct in6_rtmsg route = {.rtmsg_ifindex = address.ifr6_ifindex,
				  .rtmsg_flags = RTF_UP,
				  .rtmsg_dst_len = 64,
				  .rtmsg_dst.s6_addr = {0xfd, 1}};
	const struct change changes[] = {{"SIOCSIFADDR", SIOCSIFADDR, &address},
					 {"SIOCADDRT", SIOCADDRT, &route},
					 {"SIOCDELRT", SIOCDELRT, &route}};

	claim_changes(AF_INET6, changes, ARRAY_SIZE(changes), allowed);
}

/* Changes the device d0 by each ioctl(2). */
static void claim_ioctls(bool allowed)
{
	claim_ipv4(allowed);
	claim_ipv6(allowed);
}

CASE(ioctls_need_admin_over_the_namespace)
{
	MUST(link_add_dummy("d0"));
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		claim_ioctls(false);
		MUST(unshare(NS_NET));
		MUST(link_add_dummy("d0"));
		claim_ioctls(true);
	}
	EXITS(box, 0);
	claim_ioctls(true);
}

static int set_option(int sock, int option, int value)
{
	return setsockopt(sock, SOL_SOCKET, option, &value, sizeof(value));
}

CASE(global_resource_options_need_init_userns)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, set_option(MUST(udp_bind("0.0.0.0:0")), SO_MARK, 7)); /* control */
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			int sock = MUST(udp_bind("0.0.0.0:0"));
			FAILS(EPERM, set_option(sock, SO_RCVBUFFORCE, 1 << 20));
			OK(set_option(sock, SO_MARK, 7));
			OK(set_option(sock, SO_PRIORITY, 7));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	OK(set_option(MUST(udp_bind("0.0.0.0:0")), SO_RCVBUFFORCE, 1 << 20)); /* control */
}

CASE(socket_options_need_admin_over_the_sockets_ns)
{
	static const struct {
		const char *name;
		int level, option;
	} options[] = {{"SO_MARK", SOL_SOCKET, SO_MARK},
		       {"SO_PRIORITY", SOL_SOCKET, SO_PRIORITY},
		       {"IP_TRANSPARENT", SOL_IP, IP_TRANSPARENT}};
	int sock = MUST(udp_bind("0.0.0.0:0")), value = 7;

	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		int own = MUST(udp_bind("0.0.0.0:0"));
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			NOTE("%s", options[i].name);
			FAILS(EPERM,
			      setsockopt(sock, options[i].level, options[i].option, &value, sizeof(value)));
			OK(setsockopt(own, options[i].level, options[i].option, &value, sizeof(value)));
		}
	}
	EXITS(box, 0);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		NOTE("%s", options[i].name);
		OK(setsockopt(sock, options[i].level, options[i].option, &value, sizeof(value)));
	}
}

/* Changes a device of the namespace of a netlink socket over that socket. -1 with errno. */
static int change_over(int sock)
{
	struct nl_request r;

	MUST(link_change(&r, "lo"));
	nl_attr_u32(&r, IFLA_MTU, 1400);
	return nl_ask_on(sock, &r, NULL);
}

CASE(netlink_request_needs_the_rights_of_opener_and_sender)
{
	int of_root = MUST(nl_open(NETLINK_ROUTE, 0));

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, change_over(of_root));
		GIVE_FD(user, MUST(nl_open(NETLINK_ROUTE, 0)));
	}
	FAILS(EPERM, change_over(TAKE_FD(user)));
	EXITS(user, 0);
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, change_over(of_root));
		GIVE_FD(box, MUST(nl_open(NETLINK_ROUTE, 0)));
		MUST(unshare(NS_NET));
		OK(change_over(MUST(nl_open(NETLINK_ROUTE, 0)))); /* controls */
	}
	FAILS(EPERM, change_over(TAKE_FD(box)));
	EXITS(box, 0);
	OK(change_over(of_root));
}

#define RING (256U << 10)

static int set_packet_option(int sock, int option, unsigned int value)
{
	return setsockopt(sock, SOL_PACKET, option, &value, sizeof(value));
}

struct ring_after_one {
	unsigned int drops, status;
};

/* What a ring of one frame with this much room before the packet says once a datagram went over the loopback. */
static struct ring_after_one ring_with_reserve(unsigned int reserve)
{
	struct tpacket_req shape = {
		.tp_block_size = RING, .tp_block_nr = 1, .tp_frame_size = RING, .tp_frame_nr = 1};
	struct sockaddr_ll loopback = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1};
	int sock = MUST(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
	struct tpacket_stats stats = {0};
	socklen_t size = sizeof(stats);

	FAILS(EINVAL, set_packet_option(sock, PACKET_RESERVE, 0x80000000U));
	MUST(set_packet_option(sock, PACKET_VERSION, TPACKET_V2));
	OK(set_packet_option(sock, PACKET_RESERVE, reserve));
	MUST(setsockopt(sock, SOL_PACKET, PACKET_RX_RING, &shape, sizeof(shape)));
	volatile struct tpacket2_hdr *frame = mmap(NULL, RING, PROT_READ | PROT_WRITE, MAP_SHARED, sock, 0);
	HOLDS(frame != MAP_FAILED);
	MUST(bind(sock, (struct sockaddr *)&loopback, sizeof(loopback)));
	MUST(udp_send("127.0.0.1:5000", "x"));
	while (!stats.tp_packets && !stats.tp_drops) {
		MUST(getsockopt(sock, SOL_PACKET, PACKET_STATISTICS, &stats, &size));
		MUST(sched_yield());
	}
	return (struct ring_after_one){.drops = stats.tp_drops, .status = frame->tp_status};
}

CASE(packet_ring_reserve_overflow_is_dropped)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(box, NS_USER | NS_NET, .map = "0 1000 1") {
			MUST(link_up("lo"));
			MUST(udp_bind("127.0.0.1:5000"));
			struct ring_after_one ring = ring_with_reserve(0);
			IS(ring.drops, 0); /* control: without the reserve it is taken in */
			HOLDS(ring.status & TP_STATUS_USER);
			ring = ring_with_reserve(65535);
			HOLDS(ring.drops >= 1);
			IS(ring.status, TP_STATUS_KERNEL);
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
}
