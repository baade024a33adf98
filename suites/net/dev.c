// SPDX-License-Identifier: GPL-2.0-only
/* Virtual devices of several kinds across network namespaces. network_namespaces(7), Documentation/networking/tuntap.rst */
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "helpers/nscheck.h"

#define GROUP     "net.dev"
#define GROUP_OWN NS_NET

CASE(dummy_is_destroyed_with_ns, .initial = NS_NET)
{
	CHILD(box, NS_NET) {
		MUST(link_add_dummy("dz0"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	int ns = MUST(ns_open(box->pid, "net"));
	MUST(link_add_veth("outer", "inner", ns));
	MUST(close(ns));
	int index = MUST(link_index("outer")), watch = MUST(link_watch());
	HOLDS(strstr(MUST(file_read(proc_path(box->pid, "net/dev"))), "dz0")); /* control */
	FAILS(ENODEV, link_index("dz0"));
	DISMISS(box);
	LINK_AWAIT_GONE(watch, index);
	FAILS(ENODEV, link_index("dz0"));
}

/* A macvlan device in bridge mode. */
static void add_macvlan_bridge(const char *name, const char *lower)
{
	struct ifinfomsg empty = {0};
	struct nl_request r = nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &empty, sizeof(empty));

	nl_attr_text(&r, IFLA_IFNAME, name);
	nl_attr_u32(&r, IFLA_LINK, (uint32_t)MUST(link_index(lower)));
	struct rtattr *info = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, "macvlan", strlen("macvlan"));
	struct rtattr *data = nl_nest(&r, IFLA_INFO_DATA);
	nl_attr_u32(&r, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	MUST(nl_ask(NETLINK_ROUTE, &r, NULL));
}

static void bring_up_within(int ns, const char *name, const char *address)
{
	WITHIN(ns) {
		MUST(addr_add(name, address));
		MUST(link_up(name));
		LINK_AWAIT_RUNNING(name);
	}
}

CASE(macvlan_moved_ends_communicate)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), home = MUST(ns_open(0, "net")), server = -1;

	MUST(link_add("low", "dummy", 900));
	MUST(link_up("low"));
	add_macvlan_bridge("mv0", "low");
	add_macvlan_bridge("mv1", "low");
	OK(link_move("mv0", a));
	OK(link_move("mv1", b));
	bring_up_within(a, "mv0", "10.3.0.2/24");
	bring_up_within(b, "mv1", "10.3.0.3/24");
	WITHIN(b)
		server = MUST(udp_bind("10.3.0.3:5000"));
	WITHIN(a) {
		MUST(udp_send("10.3.0.3:5000", "a to b"));
		IS(link_number("mv0", IFLA_LINK), 900);
		long long id = OK(link_number("mv0", IFLA_LINK_NETNSID));
		IS(id, nsid(home));
		FAILS(ENODEV, link_index("low"));
	}
	struct datagram got = RECEIVE(server);
	IS(got.text, "a to b");
	IS(got.from, "10.3.0.2");
}

CASE(stacked_devices_die_with_lower_device)
{
	static const struct {
		const char *kind;
		int vlan_id;
	} kinds[] = {{"macvlan", 0}, {"ipvlan", 0}, {"vlan", 5}};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int a = MUST(ns_new(NS_NET));
		NOTE("%s", kinds[i].kind);
		MUST(link_add_dummy("low"));
		MUST(link_add_upper("up0", kinds[i].kind, "low", kinds[i].vlan_id));
		MUST(link_move("up0", a));
		WITHIN(a)
			OK(link_index("up0")); /* control */
		FAILS(ENODEV, link_index("up0"));
		OK(link_del("low"));
		WITHIN(a)
			FAILS(ENODEV, link_index("up0"));
	}
	NOTE_END();

	int home = MUST(ns_open(0, "net")), a = MUST(ns_new(NS_NET));
	WITHIN(a) {
		MUST(link_add_dummy("low"));
		MUST(link_add_upper("up0", "macvlan", "low", 0));
		MUST(link_move("up0", home));
	}
	int index = OK(link_index("up0")), watch = MUST(link_watch());
	MUST(close(a));
	LINK_AWAIT_GONE(watch, index);
	FAILS(ENODEV, link_index("up0"));
}

/* How many devices of the caller's namespace have this master. */
static int ports_of(int master)
{
	struct nl_answers links;
	int ports = 0;

	MUST(rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links));
	for (int i = 0; i < links.count && i < NL_ANSWERS; i++)
		ports += rtnl_number(links.message[i], IFLA_MASTER) == master;
	return ports;
}

CASE(bridge_ports_must_be_local)
{
	int a = MUST(ns_new(NS_NET));

	WITHIN(a)
		MUST(link_add("br1", "bridge", 950));
	MUST(link_add("br0", "bridge", 940));
	MUST(link_add_veth("v0", "v1", -1));
	FAILS(EINVAL, link_set_number("v0", IFLA_MASTER, 950));
	OK(link_set_number("v0", IFLA_MASTER, 940)); /* control */
	IS(ports_of(940), 1);
	OK(link_move("v0", a));
	IS(ports_of(940), 0);
	WITHIN(a) {
		FAILS(ENODATA, link_number("v0", IFLA_MASTER));
		OK(link_set_number("v0", IFLA_MASTER, 950));
	}
}

/* A node of our own: the mode of /dev/net/tun is up to the system. */
static int tun_open(void)
{
	const char *node = "/tmp/tun";

	if (!file_exists(node)) {
		MUST(mknod(node, S_IFCHR, makedev(10, 200)));
		MUST(chmod(node, 0666));
	}
	return MUST(open(node, O_RDWR | O_CLOEXEC));
}

/* TUNSETIFF: makes the device, or attaches to it. -1 with errno. */
static int tun_attach(int fd, const char *name)
{
	struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	return ioctl(fd, TUNSETIFF, &ifr);
}

CASE(tun_belongs_to_ns_of_open)
{
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET)), fd = -1;

	WITHIN(a)
		fd = tun_open();
	WITHIN(b) {
		OK(tun_attach(fd, "ntun0"));
		FAILS(ENODEV, link_index("ntun0"));
	}
	WITHIN(a)
		OK(link_index("ntun0"));
	SAME_NS(BEHIND(OK(sock_ns(fd))), BEHIND(a), NS_NET);
	OTHER_NS(BEHIND(a), BEHIND(b), NS_NET);
}

/* The payload of the next UDP datagram over IPv4 that is routed into a tun device. */
static const char *tun_read(int fd)
{
	static char frame[2048];
	const struct iphdr *ip = (const struct iphdr *)frame;
	ssize_t got;

	do {
		AWAIT(fd);
		got = MUST(read(fd, frame, sizeof(frame) - 1));
	} while (ip->version != 4 || ip->protocol != IPPROTO_UDP);
	frame[got] = '\0';
	return frame + sizeof(struct iphdr) + sizeof(struct udphdr);
}

CASE(tun_fd_follows_moved_device)
{
	int b = MUST(ns_new(NS_NET)), fd = tun_open(), watch = -1, index = -1;
	long long here = MUST(ns_id(0, "net"));

	MUST(tun_attach(fd, "ntun0"));
	SAME_NS(BEHIND(OK(ioctl(fd, TUNGETDEVNETNS))), here, NS_NET);
	OK(link_move("ntun0", b));
	SAME_NS(BEHIND(OK(ioctl(fd, TUNGETDEVNETNS))), BEHIND(b), NS_NET);
	SAME_NS(BEHIND(OK(sock_ns(fd))), here, NS_NET);
	OTHER_NS(BEHIND(b), here, NS_NET);
	WITHIN(b) {
		index = OK(link_index("ntun0"));
		MUST(addr_add("ntun0", "10.8.0.1/24"));
		MUST(link_up("ntun0"));
		MUST(udp_send("10.8.0.2:5000", "through the tunnel"));
		watch = MUST(link_watch());
	}
	IS(tun_read(fd), "through the tunnel");
	MUST(close(fd));
	LINK_AWAIT_GONE(watch, index);
	WITHIN(b)
		FAILS(ENODEV, link_index("ntun0"));
}

CASE(tun_needs_admin_in_ns_owner)
{
	OK(tun_attach(tun_open(), "ntun1")); /* control */
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, tun_attach(tun_open(), "ntun0"));
		CHILD(box, NS_USER, .map = "0 1000 1") {
			FAILS(EPERM, tun_attach(tun_open(), "ntun0"));
			MUST(unshare(NS_NET));
			OK(tun_attach(tun_open(), "ntun0"));
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
}

CASE(tun_owner_is_an_id_of_the_caller)
{
	MUST(close(tun_open())); /* makes the node, which a container may not */
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		int fd = tun_open();
		MUST(tun_attach(fd, "ntun0"));
		MUST(ioctl(fd, TUNSETPERSIST, 1));
		FAILS(EINVAL, ioctl(fd, TUNSETOWNER, 70000)); /* not mapped */
		OK(ioctl(fd, TUNSETOWNER, 5));
		MUST(close(fd));
		CHILD(other, 0, .uid = 6) {
			FAILS(EPERM, tun_attach(tun_open(), "ntun0"));
		}
		EXITS(other, 0);
		CHILD(owner, 0, .uid = 5) {
			OK(tun_attach(tun_open(), "ntun0"));
		}
		EXITS(owner, 0);
	}
	EXITS(box, 0);
}

CASE(ipvlan_on_a_moved_one_needs_admin_over_its_master)
{
	MUST(link_add_dummy("d0"));
	MUST(link_add_upper("iv0", "ipvlan", "d0", 0));
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		HEAR(box);
		OK(link_up("iv0")); /* control: the device itself is the box's */
		FAILS(EPERM, link_add_upper("iv1", "ipvlan", "iv0", 0));
		MUST(link_add_dummy("d1"));
		OK(link_add_upper("iv2", "ipvlan", "d1", 0)); /* controls: over a master of its own */
		OK(link_add_upper("iv3", "ipvlan", "iv2", 0));
	}
	MUST(link_move_to_pid("iv0", box->pid));
	DISMISS(box);
}
