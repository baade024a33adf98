// SPDX-License-Identifier: GPL-2.0-only
/* How mounts and umounts spread between copies of a mount. mount_namespaces(7) "SHARED SUBTREES" */
#include "helpers/nscheck.h"

#define GROUP         "mnt.prop"
#define ONE_NAMESPACE "propagation between mounts of one namespace; no isolation is observed"

/* /tmp/A (with entry "a") bound on itself in one propagation type, and /tmp/B (with entry "b") to be bound on it. */
static void make_a_and_b(unsigned long type)
{
	MUST(tmpfs_make("/tmp/A"));
	MUST(file_make("/tmp/A/a"));
	MUST(mnt_propagation("/tmp/A", type));
	MUST(dir_make("/tmp/B"));
	MUST(file_make("/tmp/B/b"));
}

/* The entry that /tmp/A shows: 'a' for its own, 'b' for what is bound on it. */
static int top_of_a(void)
{
	return file_exists("/tmp/A/a") ? 'a' : file_exists("/tmp/A/b") ? 'b' : 0;
}

/*
 * Binds and unbinds /tmp/B on /tmp/A here, then in a copy of the namespace whose /tmp/A was changed to
 * `copy_type` (0: as copied), and claims what the other side saw of each bind: 'b' or 'a'.
 */
static void exchange(unsigned long type, unsigned long copy_type, int copy_sees, int home_sees)
{
	make_a_and_b(type);
	CHILD(copy, 0) {
		OK(unshare(CLONE_NEWNS));
		if (copy_type)
			MUST(mnt_propagation("/tmp/A", copy_type));
		TELL(copy);
		HEAR(copy);
		IS(top_of_a(), copy_sees);
		TELL(copy);
		HEAR(copy);
		IS(top_of_a(), 'a');
		OK(bind_make("/tmp/B", "/tmp/A"));
		IS(top_of_a(), 'b'); /* control */
		TELL(copy);
		HEAR(copy);
		OK(umount2("/tmp/A", 0));
		IS(top_of_a(), 'a');
	}
	HEAR(copy);
	OTHER_NS(copy, 0, NS_MNT);
	OK(bind_make("/tmp/B", "/tmp/A"));
	IS(top_of_a(), 'b'); /* control */
	TELL(copy);
	HEAR(copy);
	OK(umount2("/tmp/A", 0));
	TELL(copy);
	HEAR(copy);
	IS(top_of_a(), home_sees);
	DISMISS(copy);
	IS(top_of_a(), 'a');
}

CASE(shared_mount_propagates_mount_and_umount_both_ways)
{
	exchange(MS_SHARED, 0, 'b', 'b');
}

CASE(private_mount_propagates_nothing)
{
	exchange(MS_PRIVATE, 0, 'a', 'a');
}

CASE(slave_mount_receives_but_does_not_send)
{
	exchange(MS_SHARED, MS_SLAVE, 'b', 'a');

	MUST(dir_make("/tmp/A/d"));
	MUST(dir_make("/tmp/A/e"));
	CHILD(copy, NS_MNT) {
		MUST(mnt_propagation("/tmp/A", MS_SLAVE));
		TELL(copy);
		HEAR(copy);
		IS(OK(mnt_at("/tmp/A/d"))->tags, path("master:%d", (int)HEAR(copy)));
		OK(tmpfs_make("/tmp/A/e"));
		IS(OK(mnt_at("/tmp/A/e"))->tags, "");
	}
	HEAR(copy);
	OK(tmpfs_make("/tmp/A/d"));
	TELL(copy);
	TELL(copy, MUST(mnt_at("/tmp/A/d"))->shared);
	EXITS(copy, 0);
}

/* /tmp/s, shared, and /tmp/t, a peer of it; both have the directories b and c. */
static void make_peers(void)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/b"));
	MUST(dir_make("/tmp/s/c"));
	MUST(dir_make("/tmp/t"));
	MUST(bind_make("/tmp/s", "/tmp/t"));
}

CASE(only_immediate_children_are_propagated, .unsabotaged = ONE_NAMESPACE)
{
	make_peers();
	OK(tmpfs_make("/tmp/s/c"));
	IS(mnt_count("/tmp/t/c"), 1); /* control */
	MUST(dir_make("/tmp/s/c/g"));
	MUST(dir_make("/tmp/s/c/h"));
	OK(mnt_propagation("/tmp/s/c", MS_PRIVATE));
	OK(tmpfs_make("/tmp/s/c/g"));
	IS(mnt_count("/tmp/t/c/g"), 0);
	OK(mnt_propagation("/tmp/s/c", MS_SHARED));
	OK(tmpfs_make("/tmp/s/c/h"));
	IS(mnt_count("/tmp/t/c/h"), 0);
	OK(tmpfs_make("/tmp/s/b"));
	IS(mnt_count("/tmp/t/b"), 1); /* control: /tmp/s itself is shared as before */
}

CASE(slave_and_shared_mount_relays_from_master_to_its_slaves, .unsabotaged = ONE_NAMESPACE)
{
	static const struct {
		const char *on;
		int a, b, c;
	} rows[] = {{"/tmp/a/x", 1, 1, 1}, {"/tmp/b/y", 0, 1, 1}, {"/tmp/c/z", 0, 0, 1}};

	MUST(tmpfs_make("/tmp/a"));
	MUST(mnt_propagation("/tmp/a", MS_SHARED));
	for (const char *name = "wxyz"; *name; name++)
		MUST(dir_make(path("/tmp/a/%c", *name)));
	MUST(dir_make("/tmp/b"));
	MUST(bind_make("/tmp/a", "/tmp/b"));
	MUST(mnt_propagation("/tmp/b", MS_SLAVE));
	MUST(mnt_propagation("/tmp/b", MS_SHARED));
	MUST(dir_make("/tmp/c"));
	MUST(bind_make("/tmp/b", "/tmp/c"));
	MUST(mnt_propagation("/tmp/c", MS_SLAVE));
	for (int i = 0; i < 3; i++) {
		char name = rows[i].on[7];
		NOTE("mount on %s", rows[i].on);
		OK(mount("tmpfs", rows[i].on, "tmpfs", 0, NULL));
		IS(mnt_count(path("/tmp/a/%c", name)), rows[i].a);
		IS(mnt_count(path("/tmp/b/%c", name)), rows[i].b);
		IS(mnt_count(path("/tmp/c/%c", name)), rows[i].c);
	}
	NOTE_END();

	OK(mnt_propagation("/tmp/b", MS_PRIVATE));
	IS(OK(mnt_at("/tmp/c"))->tags, path("master:%d", MUST(mnt_at("/tmp/a"))->shared));
	OK(tmpfs_make("/tmp/a/w"));
	IS(mnt_count("/tmp/c/w"), 1);
	IS(mnt_count("/tmp/b/w"), 0);
	OK(umount2("/tmp/a", MNT_DETACH));
	IS(OK(mnt_at("/tmp/c"))->tags, "");
}

CASE(umount_reaches_peers_and_slaves_and_busy_copies_block_it)
{
	static const char *const receivers[] = {"/tmp/t/b", "/tmp/v/b"};

	make_peers();
	MUST(dir_make("/tmp/v"));
	MUST(bind_make("/tmp/s", "/tmp/v"));
	MUST(mnt_propagation("/tmp/v", MS_SLAVE));
	CHILD(copy, NS_MNT) {
		for (int round = 0; round < 2; round++)
			for (int expected = 1; expected >= 0; expected--) {
				HEAR(copy);
				IS(mnt_count("/tmp/t/b"), expected);
				TELL(copy);
			}
	}
	OTHER_NS(copy, 0, NS_MNT);
	for (int i = 0; i < 2; i++) {
		NOTE("%s in use", receivers[i]);
		OK(tmpfs_make("/tmp/s/b"));
		int fd = MUST(open(receivers[i], O_RDONLY | O_CLOEXEC));
		FAILS(EBUSY, umount2("/tmp/s/b", 0));
		IS(mnt_count("/tmp/s/b"), 1);
		IS(mnt_count("/tmp/t/b"), 1);
		IS(mnt_count("/tmp/v/b"), 1);
		TELL(copy);
		HEAR(copy);
		if (i == 0)
			MUST(close(fd));
		OK(umount2("/tmp/s/b", i == 0 ? 0 : MNT_DETACH));
		IS(mnt_count("/tmp/s/b"), 0);
		IS(mnt_count("/tmp/t/b"), 0);
		IS(mnt_count("/tmp/v/b"), 0);
		TELL(copy);
		HEAR(copy);
	}
	EXITS(copy, 0);
}

CASE(umount_spares_copies_that_have_their_own_submounts, .unsabotaged = ONE_NAMESPACE)
{
	make_peers();
	OK(tmpfs_make("/tmp/s/b"));
	MUST(mnt_propagation("/tmp/t/b", MS_PRIVATE));
	MUST(tmpfs_make("/tmp/t/b/sub"));
	OK(umount2("/tmp/s/b", 0));
	IS(mnt_count("/tmp/s/b"), 0);
	IS(mnt_count("/tmp/t/b"), 1);
	IS(mnt_count("/tmp/t/b/sub"), 1);

	OK(tmpfs_make("/tmp/s/c"));
	MUST(mnt_propagation("/tmp/t/c", MS_PRIVATE));
	MUST(tmpfs_make("/tmp/t/c"));
	MUST(file_make("/tmp/t/c/top"));
	IS(mnt_count("/tmp/t/c"), 2); /* control: copy and overmount */
	OK(umount2("/tmp/s/c", 0));
	IS(mnt_count("/tmp/t/c"), 1);
	OK(access("/tmp/t/c/top", F_OK));
	OK(umount2("/tmp/t/c", 0));
	IS(mnt_count("/tmp/t/c"), 0);
}

CASE(mount_propagated_onto_an_occupied_place_goes_beneath, .unsabotaged = ONE_NAMESPACE)
{
	make_peers();
	MUST(mnt_propagation("/tmp/t", MS_SLAVE));
	MUST(tmpfs_make("/tmp/t/b"));
	MUST(file_make("/tmp/t/b/mine"));
	OK(tmpfs_make("/tmp/s/b"));
	OK(file_make("/tmp/s/b/theirs"));
	IS(mnt_count("/tmp/t/b"), 2);
	OK(access("/tmp/t/b/mine", F_OK));
	OK(umount2("/tmp/t/b", 0));
	OK(access("/tmp/t/b/theirs", F_OK));

	MUST(tmpfs_make("/tmp/t/b"));
	MUST(file_make("/tmp/t/b/mine"));
	OK(umount2("/tmp/s/b", 0));
	IS(mnt_count("/tmp/t/b"), 1);
	OK(access("/tmp/t/b/mine", F_OK));
}

CASE(not_received_where_the_mountpoint_is_outside_the_bind, .unsabotaged = ONE_NAMESPACE)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	MUST(dir_make("/tmp/s/d1/m"));
	MUST(dir_make("/tmp/s/d2/m"));
	MUST(dir_make("/tmp/t"));
	MUST(bind_make("/tmp/s/d1", "/tmp/t"));
	IS(MUST(mnt_at("/tmp/t"))->shared, MUST(mnt_at("/tmp/s"))->shared);
	OK(tmpfs_make("/tmp/s/d1/m"));
	IS(mnt_count("/tmp/t/m"), 1);
	OK(tmpfs_make("/tmp/s/d2/m"));
	IS(mountinfo_count("/proc/self/mountinfo", "/tmp/t"), 2); /* itself and m, as before */
}

CASE(lazy_umount_of_shared_rbind_also_unmounts_the_originals, .unsabotaged = ONE_NAMESPACE)
{
	static const struct {
		unsigned long change;
		int left;
	} rows[] = {{MS_SHARED, 0}, {MS_PRIVATE, 1}, {MS_SLAVE, 1}};

	for (int i = 0; i < 3; i++) {
		NOTE("row %d", i);
		MUST(tmpfs_make("/tmp/S"));
		MUST(mnt_propagation("/tmp/S", MS_SHARED));
		MUST(tmpfs_make("/tmp/S/a"));
		MUST(dir_make("/tmp/T"));
		MUST(mount("/tmp/S", "/tmp/T", NULL, MS_BIND | MS_REC, NULL));
		MUST(mnt_propagation("/tmp/T", MS_REC | rows[i].change));
		OK(umount2("/tmp/T", MNT_DETACH));
		IS(mnt_count("/tmp/T"), 0);
		IS(mnt_count("/tmp/S/a"), rows[i].left);
		IS(mnt_count("/tmp/S"), 1);
		MUST(umount2("/tmp/S", MNT_DETACH));
	}
}

CASE(changing_a_mount_of_another_namespace_needs_caps_over_it)
{
	MUST(tmpfs_make("/tmp/s"));
	MUST(mnt_propagation("/tmp/s", MS_SHARED));
	int outer = MUST(open("/tmp/s", O_PATH | O_CLOEXEC)), group = MUST(mnt_at("/tmp/s"))->shared;

	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, mnt_propagation(path("/proc/self/fd/%d", outer), MS_PRIVATE));
		OK(mnt_propagation("/tmp/s", MS_PRIVATE)); /* control: its own copy of that mount */
		MUST(tmpfs_make("/tmp/u"));
		int gone = MUST(open("/tmp/u", O_PATH | O_CLOEXEC));
		OK(mnt_propagation(path("/proc/self/fd/%d", gone), MS_SHARED)); /* control */
		MUST(umount2("/tmp/u", MNT_DETACH));
		FAILS(EINVAL, mnt_propagation(path("/proc/self/fd/%d", gone), MS_PRIVATE));
	}
	EXITS(box, 0);
	IS(MUST(mnt_at("/tmp/s"))->tags, path("shared:%d", group));
}
