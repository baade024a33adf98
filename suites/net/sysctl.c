// SPDX-License-Identifier: GPL-2.0-only
/* Settings in /proc/sys/net. network_namespaces(7), Documentation/networking/ip-sysctl.rst */
#include "helpers/nscheck.h"

#define GROUP     "net.sysctl"
#define GROUP_OWN NS_NET

CASE(values_are_independent)
{
	static const struct {
		const char *file, *plain, *changed;
	} keys[] = {{"/proc/sys/net/ipv4/ip_forward", "0", "1"},
		    {"/proc/sys/net/ipv4/ip_default_ttl", "64", "77"},
		    {"/proc/sys/net/ipv6/conf/all/disable_ipv6", "0", "1"}};
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		NOTE("%s", keys[i].file);
		WITHIN(b)
			MUST(file_write(keys[i].file,
					keys[i].plain)); /* a host may have handed down another */
		MUST(file_write(keys[i].file, keys[i].plain));
		WITHIN(a) {
			OK(file_write(keys[i].file, keys[i].changed));
			IS(file_read(keys[i].file), keys[i].changed); /* control */
		}
		WITHIN(b)
			IS(file_read(keys[i].file), keys[i].plain);
		IS(file_read(keys[i].file), keys[i].plain);
	}
}

static int exists_within(int ns, const char *file)
{
	int result = 0;

	WITHIN(ns)
		result = file_exists(file);
	return result;
}

CASE(init_only_keys_absent_in_child_ns, .initial = NS_NET)
{
	static const char *const keys[] = {"core/netdev_max_backlog",
					   "core/bpf_jit_enable",
					   "core/default_qdisc",
					   "core/fb_tunnels_only_for_init_net",
					   "core/devconf_inherit_init_net",
					   "ipv4/tcp_mem",
					   "ipv4/udp_mem",
					   "ipv4/inet_peer_threshold"};
	int a = MUST(ns_new(NS_NET)), found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *file = path("/proc/sys/net/%s", keys[i]);
		NOTE("%s", keys[i]);
		if (!file_exists(file))
			continue; /* this kernel has it nowhere */
		found++;
		IS(exists_within(a, file), 0);
	}
	NOTE_END();
	HOLDS(found > 0); /* controls */
	IS(exists_within(a, "/proc/sys/net/ipv4/ip_forward"), 1);
}

CASE(buffer_limits_visible_read_only_in_child_ns, .initial = NS_NET)
{
	static const char *const keys[] = {"rmem_max", "wmem_max", "rmem_default", "wmem_default"};
	int a = MUST(ns_new(NS_NET)), there = exists_within(a, "/proc/sys/net/core/rmem_max");
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *file = path("/proc/sys/net/core/%s", keys[i]), *host = MUST(file_read(file));
		NOTE("%s", keys[i]);
		IS(exists_within(a, file), there); /* all of them, or, on older kernels, none */
		if (!there)
			continue;
		WITHIN(a) {
			OK(stat(file, &st));
			IS(st.st_mode & 0777, 0444);
			IS(file_read(file), host);
			FAILS(EACCES, file_write(file, host));
		}
		MUST(file_write(file, "300000")); /* control: the host can */
		WITHIN(a)
			IS(file_read(file), "300000");
		MUST(file_write(file, host));
	}
}

#define TTL "/proc/sys/net/ipv4/ip_default_ttl"

CASE(path_follows_ns_and_fd_does_not)
{
	int fd = MUST(open(TTL, O_WRONLY | O_CLOEXEC));

	IS(file_read(TTL), "64");
	WITHIN(MUST(ns_new(NS_NET))) {
		IS(write(fd, "77", 2), 2);
		IS(file_read(TTL), "64");
		OK(file_write(TTL, "78")); /* control: by path it is another */
	}
	IS(file_read(TTL), "77");
}

CASE(userns_root_writes_only_own_ns)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EACCES, file_write(TTL, "77"));
		CHILD(box, NS_USER, .map = "0 1000 1") {
			struct stat st;
			FAILS(EACCES, file_write(TTL, "77"));
			MUST(unshare(NS_NET));
			OK(file_write(TTL, "77"));
			IS(file_read(TTL), "77");
			OK(stat(TTL, &st));
			IS(st.st_uid, 0);
		}
		EXITS(box, 0);
	}
	EXITS(user, 0);
	IS(file_read(TTL), "64");
	OK(file_write(TTL, "77")); /* control: root of the owner may */
}

#define INHERIT "/proc/sys/net/core/devconf_inherit_init_net"

/* Settings of the initial namespace that tests change; each is put back. */
static const struct {
	const char *file, *changed, *plain; /* plain: what the kernel starts with */
} devconf[] = {{"/proc/sys/net/ipv4/conf/all/log_martians", "1", "0"},
	       {"/proc/sys/net/ipv4/conf/default/rp_filter", "2", "0"},
	       {"/proc/sys/net/ipv4/ip_forward", "1", "0"},
	       {"/proc/sys/net/ipv6/conf/default/hop_limit", "33", "64"}};

/* Claims what a namespace made now starts with, where ipv4 and ipv6 say whether those settings are inherited. */
static void starts_with(bool ipv4, bool ipv6)
{
	WITHIN(MUST(ns_new(NS_NET))) {
		for (size_t i = 0; i < ARRAY_SIZE(devconf); i++) {
			bool inherited = strstr(devconf[i].file, "ipv6") ? ipv6 : ipv4;
			NOTE("%s", devconf[i].file);
			IS(file_read(devconf[i].file), inherited ? devconf[i].changed : devconf[i].plain);
		}
		NOTE_END();
	}
}

CASE(devconf_inherit_init_net_modes, .initial = NS_NET)
{
	char saved[ARRAY_SIZE(devconf)][16], mode[16];

	snprintf(mode, sizeof(mode), "%s", MUST(file_read(INHERIT)));
	for (size_t i = 0; i < ARRAY_SIZE(devconf); i++) {
		snprintf(saved[i], sizeof(saved[i]), "%s", MUST(file_read(devconf[i].file)));
		MUST(file_write(devconf[i].file, devconf[i].changed));
	}
	MUST(file_write(INHERIT, "0"));
	starts_with(true, false);
	MUST(file_write(INHERIT, "1"));
	starts_with(true, true);
	MUST(file_write(INHERIT, "2"));
	starts_with(false, false);
	OK(file_write(INHERIT, "3"));
	starts_with(true, true);
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(file_write(devconf[0].file, "0"));
		WITHIN(MUST(ns_new(NS_NET)))
			IS(file_read(devconf[0].file), "0"); /* of its creator, not of the host */
	}
	MUST(file_write(INHERIT, mode));
	for (size_t i = 0; i < ARRAY_SIZE(devconf); i++)
		MUST(file_write(devconf[i].file, saved[i]));
}

CASE(tcp_defaults_copied_from_host, .initial = NS_NET)
{
	const char *control = "/proc/sys/net/ipv4/tcp_congestion_control";
	const char *rmem = "/proc/sys/net/ipv4/tcp_rmem";
	char saved_control[64], saved_rmem[64];

	snprintf(saved_control, sizeof(saved_control), "%s", MUST(file_read(control)));
	snprintf(saved_rmem, sizeof(saved_rmem), "%s", MUST(file_read(rmem)));
	/* the default of the kernel is there for sure */
	const char *other = strcmp(saved_control, "reno") != 0 ? saved_control : "cubic";
	MUST(file_write(control, other));
	WITHIN(MUST(ns_new(NS_NET)))
		IS(file_read(control), other);
	MUST(file_write(control, "reno"));
	MUST(file_write(rmem, "4096 99999 6000000"));
	int a = MUST(ns_new(NS_NET));
	WITHIN(a) {
		IS(file_read(control), "reno");
		IS(file_read(rmem), "4096\t99999\t6000000");
		OK(file_write(control, other));
		IS(file_read(control), other); /* control */
	}
	IS(file_read(control), "reno");
	MUST(file_write(rmem, saved_rmem));
	WITHIN(a)
		IS(file_read(rmem), "4096\t99999\t6000000");
	MUST(file_write(control, saved_control));
}

CASE(others_do_not_follow_the_host, .initial = NS_NET)
{
	static const struct {
		const char *file, *changed, *plain; /* plain: what the kernel starts with */
	} keys[] = {{"/proc/sys/net/ipv4/ip_default_ttl", "77", "64"},
		    {"/proc/sys/net/ipv4/ip_local_port_range", "20000\t30000", "32768\t60999"},
		    {"/proc/sys/net/ipv4/ip_unprivileged_port_start", "80", "1024"},
		    {"/proc/sys/net/ipv4/ping_group_range", "5\t5", "1\t0"},
		    {"/proc/sys/net/ipv6/bindv6only", "1", "0"},
		    {"/proc/sys/net/unix/max_dgram_qlen", "55", "10"}};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		NOTE("%s", keys[i].file);
		const char *saved = MUST(file_read(keys[i].file));
		MUST(file_write(keys[i].file, keys[i].changed));
		IS(file_read(keys[i].file), keys[i].changed); /* control */
		WITHIN(MUST(ns_new(NS_NET)))
			IS(file_read(keys[i].file), keys[i].plain);
		MUST(file_write(keys[i].file, saved));
	}
}

#define BACKLOG_LIMIT "/proc/sys/net/core/somaxconn"

CASE(core_keys_in_userns_owned_ns, .initial = NS_NET)
{
	char saved[16];

	snprintf(saved, sizeof(saved), "%s", MUST(file_read(BACKLOG_LIMIT)));
	MUST(file_write(BACKLOG_LIMIT, "777"));
	WITHIN(MUST(ns_new(NS_NET)))
		IS(file_read(BACKLOG_LIMIT),
		   "4096"); /* control: root's own has it, with the kernel's default */
	CHILD(box, NS_USER | NS_NET, .map = CONTAINER_MAP) {
		HOLDS(file_exists("/proc/sys/net/ipv4/ip_forward")); /* control */
		if (file_exists(BACKLOG_LIMIT)) {                    /* older kernels hide it */
			IS(file_read(BACKLOG_LIMIT), "4096");
			OK(file_write(BACKLOG_LIMIT, "555"));
			IS(file_read(BACKLOG_LIMIT), "555");
		}
	}
	EXITS(box, 0);
	IS(file_read(BACKLOG_LIMIT), "777");
	MUST(file_write(BACKLOG_LIMIT, saved));
}
