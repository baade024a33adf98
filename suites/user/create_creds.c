// SPDX-License-Identifier: GPL-2.0-only
/* What making a user namespace does to its creator's credentials, and who may make one. user_namespaces(7) "Capabilities" */
/* Goes on from create.c. */
#include <sys/prctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.create"

static void starts_with_all_capabilities(void)
{
	IS(file_read("/proc/self/uid_map"), "");
	IS(proc_status(0, "CapPrm"), caps_all());
	IS(proc_status(0, "CapEff"), caps_all());
	IS(proc_status(0, "CapInh"), CAPS_NONE);
	IS(proc_status(0, "CapAmb"), CAPS_NONE);
}

CASE(creator_starts_with_full_capabilities)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		IS(proc_status(0, "CapEff"), CAPS_NONE);
		CHILD(cloned, NS_USER) {
			starts_with_all_capabilities();
		}
		EXITS(cloned, 0);
		OK(unshare(CLONE_NEWUSER));
		starts_with_all_capabilities();
	}
	EXITS(user, 0);

	MUST(cap_make_ambient(CAP_NET_RAW));
	IS_NOT(proc_status(0, "CapInh"), CAPS_NONE); /* control: there is something to lose */
	IS_NOT(proc_status(0, "CapAmb"), CAPS_NONE);
	CHILD(heir, 0) {
		OK(unshare(CLONE_NEWUSER));
		starts_with_all_capabilities();
	}
	EXITS(heir, 0);
}

CASE(bounding_set_and_securebits_are_reset)
{
	CHILD(host, NS_USER) {
		HEAR(host);
	}
	int userns = MUST(ns_open(host->pid, "user"));
	for (int joins = 0; joins <= 1; joins++) {
		NOTE("by %s", joins ? "setns" : "unshare");
		CHILD(bound, 0) {
			MUST(prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN));
			MUST(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP));
			MUST(prctl(PR_SET_KEEPCAPS, 1));
			IS_NOT(proc_status(0, "CapBnd"), caps_all());
			OK(joins ? setns(userns, CLONE_NEWUSER) : unshare(CLONE_NEWUSER));
			IS(proc_status(0, "CapBnd"), caps_all());
			IS(prctl(PR_GET_SECUREBITS), 0);
			IS(prctl(PR_GET_KEEPCAPS), 0);
		}
		EXITS(bound, 0);
	}
	DISMISS(host);
}

#define EXEC_BITS                                                                                            \
	(SECBIT_EXEC_RESTRICT_FILE | SECBIT_EXEC_RESTRICT_FILE_LOCKED | SECBIT_EXEC_DENY_INTERACTIVE)

/* Tells what is left of securebits that were set before. */
static void tell_securebits_after(struct child *self, unsigned long bits, int userns)
{
	MUST(prctl(PR_SET_SECUREBITS, bits));
	IS(prctl(PR_GET_SECUREBITS), bits);
	OK(userns < 0 ? unshare(CLONE_NEWUSER) : setns(userns, CLONE_NEWUSER));
	TELL(self, prctl(PR_GET_SECUREBITS));
}

CASE(exec_securebits_are_cleared)
{
	CHILD(restricted, 0) {
		tell_securebits_after(restricted, EXEC_BITS | SECBIT_NOROOT, -1);
	}
	IS(HEAR(restricted), 0);
	EXITS(restricted, 0);
}

CASE(exec_securebits_are_kept)
{
	CHILD(host, NS_USER) {
		HEAR(host);
	}
	int userns = MUST(ns_open(host->pid, "user"));
	for (int joins = 0; joins <= 1; joins++) {
		NOTE("by %s", joins ? "setns" : "unshare");
		CHILD(restricted, 0) {
			tell_securebits_after(restricted, EXEC_BITS | SECBIT_NOROOT, joins ? userns : -1);
		}
		IS(HEAR(restricted), EXEC_BITS);
		EXITS(restricted, 0);
	}
	DISMISS(host);
}

PAYLOAD(report)
{
	TELL_TEXT(outer, creds_now());
}

CASE(no_new_privs_survives)
{
	MUST(program_make("/tmp/suid", CONTAINER_ID + 7, CONTAINER_ID, 04755));
	for (int nnp = 0; nnp <= 1; nnp++) {
		NOTE("no_new_privs %d", nnp);
		CHILD(creator, 0) {
			if (nnp)
				MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			CHILD(unsharer, 0) {
				OK(unshare(CLONE_NEWUSER));
				IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), nnp);
			}
			EXITS(unsharer, 0);
			CHILD(root, NS_USER, .map = CONTAINER_MAP) {
				IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), nnp);
				MUST(setresgid(5, 5, 5));
				MUST(setresuid(5, 5, 5));
				EXEC_FILE(root, report, "/tmp/suid");
			}
			IS(HEAR_TEXT(root), nnp ? "uid 5 5 5, gid 5 5 5, no capabilities"
						: "uid 5 7 7, gid 5 5 5, no capabilities");
			EXITS(root, 0);
		}
		EXITS(creator, 0);
	}
}

CASE(unmapped_creator_eperm)
{
	for (int maps = 0; maps < 4; maps++) {
		bool uid = maps & 1, gid = maps & 2;
		NOTE("uid %smapped, gid %smapped", uid ? "" : "un", gid ? "" : "un");
		CHILD(creator, NS_USER) {
			HEAR(creator);
			if (uid && gid)
				OK(unshare(CLONE_NEWUSER));
			else
				FAILS(EPERM, unshare(CLONE_NEWUSER));
		}
		if (uid)
			MUST(idmap_write_file(creator->pid, "uid_map", "0 0 1"));
		if (gid)
			MUST(idmap_write_file(creator->pid, "gid_map", "0 0 1"));
		DISMISS(creator);
	}
}

static long clone_userns(void)
{
	pid_t pid = ns_clone3(CLONE_NEWUSER);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

/* The errno that a user gets for unshare and clone, as two digits of base 1000. */
static long long refusal(uid_t uid)
{
	CHILD(user, 0, .uid = uid) {
		long long cloned = clone_userns() < 0 ? errno : 0;
		TELL(user, 1000 * cloned + (unshare(CLONE_NEWUSER) < 0 ? errno : 0));
	}
	long long both = HEAR(user);
	EXITS(user, 0);
	return both;
}

CASE(debian_sysctl_blocks_unprivileged_creation)
{
	static const char sysctl[] = "/proc/sys/kernel/unprivileged_userns_clone";

	MUST(file_write(sysctl, "0"));
	long long user = refusal(UNPRIVILEGED), root = refusal(0);
	MUST(file_write(sysctl, "1"));
	IS(user, 1000 * EPERM + EPERM);
	IS(root, 0);
	IS(refusal(UNPRIVILEGED), 0);
}

CASE(einval_without_kernel_support, .without = NS_USER)
{
	FAILS(EINVAL, unshare(CLONE_NEWUSER));
	FAILS(EINVAL, clone_userns());
}
