// SPDX-License-Identifier: GPL-2.0-only
/* Tests that pass but leave something behind in the initial namespaces; see expected.tsv. */
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP     "selftest.leak"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(process_in_a_session_of_its_own)
{
	CHILD(box, 0) {
		CHILD(daemon, 0) {
			MUST(setsid());
			TELL(daemon);
			for (;;)
				pause();
		}
		HEAR(daemon);
		_exit(0); /* leaves it to whoever adopts it */
	}
	EXITS(box, 0);
}

/* Nor is one lost that has left the cgroup in which its test ran. */
CASE(process_outside_the_box)
{
	CHILD(box, 0) {
		CHILD(daemon, 0) {
			MUST(setsid());
			MUST(file_write("/sys/fs/cgroup/cgroup.procs", "0"));
			TELL(daemon);
			for (;;)
				pause();
		}
		HEAR(daemon);
		_exit(0);
	}
	EXITS(box, 0);
}

CASE(mount_of_tmpfs, .initial = NS_MNT)
{
	MUST(mkdir("/run/leak", 0755));
	MUST(tmpfs_make("/run/leak"));
}

CASE(changed_propagation, .initial = NS_MNT)
{
	MUST(mount(NULL, "/run", NULL, MS_SHARED, NULL));
}

CASE(changed_hostname, .initial = NS_UTS)
{
	MUST(sethostname("leak", 4));
}

CASE(changed_domainname, .initial = NS_UTS)
{
	MUST(setdomainname("leak", 4));
}

CASE(bridge_device, .initial = NS_NET)
{
	MUST(link_add_bridge("leak0"));
}

CASE(message_queue, .initial = NS_IPC)
{
	MUST(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
}

CASE(semaphores, .initial = NS_IPC)
{
	MUST(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
}

CASE(shared_memory, .initial = NS_IPC)
{
	MUST(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
}

CASE(changed_sysctl)
{
	MUST(file_write("/proc/sys/kernel/overflowuid", "65533"));
}

CASE(cgroup_outside_the_box)
{
	MUST(mkdir("/sys/fs/cgroup/leak", 0755));
}

CASE(posix_message_queue, .initial = NS_IPC)
{
	MUST(mq_open("/leak", O_CREAT | O_RDWR | O_CLOEXEC, 0600, NULL));
}

CASE(named_network_namespace, .initial = NS_MNT)
{
	MUST(mkdir("/run/netns", 0755));
	MUST(open("/run/netns/leak", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	MUST(mount("/proc/self/ns/net", "/run/netns/leak", NULL, MS_BIND, NULL));
}

CASE(key_of_the_user)
{
	MUST(syscall(SYS_add_key, "user", "leak", "text", 4, KEY_SPEC_USER_KEYRING));
}

CASE(keyring_of_the_user)
{
	MUST(syscall(SYS_add_key, "keyring", "leaked ring", NULL, 0, KEY_SPEC_USER_KEYRING));
}

/* Such a key goes with its session, a moment after it: no leak. */
CASE(key_of_a_session)
{
	MUST(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0));
	MUST(syscall(SYS_add_key, "user", "no leak", "text", 4, KEY_SPEC_SESSION_KEYRING));
}

CASE(changed_limit_of_namespaces)
{
	MUST(file_write("/proc/sys/user/max_uts_namespaces", "77"));
}

CASE(changed_sysctl_of_the_network, .initial = NS_NET)
{
	MUST(file_write("/proc/sys/net/ipv4/ip_default_ttl", "77"));
}

CASE(changed_sysctl_of_ipv6, .initial = NS_NET)
{
	MUST(file_write("/proc/sys/net/ipv6/bindv6only", "1"));
}

CASE(changed_sysctl_of_unix_sockets, .initial = NS_NET)
{
	MUST(file_write("/proc/sys/net/unix/max_dgram_qlen", "77"));
}

CASE(changed_sysctl_of_all_networks, .initial = NS_NET)
{
	MUST(file_write("/proc/sys/net/core/netdev_max_backlog", "777"));
}

CASE(changed_sysctl_of_message_queues, .initial = NS_IPC)
{
	MUST(file_write("/proc/sys/fs/mqueue/msg_max", "77"));
}

/* TAINT_USER: a write adds bits (Documentation/admin-guide/sysctl/kernel.rst). */
CASE(taint)
{
	MUST(file_write("/proc/sys/kernel/tainted", "64"));
}
