// SPDX-License-Identifier: GPL-2.0-only
/* What may be written to uid_map, gid_map and projid_map. user_namespaces(7) "Defining user and group ID mappings" */
#include "helpers/nscheck.h"

#define GROUP "user.map"

static const char *const map_files[] = {"uid_map", "gid_map", "projid_map"};

/* A line of a map as the kernel writes it. */
static const char *line(unsigned int inside, unsigned int outside, unsigned int count)
{
	return path("%10u %10u %10u", inside, outside, count);
}

/* Writes `size` bytes through a descriptor of its own, as one write(2). */
static int write_text(pid_t pid, const char *file, const char *text, size_t size)
{
	int fd = MUST(open(proc_path(pid, file), O_WRONLY | O_CLOEXEC));
	ssize_t put = write(fd, text, size);
	int err = errno;

	close(fd);
	errno = err;
	return put == (ssize_t)size ? 0 : -1;
}

CASE(new_namespace_has_empty_maps)
{
	CHILD(member, NS_USER) {
		for (int i = 0; i < 3; i++) {
			NOTE("%s inside", map_files[i]);
			IS(file_read(proc_path(0, map_files[i])), "");
		}
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	for (int i = 0; i < 3; i++) {
		NOTE("%s", map_files[i]);
		IS(file_read(proc_path(member->pid, map_files[i])), "");
		IS_NOT(file_read(proc_path(0, map_files[i])), ""); /* control: the own one is not */
	}
	DISMISS(member);
}

CASE(initial_namespace_has_a_fixed_identity_map)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	for (int i = 0; i < 3; i++) {
		NOTE("%s", map_files[i]);
		IS(file_read(proc_path(0, map_files[i])), line(0, 0, 4294967295));
		FAILS(EPERM, idmap_write_file(0, map_files[i], "0 0 1"));
		FAILS(EPERM, idmap_write_file(0, map_files[i], "0 0 4294967295"));
		OK(idmap_write_file(member->pid, map_files[i], "0 0 1")); /* control: a new one can be */
	}
	DISMISS(member);
}

CASE(can_be_written_only_once)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	for (int i = 0; i < 3; i++) {
		NOTE("%s", map_files[i]);
		int fd = MUST(open(proc_path(member->pid, map_files[i]), O_WRONLY));
		IS(write(fd, "0 0 1", 5), 5);
		FAILS(EINVAL, write(fd, "0 0 1", 5)); /* for its offset */
		MUST(lseek(fd, 0, SEEK_SET));
		FAILS(EPERM, write(fd, "0 0 1", 5));
		FAILS(EPERM, idmap_write_file(member->pid, map_files[i], "0 0 1"));
		FAILS(EPERM, idmap_write_file(member->pid, map_files[i], "1 1 1"));
		IS(file_read(proc_path(member->pid, map_files[i])), line(0, 0, 1));
	}
	DISMISS(member);
}

/* Each text is refused, the map stays empty, and then takes a valid line. */
static void refuses(const char *const *texts, const char *valid)
{
	for (int i = 0; i < 2; i++) {
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		for (const char *const *text = texts; *text; text++) {
			NOTE("%s of \"%s\"", map_files[i], *text);
			FAILS(EINVAL, idmap_write_file(member->pid, map_files[i], *text));
			IS(file_read(proc_path(member->pid, map_files[i])), "");
		}
		NOTE("%s of \"%s\"", map_files[i], valid);
		OK(idmap_write_file(member->pid, map_files[i], valid));
		DISMISS(member);
	}
}

CASE(malformed_text_einval)
{
	static const char *const texts[] = {
		"",       "\n",     "0",       "0 0",    "0 0\n",   "a 0 1", "0 b 1",          "0 0 c",
		"0 -1 1", "-1 0 1", "0 0 1 1", "0 0 1x", "0 0 1 x", "0 0 0", "0 0 1\n\n1 1 1", NULL};

	refuses(texts, "0 0 1");
}

CASE(accepted_spellings)
{
	static const struct {
		const char *text;
		int lines;
	} spellings[] = {
		{"0 0 1", 1},
		{"0 0 1\n", 1},
		{"0\t0\t1\n", 1},
		{"  0 0 1", 1},
		{"0   0 \t 1  \n", 1},
		{"1 1 1\n0 0 1\n", -2}, /* two lines with descending first fields */
		{"0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n", 5},
		{"0 0 1\n1 1 1\n2 2 1\n3 3 1\n4 4 1\n5 5 1", 6},
	};

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		NOTE("\"%s\"", spellings[i].text);
		char expected[256] = "";
		int lines = spellings[i].lines;
		for (int n = 0; n < abs(lines); n++) {
			int id = lines < 0 ? -lines - 1 - n : n;
			strcat(strcat(expected, n ? "\n" : ""), line(id, id, 1));
		}
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		OK(idmap_write_file(member->pid, "uid_map", spellings[i].text));
		IS(file_read(proc_path(member->pid, "uid_map")), (const char *)expected);
		DISMISS(member);
	}
}

CASE(overlapping_ranges_einval)
{
	static const char *const texts[] = {"0 0 10\n5 100 10", "0 0 10\n100 5 10", "5 100 10\n0 0 10", NULL};

	refuses(texts, "0 0 10\n10 100 10");
}

CASE(reserved_id_and_wraparound_einval)
{
	static const char *const texts[] = {"4294967295 0 1",  "0 4294967295 1", "4294967290 0 10",
					    "0 4294967290 10", "0 0 4294967296", NULL};

	refuses(texts, "0 0 4294967295");
}

/* That many lines of one id each. */
static const char *lines_of_one_id(int count)
{
	static char text[8192];
	size_t used = 0;

	for (int i = 0; i < count; i++)
		used += (size_t)sprintf(text + used, "%d %d 1\n", i, i);
	return text;
}

CASE(line_limit_is_340)
{
	for (int newline = 0; newline <= 1; newline++) {
		NOTE("final newline: %s", newline ? "yes" : "no");
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		const char *text = lines_of_one_id(341);
		FAILS(EINVAL, write_text(member->pid, "uid_map", text, strlen(text) - !newline));
		IS(file_read(proc_path(member->pid, "uid_map")), "");
		text = lines_of_one_id(340);
		OK(write_text(member->pid, "uid_map", text, strlen(text) - !newline));
		IS(strlen(file_read(proc_path(member->pid, "uid_map"))), 340 * 33 - 1);
		DISMISS(member);
	}
}

CASE(size_limit_is_below_one_page)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *text = MUST(malloc(page));

	memset(text, ' ', page);
	text[snprintf(text, page, "0 0 1")] = ' '; /* blanks up to the end but for the map */
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	FAILS(EINVAL, write_text(member->pid, "uid_map", text, page));
	OK(write_text(member->pid, "uid_map", text, page - 1));
	IS(file_read(proc_path(member->pid, "uid_map")), line(0, 0, 1));
	DISMISS(member);
	free(text);
}

CASE(must_be_written_at_offset_0)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	int fd = MUST(open(proc_path(member->pid, "setgroups"), O_WRONLY));
	MUST(lseek(fd, 3, SEEK_SET));
	FAILS(EINVAL, write(fd, "deny", 4));
	MUST(lseek(fd, 0, SEEK_SET));
	OK(write(fd, "deny", 4));
	for (int i = 0; i < 3; i++) {
		NOTE("%s", map_files[i]);
		fd = MUST(open(proc_path(member->pid, map_files[i]), O_WRONLY));
		MUST(lseek(fd, 3, SEEK_SET));
		FAILS(EINVAL, write(fd, "0 0 1", 5));
		FAILS(ESPIPE, pwrite(fd, "0 0 1", 5, 0));
		FAILS(ESPIPE, pwrite(fd, "0 0 1", 5, 3));
		MUST(lseek(fd, 0, SEEK_SET));
		OK(write(fd, "0 0 1", 5));
	}
	DISMISS(member);
}
