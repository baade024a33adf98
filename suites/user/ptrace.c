// SPDX-License-Identifier: GPL-2.0-only
/* Looking into processes across user namespaces. ptrace(2) "Ptrace access mode checking" */
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "helpers/nscheck.h"

#define GROUP "user.ptrace"

static long seize(pid_t pid)
{
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL);
}

static int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int pidfd_getfd(int pidfd, int fd)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

CASE(outside_process_of_the_same_uid_is_untouchable)
{
	char target[256];

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(outside, 0) {
			HEAR(outside);
		}
		OK(open(proc_path(outside->pid, "mem"),
			O_RDONLY)); /* control: from beside it can be inspected */
		OK(readlink(proc_path(outside->pid, "exe"), target, sizeof(target)));
		OK(pidfd_getfd(MUST(pidfd_of(outside->pid)), 0));
		CHILD(inside, NS_USER, .map = "0 1000 1") {
			int pidfd = MUST(pidfd_of(outside->pid));
			OK(kill(outside->pid, 0));
			FAILS(EPERM, seize(outside->pid));
			FAILS(EACCES, open(proc_path(outside->pid, "mem"), O_RDONLY));
			FAILS(EACCES, readlink(proc_path(outside->pid, "exe"), target, sizeof(target)));
			FAILS(EPERM, pidfd_getfd(pidfd, 0));
			FAILS(EPERM, setns(pidfd, CLONE_NEWUTS));
			TELL(inside);
			HEAR(inside);
		}
		HEAR(inside);
		int pidfd = MUST(pidfd_of(inside->pid));
		OK(kill(inside->pid, 0));
		OK(seize(inside->pid));
		OK(open(proc_path(inside->pid, "mem"), O_RDONLY));
		OK(readlink(proc_path(inside->pid, "exe"), target, sizeof(target)));
		OK(pidfd_getfd(pidfd, 0));
		OK(setns(pidfd, CLONE_NEWUSER));
		DISMISS(inside);
		DISMISS(outside);
	}
	EXITS(user, 0);
}

/* Whether the namespace links of a process can be read, and opened, of every type; `err` is 0 or what both give. */
static void claim_links(pid_t pid, int err)
{
	char target[64];

	FOR_EACH_NS_HERE(t) {
		const char *link = path("/proc/%d/ns/%s", pid, t->name);
		NOTE("%s", t->name);
		if (err) {
			FAILS(err, open(link, O_RDONLY | O_CLOEXEC));
			FAILS(err, readlink(link, target, sizeof(target)));
		} else {
			IS(ns_id_of(OK(open(link, O_RDONLY | O_CLOEXEC))), ns_id(0, t->name));
			OK(readlink(link, target, sizeof(target)));
		}
	}
}

CASE(ns_links_of_outside_process_eacces)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(outside, 0) {
			HEAR(outside);
		}
		claim_links(outside->pid, 0); /* control: the same look from beside it */
		CHILD(inside, NS_USER, .map = "0 1000 1") {
			claim_links(getpid(), 0);
			claim_links(outside->pid, EACCES);
		}
		EXITS(inside, 0);
		DISMISS(outside);
	}
	EXITS(user, 0);
}

/* The errno that a process of this uid gets for tracing another one, 0 if it may. */
static int refusal(uid_t uid, pid_t pid)
{
	CHILD(tracer, 0, .uid = uid) {
		TELL(tracer, seize(pid) < 0 ? errno : 0);
	}
	int err = (int)HEAR(tracer);
	EXITS(tracer, 0);
	return err;
}

/* Once its maps are written it may trace whoever is in its user namespace, as it has all capabilities there. */
static void be_root(struct child *root)
{
	HEAR(root);
	MUST(setresuid(0, 0, 0));
	MUST(prctl(PR_SET_DUMPABLE, 1));
	CHILD(member, 0) {
		MUST(setresuid(7, 7, 7));
		MUST(prctl(PR_SET_DUMPABLE, 1));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	OK(seize(member->pid));
	DISMISS(member);
	HOLDS(cap_effective_full());
	TELL(root);
	HEAR(root);
}

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

static void same_under_yama(pid_t pid)
{
	long long scope = MUST(file_number(YAMA));

	MUST(file_write(YAMA, "1"));
	int by_owner = refusal(UNPRIVILEGED, pid), by_other = refusal(2000, pid);
	MUST(file_write(YAMA, path("%lld", scope)));
	IS(by_owner, 0);
	IS(by_other, EPERM);
}

CASE(capability_in_target_namespace_is_enough)
{
	CHILD(owner, 0, .uid = UNPRIVILEGED) {
		CHILD(root, NS_USER) {
			be_root(root);
		}
		TELL(owner, root->pid);
		HEAR(owner);
		TELL(root);
		HEAR(root);
		TELL(owner);
		HEAR(owner);
		DISMISS(root);
	}
	pid_t pid = (pid_t)HEAR(owner);
	MUST(idmap_write(pid, CONTAINER_MAP));
	TELL(owner);
	HEAR(owner);
	IS(refusal(UNPRIVILEGED, pid), 0); /* by the uid of the creator; it is uid 100000 that is traced */
	IS(refusal(2000, pid), EPERM);
	if (file_exists(YAMA))
		same_under_yama(pid);
	DISMISS(owner);
}
