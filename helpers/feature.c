// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/feature.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_tun.h>
#include <linux/ioctl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/compat.h"
#include "helpers/creds.h"
#include "helpers/file.h"
#include "helpers/idmap.h"
#include "helpers/mnt.h"
#include "helpers/netlink.h"
#include "helpers/ns.h"
#include "helpers/nsfs.h"
#include "helpers/sabotage.h"
#include "helpers/statmount.h"

#define NO_DESCRIPTOR 1000000          /* one that no process has open */
#define NO_POINTER    8UL              /* where no process has memory */
#define NO_FLAG       0x80000000U      /* one that no call knows */
#define NO_PATH       "/nowhere/known" /* what nobody has made */

/* A call did not say that it knows nothing of what it was asked for: by this errno, or by not being there. */
static bool knows(long result, int unknown)
{
	return result >= 0 || (errno != unknown && errno != ENOSYS);
}

static bool knows_and_closes(long result, int unknown)
{
	int err = errno;

	if (result >= 0)
		close((int)result);
	errno = err;
	return knows(result, unknown);
}

/* In a process of its own, which may give up what it has: whether `ask` says yes there. */
static bool elsewhere(bool (*ask)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(ask() ? 0 : 1);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

/* In a mount namespace of its own, with a fresh tmpfs on /tmp. */
static bool get_tmpfs(void)
{
	return __real_unshare(CLONE_NEWNS) == 0 && mnt_propagation("/", MS_REC | MS_PRIVATE) == 0 &&
	       mount("tmpfs", "/tmp", "tmpfs", 0, NULL) == 0;
}

/*
 * The file of a namespace, or a pidfd, asked by ioctl(2) for what it cannot answer: where the command is not known it is
 * ENOTTY.
 */
static bool ioctl_knows(int fd, unsigned long request, unsigned long argument)
{
	bool known = knows(ioctl(fd, request, argument), ENOTTY);

	close(fd);
	return known;
}

static bool ns_knows(unsigned long request, unsigned long argument)
{
	return ioctl_knows(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), request, argument);
}

/* 6.11, ca567df74a28: asked for the number of a process, of what is no PID namespace (EINVAL). */
static bool ns_translates_pids(void)
{
	return ns_knows(NS_GET_PID_FROM_PIDNS, 1);
}

/* 6.11, 09b31295f833: asked with no room for the answer (EFAULT). */
static bool mnt_ns_has_id(void)
{
	return ns_knows(NS_GET_MNTNS_ID, NO_POINTER);
}

/* 6.12, a1d220d9dafa: asked with no room for the answer (EINVAL). */
static bool mnt_ns_tells(void)
{
	return ns_knows(NS_MNT_GET_INFO, 0);
}

/* 6.18: asked with no room for the answer (EFAULT). */
static bool ns_has_id(void)
{
	return ns_knows(NS_GET_ID, NO_POINTER);
}

static bool pidfd_knows(unsigned long request, unsigned long argument)
{
	return ioctl_knows(pidfd_open(getpid(), 0), request, argument);
}

/* 6.11, 5b08bd408534: asked with an argument, of which there is none (EINVAL). */
static bool pidfd_gives_namespaces(void)
{
	return pidfd_knows(_IO(0xFF, 10), 1); /* PIDFD_GET_UTS_NAMESPACE */
}

/* 6.13, cdda1f26e74b: asked with no room for the answer (EINVAL). */
static bool pidfd_gives_info(void)
{
	return pidfd_knows(PIDFD_GET_INFO_FIRST, 0);
}

/* 6.9, 64bef697d33b: asked for a thread that cannot be (ESRCH). */
static bool pidfd_of_thread(void)
{
	return knows_and_closes(pidfd_open(INT_MAX, PIDFD_THREAD), EINVAL);
}

/* Who has handles looks at the room for them, which is more than there may be (EINVAL). */
static bool encodes(int fd)
{
	struct file_handle head = {.handle_bytes = MAX_HANDLE_SZ + 1};
	int mount;
	bool can = knows(name_to_handle_at(fd, "", &head, &mount, AT_EMPTY_PATH), EOPNOTSUPP);

	close(fd);
	return can;
}

/* 6.14, b3caba8f7a34. */
static bool pidfd_has_handle(void)
{
	return encodes(pidfd_open(getpid(), 0));
}

/* 6.18, 5222470b2fbb. */
static bool ns_has_handle(void)
{
	return encodes(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
}

/* 6.19: asked with a flag that it does not have (EINVAL). */
static bool has_listns(void)
{
	return knows(syscall(SYS_listns, NULL, NULL, 0, NO_FLAG), ENOSYS);
}

/* 5.12, 2a1867219c7b: the same. */
static bool has_mount_setattr(void)
{
	struct mount_attr none = {0};

	return knows(mount_setattr(-1, "", NO_FLAG, &none, sizeof(none)), ENOSYS);
}

/* 6.15, c4a16820d901: the same. */
static bool has_open_tree_attr(void)
{
	return knows(syscall(SYS_open_tree_attr, -1, NO_PATH, NO_FLAG, NULL, 0), ENOSYS);
}

/* 6.8, 46eae99ef733 and b4c2bea8ceaa: the same. */
static bool has_statmount(void)
{
	return knows(syscall(SYS_statmount, NULL, NULL, 0, NO_FLAG), ENOSYS);
}

/* 6.12, d04bccd8c19d: the flag, and no question (EFAULT). */
static bool listmount_goes_backwards(void)
{
	return knows(syscall(SYS_listmount, NO_POINTER, NULL, 0, LIST_REVERSE), EINVAL);
}

/* 7.0: the same. */
static bool statmount_takes_descriptor(void)
{
	return knows(syscall(SYS_statmount, NO_POINTER, NULL, 0, ASK_BY_FD), EINVAL);
}

/* 6.18: a bad descriptor (EBADF) in a field that had to be 0. */
static bool listmount_takes_descriptor(void)
{
	uint64_t id;

	return knows(mnt_list((struct mnt_question){.fd = NO_DESCRIPTOR, .id = LIST_ROOT}, &id, 1, 0),
		     EINVAL);
}

static bool move_mount_knows(unsigned int flag)
{
	return knows(move_mount(NO_DESCRIPTOR, "from", NO_DESCRIPTOR, "to", flag), EINVAL);
}

/* 5.15, 9ffb14ef61ba: the flag, and bad descriptors (EBADF). */
static bool move_mount_sets_group(void)
{
	return move_mount_knows(MOVE_MOUNT_SET_GROUP);
}

/* 6.5, 6ac392815628: the same. */
static bool move_mount_goes_beneath(void)
{
	return move_mount_knows(MOVE_MOUNT_BENEATH);
}

/* 7.0: the same. */
static bool open_tree_makes_namespace(void)
{
	return knows_and_closes(open_tree(NO_DESCRIPTOR, "tree", OPEN_TREE_NAMESPACE | OPEN_TREE_CLOEXEC),
				EINVAL);
}

/* 7.1: the same. */
static bool fsmount_makes_namespace(void)
{
	return knows_and_closes(fsmount(NO_DESCRIPTOR, FSMOUNT_CLOEXEC | FSMOUNT_NAMESPACE, 0), EINVAL);
}

/* A user without any privilege is refused what he needs one for (EPERM), and what the kernel does not know is EINVAL. */
static bool unshare_makes_empty_namespace(void)
{
	return become_unprivileged(UNPRIVILEGED) == 0 && knows(__real_unshare(UNSHARE_EMPTY_MNTNS), EINVAL);
}

/* 7.1. */
static bool empty_namespaces(void)
{
	return elsewhere(unshare_makes_empty_namespace);
}

static bool clone3_makes_time_namespace(void)
{
	struct clone_args args = {.flags = CLONE_NEWTIME, .exit_signal = SIGCHLD};

	if (become_unprivileged(UNPRIVILEGED) < 0)
		return false;
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return knows(pid, EINVAL);
}

/* 6.3, a402f1e35313, and 5.10 and 6.1 by backports. */
static bool clone3_newtime(void)
{
	return elsewhere(clone3_makes_time_namespace);
}

/* 6.15, 0f46d81f2bce: the kind of mark, and a bad group (EBADF). */
static bool fanotify_marks_mnt_ns(void)
{
	return knows(fanotify_mark(NO_DESCRIPTOR, FAN_MARK_ADD | FAN_MARK_MNTNS, FAN_MNT_ATTACH,
				   NO_DESCRIPTOR, NULL),
		     EINVAL);
}

static bool tmpfs_has_fsid(void)
{
	struct statfs fs;

	return get_tmpfs() && statfs("/tmp", &fs) == 0 && (fs.f_fsid.__val[0] || fs.f_fsid.__val[1]);
}

/*
 * 5.13, 7cea2a3c505e with a file for its limits, and 59cda49ecf6c of the same release, by which a tmpfs has the id that
 * such a group reports: statfs(2) tells it.
 */
static bool fanotify_for_users(void)
{
	return file_exists("/proc/sys/user/max_fanotify_groups") && elsewhere(tmpfs_has_fsid);
}

/* 6.18: a path where there is nothing (ENOENT), and not an unknown option (EINVAL). */
static bool proc_takes_pidns(void)
{
	int context = fsopen("proc", FSOPEN_CLOEXEC);
	bool known = knows(fsconfig(context, FSCONFIG_SET_STRING, "pidns", NO_PATH, 0), EINVAL);

	close(context);
	return known;
}

/*
 * Up to 6.19 devpts took whatever it was given until it was mounted; from 7.0 on it reads its parameters one by one, and
 * a flag that it does not have is EINVAL.
 */
static bool devpts_reads_parameters(void)
{
	int context = fsopen("devpts", FSOPEN_CLOEXEC);
	bool taken = fsconfig(context, FSCONFIG_SET_FLAG, "nscheck", NULL, 0) == 0;

	close(context);
	return !taken;
}

/*
 * 5.11: the option `userxattr` (2d2f2d7322ff) is for mounts in user namespaces (459c7c565ac3), and without it they are of
 * little use. Read first, it is unknown (EINVAL), or the layer that is not there is (ENOENT).
 */
static bool overlay_in_user_namespaces(void)
{
	return knows(mount("overlay", "/", "overlay", 0, "userxattr,lowerdir=" NO_PATH ":" NO_PATH), EINVAL);
}

static bool refused_for_the_filesystem(void)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP};

	if (!get_tmpfs() || __real_unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || idmap_write(0, "0 0 1") < 0)
		return false;
	int tree = open_tree(AT_FDCWD, "/tmp", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	attr.userns_fd = (uint64_t)open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	return knows(mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)), EINVAL);
}

/*
 * 6.3, 7a80e5b8c6fa: no mount is mapped. Root of a user namespace asks for a file system that is not its own: EPERM,
 * but for one whose mounts cannot be mapped at all EINVAL, which is found out before.
 */
static bool tmpfs_can_be_mapped(void)
{
	return elsewhere(refused_for_the_filesystem);
}

/* 5.8, 80340fe3605c, by the same hand as the id of a mount (fa2fcf4f1df1): the kernel says that it knows roots of mounts. */
static bool statx_knows_mounts(void)
{
	struct statx stx = {0};

	return statx(AT_FDCWD, "/", 0, STATX_TYPE, &stx) == 0 &&
	       stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT;
}

/* 5.14, e8b9eab99232: no room for the answer (EINVAL). */
static bool socket_has_cookie(void)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), small;
	socklen_t size = sizeof(small);
	bool known = knows(getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &small, &size), ENOPROTOOPT);

	close(sock);
	return known;
}

/* 5.13, eeb85a14ee34: a number that no device has is refused (ERANGE) before one asks which device it was for (ENODEV). */
static bool link_takes_new_index(void)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = INT_MAX};
	struct nl_request r = nl_request(RTM_SETLINK, NLM_F_ACK, &info, sizeof(info));

	nl_attr_u32(&r, IFLA_NEW_IFINDEX, (uint32_t)-1);
	return nl_ask(NETLINK_ROUTE, &r, NULL) < 0 && errno == ERANGE;
}

/* 6.15, 4754affe0b57: what only the kernel may say is refused (EINVAL) before one asks which device it was for (ENODEV). */
static bool link_tells_immutability(void)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC, .ifi_index = INT_MAX};
	struct nl_request r = nl_request(RTM_SETLINK, NLM_F_ACK, &info, sizeof(info));
	const unsigned char one = 1;

	nl_attr(&r, COMPAT_IFLA_NETNS_IMMUTABLE, &one, sizeof(one));
	return nl_ask(NETLINK_ROUTE, &r, NULL) < 0 && errno == EINVAL;
}

static bool tun_refuses_who_may_not(void)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};

	if (!get_tmpfs() || __real_unshare(CLONE_NEWNET) < 0 ||
	    mknod("/tmp/tun", S_IFCHR | 0600, makedev(10, 200)) < 0)
		return false;
	int fd = open("/tmp/tun", O_RDWR | O_CLOEXEC);
	return ioctl(fd, TUNSETIFF, &request) == 0 && cap_drop_all() == 0 &&
	       knows(ioctl(fd, TUNGETDEVNETNS), EINVAL);
}

/* 5.7, 0c3e0e3bb623: asked by who has no power over the namespace (EPERM). */
static bool tun_tells_namespace(void)
{
	return elsewhere(tun_refuses_who_may_not);
}

/* 7.0: which mode a namespace has is in one file, and that of its children, which tests write, in another one. */
static bool vsock_has_modes(void)
{
	return file_exists("/proc/sys/net/vsock/ns_mode");
}

/* 6.3, 105ff5339f49; in the form with a hierarchy since 6.6, 9876cfe8ec1c: what there was between left no trace. */
static bool memfd_noexec(void)
{
	return file_exists("/proc/sys/vm/memfd_noexec");
}

/*
 * 6.14, a0623b2a1dce: a flag of execveat(2) that came with them (a5874fde3c08), and a bad descriptor (EBADF).
 */
static bool exec_securebits(void)
{
	char *argv[] = {"check", NULL}, *envp[] = {NULL};

	return knows(syscall(SYS_execveat, NO_DESCRIPTOR, "check", argv, envp, 0x10000 /* AT_EXECVE_CHECK */),
		     EINVAL);
}

/* For what no call, file or symbol came with, not even in the same release. */
static bool is_7_3(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 7 || (major == 7 && minor >= 3));
}

/* 5.11, 3ae700ecfae9, which left no trace: a call that came with the same release. */
static bool stat_in_time_namespaces(void)
{
	return knows(syscall(SYS_epoll_pwait2, NO_DESCRIPTOR, NULL, 0, NULL, NULL, 0), ENOSYS);
}

/* For suite selftest. */
static bool of_no_kernel(void)
{
	return file_exists(NO_PATH);
}

static const struct feature {
	const char *name, *words;
	bool (*probe)(void);
	const char *symbols; /* or any of these stands in /proc/kallsyms */
} features[] = {
	{"clone3_newtime", "CLONE_NEWTIME in clone3(2)", clone3_newtime, NULL},
	{"empty_mnt_namespaces", "empty mount namespaces", empty_namespaces, NULL},
	{"exec_securebits", "securebits for exec", exec_securebits, NULL},
	{"fanotify_for_users", "fanotify on a tmpfs for users without privilege", fanotify_for_users, NULL},
	{"fanotify_mnt_namespaces", "FAN_REPORT_MNT", fanotify_marks_mnt_ns, NULL},
	{"fsmount_namespace", "FSMOUNT_NAMESPACE", fsmount_makes_namespace, NULL},
	{"listmount_descriptor", "descriptor of a namespace in listmount(2)", listmount_takes_descriptor,
	 NULL},
	{"listmount_reverse", "LISTMOUNT_REVERSE", listmount_goes_backwards, NULL},
	{"listns", "listns(2)", has_listns, NULL},
	{"memfd_noexec", "vm.memfd_noexec", memfd_noexec, NULL},
	{"mnt_namespace_ids", "ids of mount namespaces", mnt_ns_has_id, NULL},
	{"mount_setattr", "mount_setattr(2)", has_mount_setattr, NULL},
	{"move_mount_beneath", "MOVE_MOUNT_BENEATH", move_mount_goes_beneath, NULL},
	{"move_mount_set_group", "MOVE_MOUNT_SET_GROUP", move_mount_sets_group, NULL},
	{"netns_immutable", "IFLA_NETNS_IMMUTABLE", link_tells_immutability, NULL},
	{"netns_cookies", "SO_NETNS_COOKIE", socket_has_cookie, NULL},
	{"new_ifindex", "IFLA_NEW_IFINDEX for a device that moves", link_takes_new_index, NULL},
	{"ns_get_id", "NS_GET_ID", ns_has_id, NULL},
	{"ns_get_pid", "NS_GET_PID_FROM_PIDNS", ns_translates_pids, NULL},
	{"ns_handles", "file handles of namespaces", ns_has_handle, NULL},
	{"ns_mnt_get_info", "NS_MNT_GET_INFO", mnt_ns_tells, NULL},
	{"open_tree_attr", "open_tree_attr(2)", has_open_tree_attr, NULL},
	{"open_tree_namespace", "OPEN_TREE_NAMESPACE", open_tree_makes_namespace, NULL},
	{"overlay_in_user_namespaces", "overlay for user namespaces", overlay_in_user_namespaces, NULL},
	{"pidfd_get_info", "PIDFD_GET_INFO", pidfd_gives_info, NULL},
	{"pidfd_get_namespace", "PIDFD_GET_UTS_NAMESPACE", pidfd_gives_namespaces, NULL},
	{"pidfd_handles", "file handles of pidfds", pidfd_has_handle, NULL},
	{"pidfd_thread", "pidfds of threads", pidfd_of_thread, NULL},
	{"proc_pidns", "option pidns of procfs", proc_takes_pidns, NULL},
	{"devpts_parameters", "devpts that reads its parameters one by one", devpts_reads_parameters, NULL},
	{"statmount", "statmount(2)", has_statmount, NULL},
	{"statmount_by_fd", "STATMOUNT_BY_FD", statmount_takes_descriptor, NULL},
	{"statx_mnt_id", "STATX_MNT_ID", statx_knows_mounts, NULL},
	{"stat_in_time_namespaces", "time namespaces in /proc/stat and /proc/PID/stat",
	 stat_in_time_namespaces, NULL},
	{"tmpfs_idmap", "idmapped mounts of tmpfs", tmpfs_can_be_mapped, NULL},
	{"tun_namespace", "TUNGETDEVNETNS", tun_tells_namespace, NULL},
	{"vsock_modes", "modes of vsock in network namespaces", vsock_has_modes, NULL},
	{"of_no_kernel", "feature that no kernel has", of_no_kernel, NULL},

	/* The kernel's version is asked of these, and of no other. */
	{"exec_securebits_kept", "user namespaces that keep the securebits for exec", is_7_3, NULL},
	{"proc_of_pids_is_harmless", "mount of proc with subset=pid where no other is allowed", is_7_3, NULL},
	/* No call came with these in 7.1, but a flag with the release. */
	{"beneath_takes_the_lock", "lock that goes to the mount put beneath", fsmount_makes_namespace, NULL},
	{"io_uring_time_namespaces", "time namespaces in io_uring", fsmount_makes_namespace,
	 NULL},                                                                    /* 9cc6bac1bebf */
	{"pidns_without_init", "opening of a PID namespace before it has an init", /* a3bdc23ba8ea */
	 fsmount_makes_namespace, NULL},
	/* Nor with this in 6.11 (620c266f3949), where the ids of mount namespaces are new. */
	{"file_handles_for_user_namespaces", "file handles for root of a user namespace", mnt_ns_has_id,
	 NULL},
	/* Nor with these in 6.15, where open_tree_attr(2) is of the same series. */
	{"nested_detached_mounts", "mounts on detached trees", has_open_tree_attr, NULL},

	/* 6.6, 7663d522099e: checks the name that a device gets by moving, and came with the check of the others. */
	{"altnames_compared", "comparison of alternative names when a device moves", NULL,
	 "dev_prep_valid_name"},
	/* 6.7, 21ca59b365c0. */
	{"binfmt_misc_per_user_namespace", "binfmt_misc of its own for a user namespace", NULL, "bm_free"},
	/* 6.3, da27f796a832. */
	{"ipc_waits_for_freeing", "creation of IPC namespaces that waits for pending frees", NULL,
	 "mnt_make_shortterm"},
	/* 5.16, 5563cabdde7e, called by its address; so is what took its place in 5.19, 1f5c135ee509. */
	{"ipc_next_id_in_user_namespaces", "kernel.*_next_id for root of a user namespace", NULL,
	 "proc_ipc_dointvec_minmax_checkpoint_restore ipc_permissions"},
	/* 6.9, 50ec499b9a43, called by its address, and 6.1 by a backport. */
	{"ipc_sysctls_of_the_owner", "IPC sysctls that belong to root of the owning user namespace", NULL,
	 "ipc_set_ownership"},
	/* 5.19, 1f5c135ee509. */
	{"ipc_sysctls_of_the_opener", "IPC sysctls that stay with the namespace of the opener", NULL,
	 "setup_ipc_sysctls"},
	/* 7.0, d2324a9317f0, and 6.18 by a backport. */
	{"ns_handles_of_the_owned_closed", "namespaces that are closed to the root of their owner", NULL,
	 "may_see_all_namespaces"},
	/* 6.14, 7863dcc72d0f. */
	{"pid_max_per_namespace", "pid_max of its own for a PID namespace", NULL, "register_pidns_sysctls"},
	/* 6.2, 2b5f9dad32ed. */
	{"exec_enters_time_namespace", "execve(2) that moves its caller into the new time namespace", NULL,
	 "exec_task_namespaces"},
	/* 5.14, 21d1c5e386bc, d64696905554 and 6e52a9f0532f, of one series. */
	{"rlimits_per_user_namespace", "limits of a user that are counted by user namespace", NULL,
	 "inc_rlimit_ucounts"},
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

bool feature_known(const char *name)
{
	for (size_t i = 0; i < FEATURES; i++)
		if (strcmp(features[i].name, name) == 0)
			return true;
	return false;
}

static const struct feature *find(const char *name)
{
	for (size_t i = 0; i < FEATURES; i++)
		if (strcmp(features[i].name, name) == 0)
			return &features[i];
	abort(); /* a slip of a test's pen; lint has seen those of the rows */
}

const char *feature_words(const char *name)
{
	return find(name)->words;
}

const char *feature_needs(const char *name)
{
	return find(name)->symbols ? "file:/proc/kallsyms" : "-";
}

/* A line of /proc/kallsyms is of this function; a compiler may add ".isra.0" to its name. */
static bool is_symbol(const char *line, const char *name, size_t length)
{
	const char *symbol = strchr(line, ' ');

	symbol = symbol ? strchr(symbol + 1, ' ') : NULL;
	return symbol && strncmp(symbol + 1, name, length) == 0 && strchr(".\t\n", symbol[1 + length]);
}

static bool has_symbol(const char *names)
{
	FILE *list = fopen("/proc/kallsyms", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (list && !found && getline(&line, &size, list) > 0)
		for (const char *name = names; *name && !found;
		     name += strcspn(name, " "), name += strspn(name, " "))
			found = is_symbol(line, name, strcspn(name, " "));
	free(line);
	if (list)
		fclose(list);
	return found;
}

bool feature_here(const char *name)
{
	static enum { NOT_ASKED, HERE, LACKING } answers[FEATURES];
	const struct feature *f = find(name);

	if (!answers[f - features])
		answers[f - features] = (f->probe ? f->probe() : has_symbol(f->symbols)) ? HERE : LACKING;
	return answers[f - features] == HERE;
}
