// SPDX-License-Identifier: GPL-2.0-only
/* How long network namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include "suites/lifecycle/patterns.h"

#define GROUP     "lifecycle.net"
#define GROUP_OWN NS_NET

CASE(freed_when_last_process_leaves)
{
	COUNTED(box, NS_NET, 1) {
		CHILD(member, NS_NET) {
			HEAR(member);
		}
		int ns = MUST(ns_open(member->pid, "net"));
		MUST(link_add_veth("outer", "inner", ns));
		MUST(close(ns));
		int index = MUST(link_index("outer")), watch = MUST(link_watch());
		FAILS(ENOSPC, ns_one_more(NS_NET));
		OK(link_index_exists(index)); /* control: the peer is there while the namespace is */

		KILL(member);
		LINK_AWAIT_GONE(watch, index);
		FAILS(ENODEV, link_index_exists(index));
		FREED(NS_NET);
	}
	EXITS(box, 0);
}

static void make_device(void)
{
	MUST(link_add_dummy("kept"));
}

static void claim_device(bool inside)
{
	if (inside)
		OK(link_index("kept"));
	else
		FAILS(ENODEV, link_index("kept"));
}

CASE(open_fd_keeps_state)
{
	kept_with_its_state(NS_NET, make_device, claim_device);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_NET);
}

static int udp_socket(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int netlink_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static int packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
}

static int tun_descriptor(void)
{
	return open("/tmp/tun", O_RDWR | O_CLOEXEC);
}

static int tun_attached(void)
{
	struct ifreq request = {.ifr_name = "tun0", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = tun_descriptor();

	return fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? -1 : fd;
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		OK(close(fds[i]));
}

CASE(socket_of_any_family_pins)
{
	static const struct {
		const char *name;
		int (*make)(void);
	} rows[] = {
		{"UDP socket", udp_socket},         {"unix socket", unix_socket},
		{"netlink socket", netlink_socket}, {"packet socket", packet_socket},
		{"tun descriptor", tun_descriptor}, {"attached tun descriptor", tun_attached},
	};
	/* Without udev(7) only the root of all may open the one in /dev. */
	MUST(mknod("/tmp/tun", S_IFCHR | 0666, makedev(10, 200)));
	MUST(chmod("/tmp/tun", 0666));
	ORDERED(box, NS_NET, ARRAY_SIZE(rows)) {
		int holders[ARRAY_SIZE(rows)], peers[ARRAY_SIZE(rows)];
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			NOTE("%s", rows[i].name);
			int ns = OK(ns_new(NS_NET));
			OTHER_NS(BEHIND(ns), 0, NS_NET);
			MUST(link_add_veth("outer", "inner", ns));
			peers[i] = MUST(link_index("outer"));
			MUST(link_rename("outer", path("outer%zu", i)));
			WITHIN(ns)
				holders[i] = MUST(rows[i].make());
			MUST(close(ns));
		}
		NOTE_END();
		HOLDER(close_all(holders, ARRAY_SIZE(rows)));
		KEPT(NS_NET);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			NOTE("%s", rows[i].name);
			int watch = MUST(link_watch());
			OK(link_index_exists(peers[i]));
			OK(close(holders[i]));
			LINK_AWAIT_GONE(watch, peers[i]);
			MUST(close(watch));
		}
		ns_quota(NS_WHERE, NS_NET, 1);
		FREED(NS_NET);
	}
	EXITS(box, 0);
}

/* In a COUNTED box: a process that is alone in a network namespace, which opens a file there and gives it. */
static struct child *opener(const char *file, int flags)
{
	CHILD(member, NS_NET) {
		GIVE_FD(member, MUST(open(file, flags | O_CLOEXEC)));
		HEAR(member);
	}
	FAILS(ENOSPC, ns_one_more(NS_NET));
	return member;
}

CASE(open_proc_net_file_pins)
{
	char text[256];

	ORDERED(by_file, NS_NET, 1) {
		struct child *member = opener("/proc/self/net/dev", O_RDONLY);
		int fd = TAKE_FD(member);
		HOLDER(OK(close(fd)));
		DISMISS(member);
		KEPT(NS_NET);
		HOLDS(OK(read(fd, text, sizeof(text))) > 0);
		freed_by_close(fd, NS_NET);
	}
	EXITS(by_file, 0);
	COUNTED(by_directory, NS_NET, 1) {
		struct child *member = opener("/proc/self/net", O_RDONLY | O_DIRECTORY);
		int fd = TAKE_FD(member);
		DISMISS(member);
		FREED(NS_NET);
		OK(close(fd));
	}
	EXITS(by_directory, 0);
}

CASE(sysctl_fd_and_sysfs_mount_do_not_pin)
{
	char text[16];

	COUNTED(by_file, NS_NET, 1) {
		struct child *member = opener("/proc/sys/net/ipv4/ip_forward", O_RDONLY);
		int fd = TAKE_FD(member);
		DISMISS(member);
		FREED(NS_NET);
		FAILS(ENOENT, read(fd, text, sizeof(text)));
	}
	EXITS(by_file, 0);
	COUNTED(by_mount, NS_NET, 1) {
		MUST(dir_make("/tmp/sys"));
		CHILD(member, NS_NET) {
			MUST(mount("sysfs", "/tmp/sys", "sysfs", 0, NULL));
			HOLDS(file_exists("/tmp/sys/class/net/lo"));
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		FAILS(ENOSPC, ns_one_more(NS_NET));
		DISMISS(member);
		FREED(NS_NET);
		HOLDS(!file_exists("/tmp/sys/class/net/lo"));
		OK(umount("/tmp/sys"));
	}
	EXITS(by_mount, 0);
}
