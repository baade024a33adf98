// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made for the caller. unshare(2) */
#include <sys/resource.h>
#include <sys/sem.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP "api.unshare"

CASE(each_flag_changes_exactly_one_link)
{
	FOR_EACH_NS_HERE(t) {
		bool for_children = t->next != t->name;
		NOTE("%s namespace", t->label);
		CHILD(mover, 0) {
			struct ns_ids before, after;
			MUST(ns_ids(0, &before));
			OK(unshare(t->flag));
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), for_children ? 0 : t->flag);
			IS(ns_differ_next(&before, &after), t->flag);
			CHILD(first, 0) {
				IS(getpid() == 1, t->flag == NS_PID);
			}
			EXITS(first, 0);
		}
		EXITS(mover, 0);
	}
}

CASE(zero_and_unsharing_nothing)
{
	static const int flags[] = {0,           CLONE_THREAD, CLONE_SIGHAND, CLONE_VM, CLONE_SYSVSEM,
				    CLONE_FILES, CLONE_FS};

	CHILD(caller, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
			NOTE("flags %#x", (unsigned int)flags[i]);
			OK(unshare(flags[i]));
		}
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		IS(ns_differ_next(&before, &after), 0);
		OK(unshare(CLONE_FS | CLONE_NEWUTS)); /* control */
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), NS_UTS);
	}
	EXITS(caller, 0);
}

CASE(invalid_bits_einval)
{
	static const unsigned long bits[] = {
		CLONE_PTRACE, CLONE_VFORK,    CLONE_PARENT,         CLONE_IO, CLONE_SETTLS, CLONE_UNTRACED,
		CLONE_PIDFD,  CLONE_DETACHED, CLONE_CHILD_CLEARTID, 1UL << 33};
	long long uts = MUST(ns_id(0, "uts"));

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		NOTE("flags %#lx", bits[i]);
		FAILS(EINVAL, syscall(SYS_unshare, bits[i]));
		FAILS(EINVAL, syscall(SYS_unshare, bits[i] | CLONE_NEWUTS));
		SAME_NS(0, uts, NS_UTS);
	}
	NOTE_END();
	OK(unshare(CLONE_NEWUTS));
	OTHER_NS(0, uts, NS_UTS);
}

/* What unshare(2) says to a process of its own that is not alone in its memory. */
static void claim_unshare(int flag, int err, pid_t (*company)(void))
{
	NOTE("flags %#x, expected %s", (unsigned int)flag, errno_name(err));
	CHILD(caller, 0) {
		struct ns_ids before, after;
		pid_t other = MUST(company());
		MUST(ns_ids(0, &before));
		if (err)
			FAILS(err, unshare(flag));
		else
			OK(unshare(flag));
		MUST(ns_ids(0, &after));
		IS(ns_differ_next(&before, &after), err ? 0 : flag & NS_ALL);
		if (company == thread_partner) {
			MUST(kill(other, SIGKILL));
			MUST(waitpid(other, NULL, 0));
		}
	}
	EXITS(caller, 0);
}

static pid_t second_thread(void)
{
	return thread_run(NULL);
}

CASE(multithreaded_rules)
{
	claim_unshare(CLONE_THREAD, EINVAL, second_thread);
	claim_unshare(CLONE_SIGHAND, EINVAL, second_thread);
	claim_unshare(CLONE_VM, EINVAL, second_thread);
	claim_unshare(CLONE_FILES, 0, second_thread);
	claim_unshare(CLONE_FS, 0, second_thread);
	FOR_EACH_NS_HERE(t)
		claim_unshare(t->flag, t->flag == NS_USER ? EINVAL : 0, second_thread);
	claim_unshare(CLONE_VM, EINVAL, thread_partner);
	claim_unshare(CLONE_THREAD, 0, thread_partner);
	claim_unshare(NS_USER, 0, thread_partner);
}

static void move_thread_away(void)
{
	char *entry = strdupa(path("/proc/self/task/%d/ns/uts", gettid()));

	OK(unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS));
	OK(hostname_set("thread"));
	OK(link_add_dummy("thread0"));
	OK(link_index("thread0"));
	IS(link_read("/proc/thread-self/ns/uts"), link_read(entry));
}

CASE(affects_only_the_calling_thread, .own = NS_NET)
{
	MUST(hostname_set("leader"));
	CHILD(leader, 0) {
		struct ns_ids before, after;
		MUST(ns_ids(0, &before));
		pid_t tid = MUST(thread_run(move_thread_away)), other = MUST(thread_run(NULL));
		MUST(ns_ids(0, &after));
		IS(ns_differ(&before, &after), 0);
		FOR_EACH_NS_HERE(t) {
			struct stat its, others;
			NOTE("%s link of a thread", t->name);
			OK(stat(path("/proc/self/task/%d/ns/%s", tid, t->name), &its));
			OK(stat(path("/proc/self/task/%d/ns/%s", other, t->name), &others));
			SAME_NS(others.st_ino, 0, t->flag);
			IS(its.st_ino != others.st_ino, (t->flag & (NS_MNT | NS_NET | NS_UTS)) != 0);
		}
		IS(hostname(), "leader");
		FAILS(ENODEV, link_index("thread0"));
	}
	EXITS(leader, 0);
}

CASE(newuser_and_newns_stop_fs_sharing)
{
	static const int flags[] = {NS_MNT, NS_USER, NS_UTS};
	char cwd[64];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		NOTE("%s namespace", ns_type(flags[i])->label);
		CHILD(mover, 0) {
			MUST(chdir("/tmp"));
			CHILD(partner, CLONE_FS) {
				HEAR(partner);
				IS(getcwd(cwd, sizeof(cwd)), flags[i] == NS_UTS ? "/proc" : "/tmp");
			}
			OK(unshare(flags[i]));
			MUST(chdir("/proc"));
			DISMISS(partner);
		}
		EXITS(mover, 0);
	}
}

/* An ordinary user who became root of a user namespace, in network and UTS namespaces that it owns. */
static void claim_own_net_and_uts(void)
{
	MUST(idmap_write(0, "0 1000 1"));
	SAME_NS(ns_relative(MUST(ns_open(0, "net")), NS_GET_USERNS), 0, NS_USER);
	SAME_NS(ns_relative(MUST(ns_open(0, "uts")), NS_GET_USERNS), 0, NS_USER);
	OK(link_up("lo"));
	OK(hostname_set("mine"));
}

CASE(order_of_user_and_other_namespace_decides_owner)
{
	CHILD(before, 0) {
		OK(unshare(CLONE_NEWNET | CLONE_NEWUTS));
		int net = MUST(ns_open(0, "net")), uts = MUST(ns_open(0, "uts"));
		SAME_NS(ns_relative(net, NS_GET_USERNS), 0, NS_USER); /* controls */
		OK(hostname_set("old"));
		OK(unshare(CLONE_NEWUSER));
		MUST(idmap_write(0, "0 0 1"));
		FAILS(EPERM, ns_relative(net, NS_GET_USERNS));
		FAILS(EPERM, ns_relative(uts, NS_GET_USERNS));
		FAILS(EPERM, link_up("lo"));
		FAILS(EPERM, hostname_set("mine"));
		TELL(before);
		HEAR(before);
	}
	HEAR(before);
	SAME_NS(ns_relative(MUST(ns_open(before->pid, "net")), NS_GET_USERNS), 0, NS_USER);
	SAME_NS(ns_relative(MUST(ns_open(before->pid, "uts")), NS_GET_USERNS), 0, NS_USER);
	DISMISS(before);
	CHILD(together, 0, .uid = UNPRIVILEGED) {
		OK(unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS));
		claim_own_net_and_uts();
	}
	EXITS(together, 0);
	CHILD(after, 0, .uid = UNPRIVILEGED) {
		OK(unshare(CLONE_NEWUSER));
		OK(unshare(CLONE_NEWNET | CLONE_NEWUTS));
		claim_own_net_and_uts();
	}
	EXITS(after, 0);
}

CASE(files_table_copy_emfile, .unsabotaged = "CLONE_FILES is about descriptors, not about a namespace")
{
	const char *nr_open = "/proc/sys/fs/nr_open";
	const char *old = strdupa(MUST(file_read(nr_open)));
	int few = atoi(old), status;

	for (int high = 1; high >= 0; high--) {
		NOTE("%s a high descriptor", high ? "with" : "without");
		CHILD(owner, 0) {
			struct rlimit many = {(rlim_t)few + 1024, (rlim_t)few + 1024};
			MUST(file_write(nr_open, path("%d", few + 1024)));
			MUST(setrlimit(RLIMIT_NOFILE, &many));
			MUST(high ? dup2(2, few + 64) : 0);
			pid_t sharer = MUST(ns_clone3(CLONE_FILES));
			if (sharer == 0) {
				MUST(file_write(nr_open, old));
				_exit(unshare(CLONE_FILES) < 0 ? errno : 0);
			}
			MUST(waitpid(sharer, &status, 0));
			HOLDS(WIFEXITED(status));
			IS(WEXITSTATUS(status), high ? EMFILE : 0);
		}
		EXITS(owner, 0);
	}
	IS(file_read(nr_open), old);
}

CASE(empty_mount_namespace)
{
	struct ns_ids before, after;
	int mounts = MUST(mountinfo_count("/proc/self/mountinfo", "/"));
	char cwd[64];

	MUST(ns_ids(0, &before));
	CHILD(root, 0) {
		MUST(chdir("/proc"));
		OK(access("/proc/self", F_OK)); /* control */
		OK(unshare(UNSHARE_EMPTY_MNTNS));
		FAILS(ENOENT, access("/proc/self", F_OK));
		IS(getcwd(cwd, sizeof(cwd)), "/");
		IS(dir_count("/"), 0);
		FAILS(ENOENT, mkdir("/new", 0755));
		TELL(root);
		HEAR(root);
	}
	HEAR(root);
	MUST(ns_ids(root->pid, &after));
	IS(ns_differ(&before, &after), NS_MNT);
	IS(mountinfo_count("/proc/self/mountinfo", "/"), mounts);
	DISMISS(root);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, ns_try_unshare(UNSHARE_EMPTY_MNTNS));
		OK(ns_try_unshare(UNSHARE_EMPTY_MNTNS | CLONE_NEWUSER));
	}
	EXITS(user, 0);
}

/* What a process took from a semaphore comes back as it leaves: by setns(2), or by unshare(2) if `ns` is none. */
static void leaving_gives_back(int sem, int ns, int flags)
{
	CHILD(holder, 0) {
		OK(semop(sem, &(struct sembuf){0, -3, SEM_UNDO}, 1));
		TELL(holder);
		HEAR(holder);
		OK(ns < 0 ? unshare(flags) : setns(ns, flags));
		TELL(holder);
		HEAR(holder);
	}
	HEAR(holder);
	IS(semctl(sem, 0, GETVAL), 2);
	TELL(holder);
	HEAR(holder);
	IS(semctl(sem, 0, GETVAL), 5);
	DISMISS(holder);
}

CASE(newipc_applies_semaphore_undo, .own = NS_IPC)
{
	int sem = MUST(semget(IPC_PRIVATE, 1, 0600)), other = MUST(ns_new(NS_IPC));

	MUST(semctl(sem, 0, SETVAL, 5));
	NOTE("unshare(CLONE_SYSVSEM)");
	leaving_gives_back(sem, -1, CLONE_SYSVSEM);
	NOTE("unshare(CLONE_NEWIPC)");
	leaving_gives_back(sem, -1, CLONE_NEWIPC);
	NOTE("setns");
	leaving_gives_back(sem, other, CLONE_NEWIPC);
}
