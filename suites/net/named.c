// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces with names, as ip(8) makes them. ip-netns(8), namespaces(7) */
#include <linux/magic.h>
#include <sys/statfs.h>

#include "helpers/nscheck.h"

#define GROUP     "net.named"
#define GROUP_OWN NS_NET

/* /run/netns of the test alone. */
static void names_make(void)
{
	MUST(tmpfs_make("/run"));
}

/* What ip(8) prints for commands, one a line, that a single process of it runs. NULL with errno. */
static const char *ip_batch(const char *commands)
{
	MUST(file_put("/tmp/commands", commands));
	return tool_output("ip -batch /tmp/commands");
}

static int named(const char *name)
{
	return open(path("/run/netns/%s", name), O_RDONLY | O_CLOEXEC);
}

CASE(ip_netns_add_bind_mounts_nsfs)
{
	struct statfs fs;

	names_make();
	IS(tool("ip netns add x"), 0);
	OK(statfs("/run/netns/x", &fs));
	IS(fs.f_type, NSFS_MAGIC);
	long long id = ns_id_of(MUST(named("x")));
	OTHER_NS(id, 0, NS_NET);
	IS_NOT(tool("ip netns add x"), 0);
	WITHIN(MUST(named("x")))
		SAME_NS(0, id, NS_NET);
	IS(ip_batch("netns pids x\n" /* prints nothing: it lives without any process */
		    "netns exec x readlink /proc/self/ns/net\n"
		    "netns del x"),
	   path("net:[%lld]", id));
	FAILS(ENOENT, named("x"));
}

CASE(delete_keeps_ns_while_used)
{
	names_make();
	IS(tool("ip netns add x"), 0);
	int ns = MUST(named("x"));
	long long id = ns_id_of(ns);
	CHILD(member, 0) {
		MUST(setns(ns, CLONE_NEWNET));
		MUST(close(ns));
		MUST(link_add_dummy("d0"));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	MUST(close(ns));
	IS(tool("ip netns del x"), 0);
	FAILS(ENOENT, named("x"));
	SAME_NS(member, id, NS_NET);
	HOLDS(strstr(MUST(file_read(proc_path(member->pid, "net/dev"))), "d0"));
	IS(tool(path("ip netns attach y %d", member->pid)), 0);
	DISMISS(member);
	WITHIN(MUST(named("y")))
		OK(link_index("d0"));
	FAILS(ENODEV, link_index("d0"));
}

CASE(iproute2_agrees_with_own_netlink_view)
{
	names_make();
	IS(tool("ip netns add x"), 0);
	int ns = MUST(named("x"));
	CHILD(member, 0) {
		MUST(setns(ns, CLONE_NEWNET));
		MUST(link_add_dummy("d0"));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	HOLDS(strstr(MUST(tool_output("ip -n x link")), " d0: "));
	HOLDS(!strstr(MUST(tool_output("ip link")), " d0: ")); /* control */
	IS(ip_batch(path("netns identify %d\nnetns pids x\nnetns set x 44", member->pid)),
	   path("x\n%d", member->pid));
	IS(nsid(ns), 44);
	DISMISS(member);
}

/* The lines of a text whose last newline is cut off. */
static int lines(const char *text)
{
	int count = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

CASE(ip_netns_exec_gives_private_sys_and_mounts)
{
	struct nl_answers links;

	names_make();
	MUST(link_add_dummy("d0"));
	IS(tool("ip netns add x"), 0);
	/* Symbolic links are devices; bonding, once loaded, adds a plain file. */
	const char *inside = MUST(ip_batch("netns exec x readlink /proc/self/ns/mnt\n"
					   "netns exec x find /sys/class/net -type l"));
	const char *devices = MUST(strchr(inside, '\n')) + 1;
	HOLDS(strncmp(inside, "mnt:[", strlen("mnt:[")) == 0);
	IS_NOT(path("%.*s", (int)(devices - 1 - inside), inside), link_read("/proc/self/ns/mnt"));
	const char *listed = MUST(tool_output("ip -n x -o link"));
	HOLDS(!strstr(devices, "d0"));
	HOLDS(!strstr(listed, "d0"));
	WITHIN(MUST(named("x"))) {
		MUST(rtnl_dump(RTM_GETLINK, AF_UNSPEC, &links));
		IS(lines(devices), links.count);
		IS(lines(listed), links.count);
		for (int i = 0; i < links.count; i++) {
			HOLDS(strstr(devices, rtnl_text(links.message[i], IFLA_IFNAME)));
			HOLDS(strstr(listed, rtnl_text(links.message[i], IFLA_IFNAME)));
		}
	}
}
