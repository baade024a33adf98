// SPDX-License-Identifier: GPL-2.0-only
/* Propagation types: what sets, copies and shows them. mount_namespaces(7) "SHARED SUBTREES" */
/* Goes on from prop.c. */
#include "helpers/nscheck.h"

#define GROUP         "mnt.prop"
#define ONE_NAMESPACE "propagation types of one namespace's mounts; no isolation is observed"

enum state { SHARED, SHARED_WITH_PEER, SLAVE, SLAVE_SHARED, PRIVATE, UNBINDABLE, STATES };

static const char *const state_names[] = {"shared",  "shared with a peer", "slave", "slave+shared",
					  "private", "unbindable"};

/* Makes a directory for one row of a table, with a mount of its own in this state on its "x"; gives "x". */
static const char *make_in_state(int row, enum state state)
{
	static char x[64], master[64];

	snprintf(x, sizeof(x), "/tmp/%d/x", row);
	snprintf(master, sizeof(master), "/tmp/%d/master", row);
	NOTE("%s", state_names[state]);
	if (state == SHARED_WITH_PEER || state == SLAVE || state == SLAVE_SHARED) {
		MUST(tmpfs_make(master));
		MUST(mnt_propagation(master, MS_SHARED));
		MUST(dir_make(x));
		MUST(bind_make(master, x));
		if (state != SHARED_WITH_PEER)
			MUST(mnt_propagation(x, MS_SLAVE));
	} else {
		MUST(tmpfs_make(x));
	}
	if (state == SHARED || state == SLAVE_SHARED)
		MUST(mnt_propagation(x, MS_SHARED));
	if (state == UNBINDABLE)
		MUST(mnt_propagation(x, MS_UNBINDABLE));
	return x;
}

/*
 * What became of a mount, in letters: S shared in the same group, N in another group, M slave of the same
 * master, G slave of its own former group, U unbindable; none of them for private.
 */
static const char *became(const struct mountinfo *old, const struct mountinfo *new)
{
	const char *shared = !new->shared ? "" : new->shared == old->shared ? "S" : "N";
	const char *master = !new->master                 ? ""
			     : new->master == old->master ? "M"
			     : new->master == old->shared ? "G"
							  : "?";

	return path("%s%s%s", shared, master, new->unbindable ? "U" : "");
}

CASE(transition_table, .unsabotaged = ONE_NAMESPACE)
{
	static const unsigned long changes[] = {MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE};
	static const char *const expected[STATES][4] = {
		[SHARED] = {"S", "", "", "U"},  [SHARED_WITH_PEER] = {"S", "G", "", "U"},
		[SLAVE] = {"NM", "M", "", "U"}, [SLAVE_SHARED] = {"SM", "M", "", "U"},
		[PRIVATE] = {"N", "", "", "U"}, [UNBINDABLE] = {"N", "U", "", "U"},
	};

	for (int cell = 0; cell < STATES * 4; cell++) {
		const char *x = make_in_state(cell, cell / 4);
		const struct mountinfo *before = MUST(mnt_at(x));
		NOTE("%s, change %d", state_names[cell / 4], cell % 4);
		OK(mnt_propagation(x, changes[cell % 4]));
		IS(became(before, OK(mnt_at(x))), expected[cell / 4][cell % 4]);
	}
}

static const struct {
	const char *name;
	unsigned long change; /* after it was shared with a peer; 0: none */
	bool shared;
} destinations[] = {{"private", MS_PRIVATE, false}, {"shared", 0, true}, {"slave", MS_SLAVE, false}};

/* The mount point in a directory that is a mount in that state; it has a master, or a peer, of its own. */
static const char *make_destination(int row, int kind)
{
	static char dest[64];
	const char *peer = path("/tmp/%d/peer", row);

	snprintf(dest, sizeof(dest), "/tmp/%d/dest", row);
	MUST(tmpfs_make(peer));
	MUST(mnt_propagation(peer, MS_SHARED));
	MUST(dir_make(path("%s/t", peer)));
	MUST(dir_make(dest));
	MUST(bind_make(peer, dest));
	if (destinations[kind].change)
		MUST(mnt_propagation(dest, destinations[kind].change));
	return dest;
}

/* What has come out at the target: of a new group, that it is neither its former master's nor the destination's. */
static void claim_result(const char *target, const char *dest, const struct mountinfo *before,
			 const char *wanted)
{
	const struct mountinfo *now = OK(mnt_at(target)), *around = MUST(mnt_at(dest));

	IS(became(before, now), wanted);
	HOLDS(!now->shared || (now->shared != before->master && now->shared != around->shared));
	HOLDS(!now->master || now->master != around->master);
}

/* One table of bind or move results: rows by source state, where the destination is not shared and where it is; NULL is EINVAL. */
static void result_table(unsigned long how, const char *const expected[STATES][2])
{
	const int kinds = ARRAY_SIZE(destinations);

	for (int cell = 0; cell < STATES * kinds; cell++) {
		enum state state = cell / kinds;
		const char *wanted = expected[state][destinations[cell % kinds].shared];
		if (state == SHARED_WITH_PEER)
			continue;
		const char *x = make_in_state(cell, state), *dest = make_destination(cell, cell % kinds);
		char target[80], copy[64];
		snprintf(target, sizeof(target), "%s/t", dest);
		snprintf(copy, sizeof(copy), "/tmp/%d/peer/t", cell);
		const struct mountinfo *before = MUST(mnt_at(x));
		NOTE("%s to %s destination", state_names[state], destinations[cell % kinds].name);
		if (wanted) {
			OK(mount(x, target, NULL, how, NULL));
			claim_result(target, dest, before, wanted);
			IS(mnt_count(copy), destinations[cell % kinds].shared);
			IS(mnt_count(x), how == MS_MOVE ? 0 : 1);
			if (how == MS_BIND)
				IS(OK(mnt_at(x))->tags, before->tags);
		} else {
			FAILS(EINVAL, mount(x, target, NULL, how, NULL));
			IS(mnt_count(target), 0);
		}
	}
}

CASE(bind_result_table, .unsabotaged = ONE_NAMESPACE)
{
	static const char *const expected[STATES][2] = {
		[SHARED] = {"S", "S"}, [SLAVE] = {"M", "NM"},       [SLAVE_SHARED] = {"SM", "SM"},
		[PRIVATE] = {"", "N"}, [UNBINDABLE] = {NULL, NULL},
	};

	result_table(MS_BIND, expected);
}

CASE(move_result_table, .unsabotaged = ONE_NAMESPACE)
{
	static const char *const expected[STATES][2] = {
		[SHARED] = {"S", "S"}, [SLAVE] = {"M", "NM"},      [SLAVE_SHARED] = {"SM", "SM"},
		[PRIVATE] = {"", "N"}, [UNBINDABLE] = {"U", NULL},
	};

	result_table(MS_MOVE, expected);
}

CASE(unbindable_mount_cannot_be_bound_or_cloned, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/u"));
	MUST(tmpfs_make("/tmp/u/sub"));
	MUST(dir_make("/tmp/t"));
	MUST(mnt_propagation("/tmp/u", MS_UNBINDABLE));
	FAILS(EINVAL, bind_make("/tmp/u", "/tmp/t"));
	FAILS(EINVAL, mount("/tmp/u", "/tmp/t", NULL, MS_BIND | MS_REC, NULL));
	FAILS(EINVAL, tree_clone("/tmp/u", 0));
	OK(bind_make("/tmp/u/sub", "/tmp/t")); /* controls: a private mount on it, and itself once private */
	OK(mnt_propagation("/tmp/u", MS_PRIVATE));
	OK(bind_make("/tmp/u", "/tmp/t"));
	OK(tree_clone("/tmp/u", 0));
}

CASE(recursive_bind_prunes_unbindable_subtrees, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/r"));
	MUST(tmpfs_make("/tmp/r/v"));
	MUST(tmpfs_make("/tmp/r/u"));
	MUST(tmpfs_make("/tmp/r/u/z"));
	MUST(mnt_propagation("/tmp/r/u", MS_UNBINDABLE));
	for (int expected = 0; expected < 2; expected++) {
		const char *copy = path("/tmp/copy%d", expected);
		MUST(dir_make(copy));
		OK(mount("/tmp/r", copy, NULL, MS_BIND | MS_REC, NULL));
		IS(mnt_count(path("%s/v", copy)), 1);
		IS(mnt_count(path("%s/u", copy)), expected);
		IS(mnt_count(path("%s/u/z", copy)), expected);
		MUST(mnt_propagation("/tmp/r/u", MS_PRIVATE)); /* the control is the second round */
	}
}

static void cannot_be_bound(const char *unbindable, const char *to)
{
	HOLDS(OK(mnt_at(unbindable))->unbindable);
	FAILS(EINVAL, bind_make(unbindable, to));
	FAILS(EINVAL, mount(unbindable, to, NULL, MS_BIND | MS_REC, NULL));
	FAILS(EINVAL, tree_clone(unbindable, 0));
}

CASE(unbindable_flag_survives_namespace_copies)
{
	MUST(tmpfs_make("/tmp/u"));
	MUST(dir_make("/tmp/t"));
	MUST(mnt_propagation("/tmp/u", MS_UNBINDABLE));
	long long home = ns_id(0, "mnt");
	CHILD(copy, NS_MNT) {
		OTHER_NS(0, home, NS_MNT);
		cannot_be_bound("/tmp/u", "/tmp/t");
		OK(bind_make("/tmp/t", "/tmp/t")); /* control */
		OK(unshare(CLONE_NEWNS));
		cannot_be_bound("/tmp/u", "/tmp/t");
	}
	EXITS(copy, 0);
	CHILD(rootless, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		cannot_be_bound("/tmp/u", "/tmp/t");
		OK(bind_make("/tmp/t", "/tmp/t")); /* control */
	}
	EXITS(rootless, 0);
}

CASE(type_and_group_of_new_mounts_and_of_copies)
{
	static const unsigned long unshared[] = {MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE};

	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	int group = MUST(mnt_at("/tmp/s"))->shared;
	MUST(dir_make("/tmp/s/new"));
	MUST(dir_make("/tmp/bound"));
	OK(bind_make("/tmp/s", "/tmp/bound"));
	IS(OK(mnt_at("/tmp/bound"))->tags, path("shared:%d", group));
	CHILD(copy, NS_MNT) {
		IS(OK(mnt_at("/tmp/s"))->tags, path("shared:%d", group));
		TELL(copy);
		int its_group = (int)HEAR(copy);
		IS(OK(mnt_at("/tmp/s/new"))->tags, path("shared:%d", its_group));
	}
	HEAR(copy);
	OTHER_NS(copy, 0, NS_MNT);
	OK(tmpfs_make("/tmp/s/new"));
	const struct mountinfo *new = OK(mnt_at("/tmp/s/new"));
	IS(new->tags, path("shared:%d", new->shared));
	IS_NOT(new->shared, group);
	IS(OK(mnt_at("/tmp/bound/new"))->tags, new->tags);
	TELL(copy, new->shared);
	EXITS(copy, 0);

	for (int i = 0; i < 3; i++) {
		NOTE("parent type %d", i);
		MUST(dir_make(path("/tmp/parent%d", i)));
		MUST(bind_make("/tmp/s", path("/tmp/parent%d", i)));
		MUST(mnt_propagation(path("/tmp/parent%d", i), unshared[i]));
		OK(tmpfs_make(path("/tmp/parent%d/new", i)));
		IS(OK(mnt_at(path("/tmp/parent%d/new", i)))->tags, "");
	}
}

CASE(recursive_change_reaches_submounts, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(tmpfs_make("/tmp/m/sub"));
	OK(mnt_propagation("/tmp/m", MS_SHARED | MS_REC));
	int group = OK(mnt_at("/tmp/m/sub"))->shared;
	HOLDS(group);
	MUST(dir_make("/tmp/r"));
	MUST(mount("/tmp/m", "/tmp/r", NULL, MS_BIND | MS_REC, NULL));
	OK(mnt_propagation("/tmp/r", MS_SLAVE)); /* control: not recursive */
	IS(OK(mnt_at("/tmp/r/sub"))->tags, path("shared:%d", group));

	OK(mnt_propagation("/tmp/r", MS_SLAVE | MS_REC));
	IS(OK(mnt_at("/tmp/r/sub"))->tags, path("master:%d", group));
	OK(mnt_propagation("/tmp/r", MS_SHARED | MS_REC));
	IS(OK(mnt_at("/tmp/r/sub"))->master, group);
	HOLDS(mnt_at("/tmp/r/sub")->shared);
	OK(mnt_propagation("/tmp/r", MS_PRIVATE | MS_REC));
	IS(OK(mnt_at("/tmp/r/sub"))->tags, "");
	OK(mnt_propagation("/tmp/r", MS_UNBINDABLE | MS_REC));
	HOLDS(OK(mnt_at("/tmp/r/sub"))->unbindable);
	IS(OK(mnt_at("/tmp/m/sub"))->tags, path("shared:%d", group));
}

/* The tags of a mount, read here from the mountinfo of a process with another root, in another namespace. */
static const char *tags_of_jailed(const char *root, const char *where)
{
	static struct mountinfo seen;

	CHILD(jailed, NS_MNT) {
		MUST(chroot(root));
		TELL(jailed);
		HEAR(jailed);
	}
	HEAR(jailed);
	OK(mountinfo_find(proc_path(jailed->pid, "mountinfo"), where, &seen));
	DISMISS(jailed);
	return seen.tags;
}

CASE(propagate_from_names_nearest_visible_master_group, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/tmp/etc"));
	MUST(dir_make("/tmp/m/proc"));
	MUST(proc_mount("/tmp/m/proc"));
	MUST(mnt_propagation("/tmp/m", MS_SHARED));
	MUST(dir_make("/tmp/o"));
	MUST(bind_make("/tmp/m", "/tmp/o"));
	MUST(mnt_propagation("/tmp/o", MS_SLAVE));
	MUST(mnt_propagation("/tmp/o", MS_SHARED));
	MUST(bind_make("/tmp/o", "/tmp/m/tmp/etc"));
	MUST(mnt_propagation("/tmp/m/tmp/etc", MS_SLAVE));

	int top = MUST(mnt_at("/tmp/m"))->shared, middle = MUST(mnt_at("/tmp/o"))->shared;
	IS(OK(mnt_at("/tmp/m/tmp/etc"))->tags, path("master:%d", middle));
	IS(tags_of_jailed("/tmp/m", "/tmp/etc"), path("master:%d propagate_from:%d", middle, top));
	MUST(chroot("/tmp/m"));
	IS(OK(mnt_at("/"))->tags, path("shared:%d", top));
	IS(OK(mnt_at("/tmp/etc"))->tags, path("master:%d propagate_from:%d", middle, top));
}

CASE(change_request_errors, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/m"));
	MUST(dir_make("/tmp/m/dir"));
	FAILS(EINVAL, mnt_propagation("/tmp/m", MS_SHARED | MS_PRIVATE));
	FAILS(EINVAL, mnt_propagation("/tmp/m", MS_SHARED | MS_RDONLY));
	FAILS(EINVAL, mnt_propagation("/tmp/m/dir", MS_SHARED));
	IS(MUST(mnt_at("/tmp/m"))->tags, "");
	OK(mnt_propagation("/tmp/m", MS_SHARED | MS_REC)); /* controls */
	OK(mnt_propagation("/tmp/m", MS_SHARED | MS_SILENT));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		FAILS(EPERM, mnt_propagation("/tmp/m", MS_PRIVATE));
	}
	EXITS(user, 0);
	CHILD(root, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, mnt_propagation("/tmp/m", MS_PRIVATE));
	}
	EXITS(root, 0);
}

static int set_group(const char *from, const char *to)
{
	return move_mount(AT_FDCWD, from, AT_FDCWD, to, MOVE_MOUNT_SET_GROUP);
}

/* A private mount of /tmp/from, or of a part of it, on a new directory. */
static void make_private_copy(const char *from, const char *to)
{
	MUST(dir_make(to));
	MUST(bind_make(from, to));
	MUST(mnt_propagation(to, MS_PRIVATE));
}

/* /tmp/from, a shared slave of /tmp/master, and what joins its group or does not. */
static void make_groups(void)
{
	MUST(tmpfs_make("/tmp/master"));
	MUST(dir_make("/tmp/master/sub"));
	MUST(dir_make("/tmp/master/x"));
	MUST(mnt_propagation("/tmp/master", MS_SHARED));
	MUST(dir_make("/tmp/from"));
	MUST(bind_make("/tmp/master", "/tmp/from"));
	MUST(mnt_propagation("/tmp/from", MS_SLAVE));
	MUST(mnt_propagation("/tmp/from", MS_SHARED));
	MUST(tmpfs_make("/tmp/other"));
	make_private_copy("/tmp/master", "/tmp/to");
	make_private_copy("/tmp/master", "/tmp/private");
	make_private_copy("/tmp/master/sub", "/tmp/narrow");
	MUST(mnt_propagation("/tmp/narrow", MS_SHARED));
}

/* Claims which two mounts do not go together, once /tmp/to has joined. */
static void unfit_are_refused(void)
{
	static const struct {
		const char *why, *from, *to;
	} rows[] = {
		{"already shared", "/tmp/from", "/tmp/to"},
		{"source private", "/tmp/other", "/tmp/private"},
		{"source shows less", "/tmp/narrow", "/tmp/private"},
		{"source no mount", "/tmp/from/sub", "/tmp/private"},
		{"target no mount", "/tmp/from", "/tmp/private/sub"},
		{"another filesystem", "/tmp/from", "/tmp/other"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		NOTE("%s", rows[i].why);
		FAILS(EINVAL, set_group(rows[i].from, rows[i].to));
	}
	NOTE_END();
	FAILS(EINVAL, move_mount(AT_FDCWD, "/tmp/from", AT_FDCWD, "/tmp/private",
				 MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_BENEATH));
	IS(MUST(mnt_at("/tmp/private"))->tags, "");
}

CASE(set_group_joins_an_existing_sharing_group)
{
	make_groups();
	OK(set_group("/tmp/from", "/tmp/to"));
	const char *tags = MUST(mnt_at("/tmp/from"))->tags;
	IS(OK(mnt_at("/tmp/to"))->tags, tags);
	OK(tmpfs_make("/tmp/from/x"));
	IS(mnt_count("/tmp/to/x"), 1);

	unfit_are_refused();

	CHILD(elsewhere, NS_MNT) {
		make_private_copy("/tmp/master", "/tmp/mine");
		int from = TAKE_FD(elsewhere);
		OK(move_mount(from, "", AT_FDCWD, "/tmp/mine",
			      MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_F_EMPTY_PATH));
		IS(OK(mnt_at("/tmp/mine"))->tags, tags);
		IS(mnt_count("/tmp/mine/x"), 0);
		TELL(elsewhere);
		HEAR(elsewhere);
		IS(mnt_count("/tmp/mine/sub"), 1);
	}
	OTHER_NS(elsewhere, 0, NS_MNT);
	GIVE_FD(elsewhere, MUST(open("/tmp/from", O_PATH | O_CLOEXEC)));
	HEAR(elsewhere);
	OK(tmpfs_make("/tmp/from/sub"));
	DISMISS(elsewhere);
}

CASE(set_group_of_a_slave_makes_another_slave, .unsabotaged = ONE_NAMESPACE)
{
	make_groups();
	MUST(mnt_propagation("/tmp/from", MS_SLAVE)); /* and no longer shared */
	OK(set_group("/tmp/from", "/tmp/to"));
	const char *tags = path("master:%d", MUST(mnt_at("/tmp/master"))->shared);
	IS(MUST(mnt_at("/tmp/from"))->tags, tags);
	IS(OK(mnt_at("/tmp/to"))->tags, tags);
	OK(tmpfs_make("/tmp/master/x"));
	IS(mnt_count("/tmp/from/x"), 1);
	IS(mnt_count("/tmp/to/x"), 1);
	OK(tmpfs_make("/tmp/to/sub"));
	IS(mnt_count("/tmp/from/sub"), 0);
	IS(mnt_count("/tmp/master/sub"), 0);
}
