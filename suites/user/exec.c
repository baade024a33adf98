// SPDX-License-Identifier: GPL-2.0-only
/* execve(2) in user namespaces. user_namespaces(7) "Set-user-ID and set-group-ID programs", capabilities(7) */
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "helpers/nscheck.h"

#define GROUP "user.exec"

PAYLOAD(report)
{
	TELL_TEXT(outer, creds_now());
	TELL(outer, prctl(PR_GET_DUMPABLE));
}

CASE(uid_0_of_the_namespace_keeps_capabilities)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		MUST(cap_drop_all()); /* execve computes them anew */
		TELL(root);
		EXEC(root, report);
	}
	IS(HEAR_SENDER(root).uid, CONTAINER_ID);
	IS(HEAR_TEXT(root), "uid 0 0 0, gid 0 0 0, all capabilities");
	EXITS(root, 0);
}

CASE(non_zero_uid_loses_capabilities)
{
	CHILD(unmapped, NS_USER) {
		HOLDS(cap_effective_full());
		EXEC(unmapped, report);
	}
	IS(HEAR_TEXT(unmapped), "uid 65534 65534 65534, gid 65534 65534 65534, no capabilities");
	EXITS(unmapped, 0);

	CHILD(seven, NS_USER) {
		HEAR(seven);
		HOLDS(cap_effective_full());
		EXEC(seven, report);
	}
	MUST(idmap_write(seven->pid, "7 0 1")); /* host root outside */
	TELL(seven);
	IS(HEAR_TEXT(seven), "uid 7 7 7, gid 7 7 7, no capabilities");
	EXITS(seven, 0);

	CHILD(ordinary, NS_USER, .map = CONTAINER_MAP) {
		MUST(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
		MUST(setresuid(200, 200, 200));
		HOLDS(cap_effective_full());
		EXEC(ordinary, report);
	}
	IS(HEAR_TEXT(ordinary), "uid 200 200 200, gid 0 0 0, no capabilities");
	EXITS(ordinary, 0);
}

/* Runs a copy of this program as this uid and gid of the caller's user namespace; gives its creds_now(). */
static const char *run_as(uid_t id, const char *program, int *dumpable)
{
	CHILD(runner, 0, .uid = id) {
		EXEC_FILE(runner, report, program);
	}
	const char *creds = HEAR_TEXT(runner);
	*dumpable = (int)HEAR(runner);
	EXITS(runner, 0);
	return creds;
}

struct program {
	uid_t uid;
	gid_t gid;
	mode_t mode;
	const char *creds; /* of uid 5 after executing it */
};

/* One file for all rows: an emulator translates each copy of a program anew. */
#define PROGRAM "/tmp/program"

static void run_programs(const struct program *programs, int count)
{
	MUST(program_make(PROGRAM, 0, 0, 0755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		for (int i = 0; i < count; i++) {
			int dumpable;
			bool changes =
				strcmp(programs[i].creds, "uid 5 5 5, gid 5 5 5, no capabilities") != 0;
			HEAR(root);
			NOTE("%u:%u mode %o", programs[i].uid, programs[i].gid, programs[i].mode);
			IS(run_as(5, PROGRAM, &dumpable), programs[i].creds);
			if (changes)
				IS_NOT(dumpable, 1);
			else
				IS(dumpable, 1);
			TELL(root);
		}
	}
	for (int i = 0; i < count; i++) {
		MUST(chown(PROGRAM, programs[i].uid, programs[i].gid)); /* takes the bits of the mode away */
		MUST(chmod(PROGRAM, programs[i].mode));
		TELL(root);
		HEAR(root);
	}
	EXITS(root, 0);
}

CASE(setuid_and_setgid_bits_with_mapped_ids_take_effect)
{
	static const struct program programs[] = {
		{100007, 100000, 04755, "uid 5 7 7, gid 5 5 5, no capabilities"},
		{100000, 100008, 02755, "uid 5 5 5, gid 5 8 8, no capabilities"},
		{100007, 100008, 0755, "uid 5 5 5, gid 5 5 5, no capabilities"},
	};

	run_programs(programs, 3);
}

CASE(setuid_and_setgid_bits_with_an_unmapped_id_are_ignored)
{
	static const char same[] = "uid 5 5 5, gid 5 5 5, no capabilities";
	static const struct program programs[] = {
		{1, 100000, 04755, same},
		{100007, 1, 04755, same},
		{1, 100008, 02755, same},
		{0, 0, 04755, same},
		{100007, 100000, 04755, "uid 5 7 7, gid 5 5 5, no capabilities"}, /* control */
	};

	run_programs(programs, 5);
}

CASE(setuid_root_of_the_namespace_gives_its_capabilities)
{
	int dumpable;

	MUST(program_make("/tmp/suid", CONTAINER_ID, CONTAINER_ID, 04755));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(run_as(5, "/tmp/suid", &dumpable), "uid 5 0 0, gid 5 5 5, all capabilities");
	}
	EXITS(root, 0);
	IS(run_as(UNPRIVILEGED, "/tmp/suid", &dumpable),
	   "uid 1000 100000 100000, gid 1000 1000 1000, no capabilities");
}

CASE(noroot_securebit_works_inside)
{
	for (int noroot = 0; noroot <= 1; noroot++) {
		NOTE("SECBIT_NOROOT %d", noroot);
		CHILD(root, NS_USER, .map = CONTAINER_MAP) {
			MUST(prctl(PR_SET_SECUREBITS, noroot ? SECBIT_NOROOT : 0));
			TELL(root);
			EXEC(root, report);
		}
		IS(HEAR_SENDER(root).uid, CONTAINER_ID);
		IS(HEAR_TEXT(root), noroot ? "uid 0 0 0, gid 0 0 0, no capabilities"
					   : "uid 0 0 0, gid 0 0 0, all capabilities");
		EXITS(root, 0);
	}
}

CASE(bounding_and_ambient_sets_work_inside)
{
	unsigned long long all = strtoull(caps_all(), NULL, 16), raw = 1ULL << CAP_NET_RAW;

	CHILD(bound, NS_USER, .map = CONTAINER_MAP) {
		MUST(prctl(PR_CAPBSET_DROP, CAP_NET_RAW));
		TELL(bound);
		EXEC(bound, report);
	}
	IS(HEAR_SENDER(bound).uid, CONTAINER_ID);
	IS(HEAR_TEXT(bound),
	   path("uid 0 0 0, gid 0 0 0, capabilities %016llx %016llx", all & ~raw, all & ~raw));
	EXITS(bound, 0);

	CHILD(ambient, NS_USER, .map = CONTAINER_MAP) {
		FAILS(EPERM, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0));
		MUST(prctl(PR_SET_KEEPCAPS, 1));
		MUST(setresuid(5, 5, 5)); /* empties the ambient set */
		MUST(cap_make_ambient(CAP_NET_RAW));
		TELL(ambient);
		EXEC(ambient, report);
	}
	IS(HEAR_SENDER(ambient).uid, CONTAINER_ID + 5);
	IS(HEAR_TEXT(ambient), path("uid 5 5 5, gid 0 0 0, capabilities %016llx %016llx", raw, raw));
	EXITS(ambient, 0);
}

PAYLOAD(stay)
{
	TELL(outer, prctl(PR_GET_DUMPABLE));
	HEAR(outer);
}

/* Root of a namespace with this map runs the program, which has this mode, and tries to look into it. */
static void inspect(const char *map, mode_t mode, bool shielded)
{
	NOTE("mode %o, map %s", mode, map);
	MUST(chmod(PROGRAM, mode));
	CHILD(root, NS_USER, .map = map) {
		char target[256];
		struct stat st;
		CHILD(runner, 0) {
			EXEC_FILE(runner, stay, PROGRAM);
		}
		IS(HEAR(runner), !shielded);
		OK(stat(proc_path(runner->pid, "status"), &st));
		IS(st.st_uid, shielded ? 65534 : 0);
		if (shielded) {
			FAILS(EPERM, ptrace(PTRACE_SEIZE, runner->pid, NULL, NULL));
			FAILS(EACCES, open(proc_path(runner->pid, "mem"), O_RDONLY));
			FAILS(EACCES, readlink(proc_path(runner->pid, "exe"), target, sizeof(target)));
		} else {
			OK(ptrace(PTRACE_SEIZE, runner->pid, NULL, NULL));
			OK(open(proc_path(runner->pid, "mem"), O_RDONLY));
			OK(readlink(proc_path(runner->pid, "exe"), target, sizeof(target)));
		}
		DISMISS(runner);
	}
	EXITS(root, 0);
}

CASE(unreadable_binary_is_shielded_from_namespace_root)
{
	MUST(program_make(PROGRAM, 0, 0, 0711));
	inspect(CONTAINER_MAP, 0711, true);
	inspect(CONTAINER_MAP, 0755, false);
	inspect("0 0 65536", 0711, false);
}
