// SPDX-License-Identifier: GPL-2.0-only
/* How maps read from different namespaces, and that they translate. user_namespaces(7) "User and group ID mappings" */
/* Goes on from map.c. */
#include "helpers/nscheck.h"

#define GROUP "user.map"

#define SECRET "/tmp/secret"

static const char *const id_maps[] = {"uid_map", "gid_map"};

static const char *line(unsigned int inside, unsigned int outside, unsigned int count)
{
	return path("%10u %10u %10u", inside, outside, count);
}

static uid_t owner_of(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return st.st_uid;
}

CASE(second_column_depends_on_the_reader)
{
	CHILD(a, NS_USER) {
		HEAR(a);
	}
	CHILD(b, NS_USER) {
		HEAR(b);
		for (int i = 0; i < 2; i++) {
			NOTE("%s", id_maps[i]);
			IS(file_read(proc_path(0, id_maps[i])), line(200, 1000, 1));
			IS(file_read(proc_path(a->pid, id_maps[i])), line(0, 200, 1));
		}
	}
	MUST(idmap_write(a->pid, "0 1000 1"));
	MUST(idmap_write(b->pid, "200 1000 1"));
	for (int i = 0; i < 2; i++)
		IS(file_read(proc_path(a->pid, id_maps[i])), line(0, 1000, 1));
	DISMISS(b);
	DISMISS(a);
}

CASE(unmapped_second_column_is_4294967295)
{
	static const struct {
		const char *map;
		unsigned int seen; /* the first outside id of 0 100000 10 */
	} readers[] = {{"0 200000 10", 4294967295}, {"0 100005 10", 4294967295}, {"0 100000 1", 0}};

	CHILD(subject, NS_USER, .map = "0 100000 10") {
		HEAR(subject);
	}
	pid_t initial = getpid();
	for (int i = 0; i < 3; i++) {
		NOTE("reader with the map %s", readers[i].map);
		CHILD(reader, NS_USER, .map = readers[i].map) {
			for (int n = 0; n < 2; n++) {
				IS(file_read(proc_path(subject->pid, id_maps[n])),
				   line(0, readers[i].seen, 10));
				IS(file_read(proc_path(initial, id_maps[n])),
				   line(0, 4294967295, 4294967295));
			}
		}
		EXITS(reader, 0);
	}
	DISMISS(subject);
}

CASE(nested_map_with_more_than_five_lines_translates)
{
	MUST(file_make(SECRET));
	MUST(chmod(SECRET, 0600));
	OK(open(SECRET, O_RDONLY)); /* control */
	CHILD(outer, NS_USER, .map = "0 100000 1000") {
		CHILD(inner, NS_USER, .map = "0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 990") {
			FAILS(EACCES, open(SECRET, O_RDONLY));
			IS(owner_of(SECRET), 65534);
			OK(file_make("/tmp/made"));
			IS(owner_of("/tmp/made"), 0);
		}
		EXITS(inner, 0);
	}
	EXITS(outer, 0);
	IS(owner_of("/tmp/made"), CONTAINER_ID);
}

/* Line i maps i to this id: the higher inside, the lower outside. */
static uid_t reversed(int i)
{
	return 1000 + 2 * (339 - i);
}

CASE(large_map_translates_exactly)
{
	static const int ids[] = {0, 1, 5, 6, 170, 338, 339};
	static char map[4096];
	size_t used = 0;

	for (int i = 0; i < 340; i++)
		used += (size_t)sprintf(map + used, "%d %u 1\n", i, reversed(i));
	CHILD(root, NS_USER, .map = map) {
		FAILS(EINVAL, setresuid(340, 340, 340));
		for (int i = 0; i < 7; i++) {
			CHILD(member, 0) {
				NOTE("id %d", ids[i]);
				OK(setresgid(ids[i], ids[i], ids[i]));
				OK(setresuid(ids[i], ids[i], ids[i]));
				IS(getuid(), ids[i]);
				OK(file_make(path("/tmp/%d", ids[i])));
				IS(owner_of(path("/tmp/%d", ids[i])), ids[i]);
			}
			EXITS(member, 0);
		}
	}
	EXITS(root, 0);
	for (int i = 0; i < 7; i++) {
		NOTE("id %d", ids[i]);
		IS(owner_of(path("/tmp/%d", ids[i])), reversed(ids[i]));
	}
}
