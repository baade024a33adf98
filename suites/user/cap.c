// SPDX-License-Identifier: GPL-2.0-only
/* What the capabilities of a user namespace are good for. user_namespaces(7) "Effect of capabilities within a user namespace" */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/xattr.h>
#include <time.h>

#include "helpers/nscheck.h"

#define GROUP "user.cap"

CASE(hostname_follows_the_owner_of_the_uts_namespace)
{
	static const char sysctl[] = "/proc/sys/kernel/hostname";

	OK(open(sysctl, O_WRONLY)); /* control: real root may */
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, sethostname("taken", 5));
		OK(unshare(CLONE_NEWUTS));
		OK(sethostname("own", 3));
		IS(file_read(sysctl), "own");
		FAILS(EACCES, open(sysctl, O_WRONLY));
	}
	EXITS(root, 0);
}

/* Calls that real root may make, with arguments that change nothing. */
static int make_node(mode_t type, dev_t device)
{
	return mknod("/tmp/node", type | 0600, device) < 0 ? -1 : unlink("/tmp/node");
}

static int make_char(void)
{
	return make_node(S_IFCHR, makedev(1, 3));
}

static int make_block(void)
{
	return make_node(S_IFBLK, makedev(7, 0));
}

static int set_clock(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) < 0 ? -1 : clock_settime(CLOCK_REALTIME, &now);
}
static int set_time_of_day(void)
{
	struct timeval now;

	return gettimeofday(&now, NULL) < 0 ? -1 : settimeofday(&now, NULL);
}
static int adjust_clock(void)
{
	return adjtimex(&(struct timex){.modes = ADJ_TICK, .tick = 1});
}
static int load_module(void)
{
	return (int)syscall(SYS_init_module, NULL, 0, "");
}
static int unload_module(void)
{
	return (int)syscall(SYS_delete_module, "nscheck_missing", O_NONBLOCK);
}
static int swap_on(void)
{
	return swapon("/tmp/missing", 0);
}
static int account(void)
{
	return acct("/tmp/missing");
}
static int reboot_wrongly(void)
{
	return (int)syscall(SYS_reboot, 0, 0, RB_DISABLE_CAD, NULL);
}
static int set_console_level(void)
{
	return klogctl(8, NULL, 99);
}
static int load_kernel(void)
{
	return (int)syscall(SYS_kexec_load, 0, 1000, NULL, 0);
}

static int raise_io_level(void)
{
#ifdef SYS_iopl
	return (int)syscall(SYS_iopl, 3);
#else
	errno = ENOSYS; /* an x86 matter */
	return -1;
#endif
}

static const struct {
	const char *name;
	int (*call)(void);
} host_wide[] = {
	{"mknod of a character device", make_char},
	{"mknod of a block device", make_block},
	{"clock_settime", set_clock},
	{"settimeofday", set_time_of_day},
	{"adjtimex", adjust_clock},
	{"init_module", load_module},
	{"delete_module", unload_module},
	{"swapon", swap_on},
	{"acct", account},
	{"reboot", reboot_wrongly},
	{"syslog", set_console_level},
	{"kexec_load", load_kernel},
	{"iopl", raise_io_level},
};

CASE(host_wide_operations_eperm)
{
	for (size_t i = 0; i < sizeof(host_wide) / sizeof(host_wide[0]); i++) {
		NOTE("%s", host_wide[i].name);
		CHILD(host_root, 0) {
			TELL(host_root, host_wide[i].call() < 0 ? errno : 0);
		}
		int err = (int)HEAR(host_root);
		EXITS(host_root, 0);
		if (err == ENOSYS)
			continue; /* not built in */
		IS_NOT(err, EPERM);
		CHILD(root, NS_USER, .map = CONTAINER_MAP) {
			FAILS(EPERM, host_wide[i].call());
		}
		EXITS(root, 0);
	}
}

/* The errno that each attempt to go beyond a limit gives, 0 where it works. */
static void beyond_limits(int errors[4])
{
	const struct rlimit limit = {64, 64}, higher = {64, 65};
	const struct sched_param fifo = {.sched_priority = 1};

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	errors[0] = setrlimit(RLIMIT_NOFILE, &higher) < 0 ? errno : 0;
	errors[1] = setpriority(PRIO_PROCESS, 0, -5) < 0 ? errno : 0;
	errors[2] = sched_setscheduler(0, SCHED_FIFO, &fifo) < 0 ? errno : 0;
	errors[3] = file_write("/proc/self/oom_score_adj", "-500") < 0 ? errno : 0;
}

CASE(resource_limits_are_not_lifted)
{
	static const char *const names[] = {"hard limit", "priority", "real-time scheduling", "oom score"};
	static const int refused[] = {EPERM, EACCES, EPERM, EACCES};

	for (int inside = 0; inside <= 1; inside++) {
		CHILD(root, inside ? NS_USER : 0, .map = inside ? CONTAINER_MAP : NULL) {
			int errors[4];
			beyond_limits(errors);
			for (int i = 0; i < 4; i++) {
				NOTE("%s, %s", names[i], inside ? "root of a user namespace" : "real root");
				IS(errors[i], inside ? refused[i] : 0);
			}
		}
		EXITS(root, 0);
	}
}

static int pin(pid_t pid)
{
	cpu_set_t cpus;

	MUST(sched_getaffinity(0, sizeof(cpus), &cpus));
	return sched_setaffinity(pid, sizeof(cpus), &cpus);
}

static int limits_of(pid_t pid)
{
	struct rlimit limit;

	return prlimit(pid, RLIMIT_NOFILE, NULL, &limit);
}

CASE(processes_outside_cannot_be_managed)
{
	CHILD(bystander, 0) {
		HEAR(bystander);
	}
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(member, 0, .uid = 7) {
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		OK(pin(member->pid)); /* controls: another's process as well, but a member's */
		OK(setpriority(PRIO_PROCESS, (id_t)member->pid, 5));
		OK(limits_of(member->pid));
		FAILS(EPERM, pin(bystander->pid));
		FAILS(EPERM, setpriority(PRIO_PROCESS, (id_t)bystander->pid, 5));
		FAILS(EPERM, limits_of(bystander->pid));
		DISMISS(member);
	}
	EXITS(root, 0);
	DISMISS(bystander);
}

static void makes_only_harmless_nodes(const char *dir)
{
	OK(mknod(path("%s/whiteout", dir), S_IFCHR | 0600, makedev(0, 0)));
	OK(mknod(path("%s/fifo", dir), S_IFIFO | 0600, 0));
	OK(mknod(path("%s/socket", dir), S_IFSOCK | 0600, 0));
	FAILS(EPERM, mknod(path("%s/null", dir), S_IFCHR | 0600, makedev(1, 3)));
	FAILS(EPERM, mknod(path("%s/loop", dir), S_IFBLK | 0600, makedev(7, 0)));
	FAILS(EPERM, mknod(path("%s/zero", dir), S_IFBLK | 0600, makedev(0, 0)));
}

CASE(whiteout_device_is_the_only_device)
{
	OK(mknod("/tmp/null", S_IFCHR | 0600, makedev(1, 3))); /* control: real root may make it */
	MUST(mkdir("/tmp/shared", 0700));
	MUST(chown("/tmp/shared", CONTAINER_ID, CONTAINER_ID));
	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		makes_only_harmless_nodes("/tmp/shared");
		MUST(tmpfs_make("/tmp/own"));
		makes_only_harmless_nodes("/tmp/own");
	}
	EXITS(root, 0);
}

static int filter_nothing(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {.len = 1, .filter = &allow};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

CASE(chroot_and_seccomp_without_nnp_work_inside)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, chroot("/tmp"));
		FAILS(EACCES, filter_nothing());
		OK(unshare(CLONE_NEWUSER));
		MUST(idmap_write(0, "0 1000 1"));
		IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
		OK(filter_nothing());
		OK(chroot("/tmp"));
	}
	EXITS(user, 0);
}

CASE(global_sysctls_are_read_only)
{
	static const char *const files[] = {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/threads-max",
					    "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger"};

	for (int i = 0; i < 4; i++) {
		NOTE("%s", files[i]);
		if (!file_exists(files[i]))
			continue;
		OK(open(files[i], O_WRONLY)); /* control */
		CHILD(root, NS_USER, .map = CONTAINER_MAP) {
			FAILS(EACCES, open(files[i], O_WRONLY));
		}
		EXITS(root, 0);
	}
}

CASE(trusted_xattrs_are_out_of_reach)
{
	MUST(file_make("/tmp/file"));
	MUST(chown("/tmp/file", CONTAINER_ID, CONTAINER_ID));
	OK(setxattr("/tmp/file", "trusted.a", "a", 1, 0)); /* control: real root may, and sees it */
	OK(getxattr("/tmp/file", "trusted.a", NULL, 0));
	CHILD(root, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		char names[256] = "";
		FAILS(EPERM, setxattr("/tmp/file", "trusted.b", "b", 1, 0));
		FAILS(ENODATA, getxattr("/tmp/file", "trusted.a", NULL, 0));
		ssize_t size = OK(listxattr("/tmp/file", names, sizeof(names)));
		HOLDS(!memmem(names, (size_t)size, "trusted.", 8));
		MUST(tmpfs_make("/tmp/own"));
		MUST(file_make("/tmp/own/file"));
		FAILS(EPERM, setxattr("/tmp/own/file", "trusted.b", "b", 1, 0));
	}
	EXITS(root, 0);
}

CASE(security_xattrs_follow_the_owner_of_the_filesystem)
{
	MUST(file_make("/tmp/file"));
	MUST(chown("/tmp/file", CONTAINER_ID, CONTAINER_ID));
	OK(setxattr("/tmp/file", "security.bar", "b", 1, 0)); /* control: real root owns the filesystem */
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, setxattr("/tmp/file", "security.foo", "f", 1, 0));
	}
	EXITS(root, 0);
}
