// SPDX-License-Identifier: GPL-2.0-only
/* Which flags go together, and who may give them. clone(2) ERRORS */
/* Goes on from clone.c. */
#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP "api.clone"

static void no_privilege_but_for_user_namespaces(void)
{
	FOR_EACH_NS_TYPE(t) {
		NOTE("%s namespace", t->label);
		if (!ns_supported(t->flag) || t->flag == NS_USER)
			continue;
		FAILS(EPERM, ns_try_unshare(t->flag));
		FAILS(EPERM, ns_try_clone3(t->flag));
		if (t->flag != NS_TIME)
			FAILS(EPERM, ns_try_clone(t->flag));
	}
	NOTE_END();
	OK(ns_try_unshare(NS_USER));
	OK(ns_try_clone(NS_USER));
	OK(ns_try_clone3(NS_USER));
}

CASE(eperm_without_sys_admin)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		no_privilege_but_for_user_namespaces();
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		no_privilege_but_for_user_namespaces();
	}
	EXITS(root, 0);
	FOR_EACH_NS_HERE(t) {
		NOTE("%s namespace", t->label);
		OK(ns_try_unshare(t->flag));
		OK(ns_try_clone3(t->flag));
		if (t->flag != NS_TIME)
			OK(ns_try_clone(t->flag));
	}
}

/* Two flags that clone and clone3 take alone and refuse together. */
static void exclude_each_other(int namespace, int sharing)
{
	FAILS(EINVAL, ns_try_clone(namespace | sharing));
	FAILS(EINVAL, ns_try_clone3(namespace | sharing));
	FAILS(ECHILD, waitpid(-1, NULL, WNOHANG | __WALL));
	OK(ns_try_clone(namespace));
	OK(ns_try_clone3(namespace));
	OK(ns_try_clone(sharing));
	OK(ns_try_clone3(sharing));
}

CASE(newns_with_fs_einval)
{
	exclude_each_other(NS_MNT, CLONE_FS);
}

CASE(newuser_with_fs_einval)
{
	exclude_each_other(NS_USER, CLONE_FS);
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		exclude_each_other(NS_USER, CLONE_FS);
	}
	EXITS(user, 0);
}

CASE(newipc_with_sysvsem_einval)
{
	exclude_each_other(NS_IPC, CLONE_SYSVSEM);
}

CASE(thread_with_newpid_or_newuser_einval)
{
	CHILD(process, 0) {
		FAILS(EINVAL, thread_clone(NS_PID, NULL));
		FAILS(EINVAL, thread_clone(NS_USER, NULL));
		OK(thread_clone(0, NULL));
	}
	EXITS(process, 0);
}

static void name_thread(void)
{
	sethostname("thread", 6);
}

CASE(thread_with_other_namespaces_is_allowed)
{
	static const int flags[] = {NS_NET, NS_UTS, NS_IPC, NS_CGROUP, NS_MNT};

	MUST(hostname_set("leader"));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		NOTE("%s namespace", ns_type(flags[i])->label);
		CHILD(leader, 0) {
			const char *name = ns_type(flags[i])->name;
			struct ns_ids before, after;
			struct stat own;
			MUST(ns_ids(0, &before));
			pid_t tid = OK(thread_clone(flags[i], flags[i] == NS_UTS ? name_thread : NULL));
			OK(stat(path("/proc/self/task/%d/ns/%s", tid, name), &own));
			OTHER_NS(own.st_ino, 0, flags[i]);
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), 0);
			IS(hostname(), "leader");
		}
		EXITS(leader, 0);
	}
}

/* A sibling of the caller, who has the given exit signal. */
static pid_t clone3_sibling(unsigned long long flags, int exit_signal)
{
	struct clone_args args = {.flags = flags | CLONE_PARENT, .exit_signal = (unsigned int)exit_signal};

	return ns_clone3_raw(&args, sizeof(args));
}

static void child_of_the_parent(int flag, bool legacy)
{
	int status;

	CHILD(maker, 0) {
		long long own = MUST(ns_id(0, "user"));
		pid_t made = OK(legacy ? ns_clone((unsigned int)flag | CLONE_PARENT)
				       : clone3_sibling((unsigned int)flag, 0));
		if (made == 0)
			_exit(flag == NS_PID ? getpid() == 1 : MUST(ns_id(0, "user")) != own);
		TELL(maker, made);
		FAILS(ECHILD, waitpid(made, NULL, __WALL));
	}
	pid_t made = (pid_t)HEAR(maker);
	OK(waitpid(made, &status, __WALL));
	HOLDS(WIFEXITED(status));
	IS(WEXITSTATUS(status), 1); /* it is in the new namespace */
	EXITS(maker, 0);
}

CASE(newpid_or_newuser_with_parent_is_accepted)
{
	for (int legacy = 0; legacy < 2; legacy++) {
		NOTE("%s", legacy ? "clone" : "clone3");
		child_of_the_parent(NS_PID, legacy);
		child_of_the_parent(NS_USER, legacy);
	}
}

CASE(parent_flag_from_pid_namespace_init_einval)
{
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		FAILS(EINVAL, clone3_sibling(0, 0));
		CHILD(second, 0) {
			pid_t made = OK(clone3_sibling(0, 0));
			if (made == 0)
				_exit(0);
			TELL(second, made);
		}
		OK(waitpid((pid_t)HEAR(second), NULL, __WALL));
		EXITS(second, 0);
	}
	EXITS(init, 0);
}

CASE(thread_after_pending_pidns_einval)
{
	CHILD(host, NS_PID) {
		HEAR(host);
	}
	for (int by_setns = 0; by_setns < 2; by_setns++) {
		NOTE("after %s", by_setns ? "setns" : "unshare");
		CHILD(process, 0) {
			int own = MUST(ns_open(0, "pid")), other = MUST(ns_open(host->pid, "pid"));
			OK(by_setns ? setns(other, NS_PID) : unshare(CLONE_NEWPID));
			FAILS(EINVAL, thread_clone(0, NULL));
			OK(setns(own, NS_PID));
			OK(thread_clone(0, NULL));
			SAME_NS(CHILDREN_OF(0), 0, NS_PID);
		}
		EXITS(process, 0);
	}
	DISMISS(host);
}

CASE(flag_dependencies_einval)
{
	static const struct {
		const char *what;
		unsigned long long flags;
	} wrong[] = {
		{"CLONE_SIGHAND without CLONE_VM", CLONE_SIGHAND},
		{"CLONE_THREAD without CLONE_SIGHAND", CLONE_THREAD | CLONE_VM},
		{"CLONE_CLEAR_SIGHAND with CLONE_SIGHAND", CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND},
	};
	long long uts = MUST(ns_id(0, "uts"));

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		NOTE("%s", wrong[i].what);
		for (unsigned long long new = 0; new <= NS_UTS; new += NS_UTS) {
			struct clone_args args = {.flags = wrong[i].flags | new};
			FAILS(EINVAL, ns_clone3_raw(&args, sizeof(args)));
		}
	}
	NOTE_END();
	SAME_NS(0, uts, NS_UTS);
	FAILS(ECHILD, waitpid(-1, NULL, WNOHANG | __WALL));
	CHILD(control, NS_UTS) {
		OTHER_NS(0, uts, NS_UTS);
		OK(thread_clone(0, NULL));
	}
	EXITS(control, 0);
}

CASE(newuser_unmapped_creator_eperm)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		OK(unshare(CLONE_NEWUSER));
		FAILS(EPERM, ns_try_clone3(NS_USER));
		FAILS(EPERM, ns_try_unshare(NS_USER));
		MUST(idmap_write(0, "0 1000 1"));
		OK(ns_try_clone3(NS_USER));
		OK(ns_try_unshare(NS_USER));
	}
	EXITS(user, 0);
}

CASE(newuser_in_chroot_eperm)
{
	CHILD(box, 0) {
		int home = MUST(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
		MUST(mkdir("/tmp/jail", 0755));
		MUST(chroot("/tmp/jail"));
		FAILS(EPERM, ns_try_unshare(NS_USER));
		FAILS(EPERM, ns_try_clone3(NS_USER));
		OK(ns_try_unshare(NS_MNT));
		OK(ns_try_clone3(NS_MNT));
		MUST(fchdir(home));
		MUST(chroot("."));
		OK(ns_try_unshare(NS_USER));
		OK(ns_try_clone3(NS_USER));
	}
	EXITS(box, 0);
}

CASE(legacy_clone_cannot_create_time_namespace)
{
	long long own = MUST(ns_id(0, "time"));
	int status;

	pid_t made = (pid_t)syscall(SYS_clone, CLONE_NEWTIME | SIGCHLD, NULL, NULL, NULL, 0UL);
	if (made == 0)
		_exit(ns_id(0, "time") == own ? 42 : 1);
	if (made < 0) {
		GAVE(EINVAL);
	} else {
		OK(waitpid(made, &status, __WALL));
		HOLDS(WIFEXITED(status));
		IS(WEXITSTATUS(status), 42);
	}
	CHILD(control, NS_TIME) {
		OTHER_NS(0, own, NS_TIME);
	}
	EXITS(control, 0);
}
