// SPDX-License-Identifier: GPL-2.0-only
/* Which ids a process reads and may set. user_namespaces(7) "Unmapped user and group IDs", "Interaction with system calls..." */
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.id"

#define OVERFLOW_UID "/proc/sys/kernel/overflowuid"
#define OVERFLOW_GID "/proc/sys/kernel/overflowgid"

CASE(unmapped_ids_read_as_overflow)
{
	long long uid = MUST(file_number(OVERFLOW_UID)), gid = MUST(file_number(OVERFLOW_GID));

	CHILD(member, NS_USER) {
		struct stat st;
		IS(uids_now(), path("%lld %lld %lld", uid, uid, uid));
		IS(gids_now(), path("%lld %lld %lld", gid, gid, gid));
		IS(proc_status(0, "Uid"), path("%lld\t%lld\t%lld\t%lld", uid, uid, uid, uid));
		IS(proc_status(0, "Gid"), path("%lld\t%lld\t%lld\t%lld", gid, gid, gid, gid));
		IS(setfsuid(-1), uid);
		OK(stat("/tmp", &st));
		IS(st.st_uid, uid);
		IS(st.st_gid, gid);
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	IS(proc_status(member->pid, "Uid"), "0\t0\t0\t0");
	IS(proc_status(member->pid, "Gid"), "0\t0\t0\t0");
	DISMISS(member);
}

CASE(overflow_sysctl_is_honoured)
{
	const char *uid = MUST(file_read(OVERFLOW_UID)), *gid = MUST(file_read(OVERFLOW_GID));

	MUST(file_write(OVERFLOW_UID, "12345"));
	MUST(file_write(OVERFLOW_GID, "12346"));
	CHILD(member, NS_USER) {
		struct stat st = {0};
		stat("/tmp", &st);
		TELL_TEXT(member, path("%u %u, /tmp of %u %u", getuid(), getgid(), st.st_uid, st.st_gid));
	}
	const char *seen = HEAR_TEXT(member);
	MUST(file_write(OVERFLOW_UID, uid));
	MUST(file_write(OVERFLOW_GID, gid));
	IS(seen, "12345 12346, /tmp of 12345 12346");
	EXITS(member, 0);
}

static int reuid(uid_t id)
{
	return setreuid(id, id);
}
static int resuid(uid_t id)
{
	return setresuid(id, id, id);
}
static int regid(gid_t id)
{
	return setregid(id, id);
}
static int resgid(gid_t id)
{
	return setresgid(id, id, id);
}
static int one_group(gid_t id)
{
	return setgroups(1, &id);
}

static const struct {
	const char *name;
	int (*set)(unsigned int id);
} id_calls[] = {
	{"setuid", setuid},    {"seteuid", seteuid},  {"setreuid", reuid},
	{"setresuid", resuid}, {"setgid", setgid},    {"setegid", setegid},
	{"setregid", regid},   {"setresgid", resgid}, {"setgroups", one_group}, /* the last */
};
#define ID_CALLS (sizeof(id_calls) / sizeof(id_calls[0]))

CASE(setting_ids_fails_before_the_maps_exist)
{
	static const unsigned int ids[] = {0, 1, UNPRIVILEGED, 65534};

	CHILD(member, NS_USER) {
		uid_t before = getuid();
		HOLDS(cap_effective_full());
		for (size_t i = 0; i < ID_CALLS - 1; i++)
			for (int n = 0; n < 4; n++) {
				NOTE("%s(%u)", id_calls[i].name, ids[n]);
				FAILS(EINVAL, id_calls[i].set(ids[n]));
			}
		NOTE_END();
		OK(setresuid(-1, -1, -1)); /* control: to change nothing is allowed */
		setfsuid(0);
		IS(setfsuid(-1), before);
		FAILS(EPERM, setgroups(0, NULL));
	}
	EXITS(member, 0);
}

CASE(only_mapped_ids_can_be_set)
{
	CHILD(root, NS_USER, .map = "0 100000 10") {
		for (size_t i = 0; i < ID_CALLS; i++) {
			NOTE("%s", id_calls[i].name);
			FAILS(EINVAL, id_calls[i].set(10));
			FAILS(EINVAL, id_calls[i].set(65534));
			CHILD(member, 0) {
				OK(id_calls[i].set(9));
			}
			EXITS(member, 0);
		}
		NOTE_END();
		OK(setresgid(8, 8, 8));
		OK(setresuid(9, 9, 9));
		IS(uids_now(), "9 9 9");
		IS(gids_now(), "8 8 8");
		TELL(root);
	}
	struct ucred outside = HEAR_SENDER(root);
	IS(outside.uid, 100009);
	IS(outside.gid, 100008);
	EXITS(root, 0);
}

CASE(uid_and_gid_maps_are_independent)
{
	CHILD(with_uids, NS_USER) {
		HEAR(with_uids);
		FAILS(EINVAL, setgid(5));
		FAILS(EPERM, one_group(5));
		OK(setuid(5));
	}
	MUST(idmap_write_file(with_uids->pid, "uid_map", CONTAINER_MAP));
	DISMISS(with_uids);

	CHILD(with_gids, NS_USER) {
		HEAR(with_gids);
		FAILS(EINVAL, setuid(5));
		OK(one_group(5));
		OK(setgid(5));
	}
	MUST(idmap_write_file(with_gids->pid, "gid_map", CONTAINER_MAP));
	DISMISS(with_gids);
}

CASE(map_written_by_parent_changes_visible_ids)
{
	CHILD(member, NS_USER) {
		IS(geteuid(), 65534);
		IS(getegid(), 65534);
		TELL(member);
		HEAR(member);
		IS(geteuid(), 100);
		IS(getegid(), 100);
	}
	HEAR(member);
	OK(idmap_write(member->pid, "100 0 1"));
	DISMISS(member);
}

CASE(leaving_uid_0_of_the_namespace_drops_capabilities)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(plain, 0) {
			OK(setresuid(5, 5, 5));
			IS(creds_now(), "uid 5 5 5, gid 0 0 0, no capabilities");
		}
		EXITS(plain, 0);
		CHILD(keeper, 0) {
			MUST(prctl(PR_SET_KEEPCAPS, 1));
			OK(setresuid(5, 5, 5));
			IS(proc_status(0, "CapPrm"), caps_all());
			IS(proc_status(0, "CapEff"), CAPS_NONE);
		}
		EXITS(keeper, 0);
	}
	EXITS(root, 0);

	CHILD(seven, NS_USER) {
		HEAR(seven);
		OK(setresuid(7, 7, 7));
		IS(creds_now(), "uid 7 7 7, gid 7 7 7, all capabilities");
	}
	MUST(idmap_write(seven->pid, "7 0 1")); /* root outside, but not inside */
	DISMISS(seven);
}
