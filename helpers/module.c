// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/module.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/file.h"
#include "helpers/kconfig.h"
#include "helpers/netlink.h"

/* What a module that rows name in `module:` can be known by. */
static const struct module {
	const char *name, *option;
	const char *link;        /* the kind of link that it makes; NULL: none, or the kernel does not say */
	const char *file_system; /* or the file system */
} modules[] = {
	{"8021q", "CONFIG_VLAN_8021Q", "vlan", NULL},
	{"binfmt_misc", "CONFIG_BINFMT_MISC", NULL, "binfmt_misc"},
	{"bonding", "CONFIG_BONDING", "bond", NULL},
	{"bridge", "CONFIG_BRIDGE", "bridge", NULL},
	{"dummy", "CONFIG_DUMMY", "dummy", NULL},
	{"ipip", "CONFIG_NET_IPIP", "ipip", NULL},
	{"iptable_filter", "CONFIG_IP_NF_FILTER", NULL, NULL},
	{"ipvlan", "CONFIG_IPVLAN", "ipvlan", NULL},
	{"macvlan", "CONFIG_MACVLAN", "macvlan", NULL},
	{"nf_conntrack", "CONFIG_NF_CONNTRACK", NULL, NULL},
	{"nf_conntrack_netlink", "CONFIG_NF_CT_NETLINK", NULL, NULL},
	{"nf_tables", "CONFIG_NF_TABLES", NULL, NULL},
	{"nft_chain_nat", "CONFIG_NFT_NAT", NULL, NULL},
	{"nft_ct", "CONFIG_NFT_CT", NULL, NULL},
	{"nft_masq", "CONFIG_NFT_MASQ", NULL, NULL},
	{"nft_nat", "CONFIG_NFT_NAT", NULL, NULL},
	{"overlay", "CONFIG_OVERLAY_FS", NULL, "overlay"},
	{"tun", "CONFIG_TUN", NULL, NULL},
	{"unix_diag", "CONFIG_UNIX_DIAG", NULL, NULL},
	{"veth", "CONFIG_VETH", "veth", NULL},
	{"virtio_net", "CONFIG_VIRTIO_NET", NULL, NULL},
	{"vrf", "CONFIG_NET_VRF", "vrf", NULL},
	{"vsock_loopback", "CONFIG_VSOCKETS_LOOPBACK", NULL, NULL},
};

static const struct module *find(const char *name)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (strcmp(modules[i].name, name) == 0)
			return &modules[i];
	return NULL;
}

bool module_known(const char *name)
{
	return find(name);
}

/* Module names are written with either dash or underscore; sysfs uses the latter. */
static bool in_sysfs(const char *name)
{
	char *dir = (char *)path("/sys/module/%s", name);

	for (char *c = dir + strlen("/sys/module/"); *c; c++)
		if (*c == '-')
			*c = '_';
	return file_exists(dir);
}

static bool has_file_system(const char *name)
{
	const char *list = file_read("/proc/filesystems");

	return list && strstr(list, path("\t%s\n", name));
}

/*
 * Asks for a link of this kind that cannot be made, with no queue to send by. A kernel that does not know the kind
 * says so before it looks at the rest.
 */
static bool makes_links(const char *kind)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
	struct nl_request r =
		nl_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &info, sizeof(info));
	struct rtattr *nest;

	nl_attr_u32(&r, IFLA_NUM_TX_QUEUES, 0);
	nest = nl_nest(&r, IFLA_LINKINFO);
	nl_attr(&r, IFLA_INFO_KIND, kind, strlen(kind));
	nl_nest_end(&r, nest);
	return nl_ask(NETLINK_ROUTE, &r, NULL) < 0 && errno == EINVAL;
}

static bool in_list(const char *name)
{
	struct utsname kernel;

	if (uname(&kernel) < 0)
		return false;
	FILE *list = fopen(path("/lib/modules/%s/modules.builtin", kernel.release), "re");
	char *line = NULL, wanted[NAME_MAX];
	size_t size = 0;
	bool found = false;

	if (!list)
		return false;
	snprintf(wanted, sizeof(wanted), "/%s.ko\n", name);
	while (!found && getline(&line, &size, list) > 0) {
		size_t length = strlen(line), tail = strlen(wanted);
		found = length >= tail && strcmp(line + length - tail, wanted) == 0;
	}
	free(line);
	fclose(list);
	return found;
}

bool module_here(const char *name)
{
	const struct module *m = find(name);

	if (in_sysfs(name) || (m && m->file_system && has_file_system(m->file_system)))
		return true;
	return (m && kconfig(m->option) == 'y') || in_list(name);
}

static bool modprobe(const char *name)
{
	char *argv[] = {"modprobe", (char *)name, NULL},
	     *envp[] = {"PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL};
	posix_spawn_file_actions_t quiet;
	pid_t pid;
	int status = -1;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, "modprobe", &quiet, NULL, argv, envp) == 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&quiet);
	return status == 0;
}

bool module_load(const char *name)
{
	const struct module *m = find(name);

	/* The last question would load a module by itself, and is asked where nobody can say more. */
	return module_here(name) || modprobe(name) ||
	       (m && m->link && kconfig(m->option) == '?' && makes_links(m->link));
}
