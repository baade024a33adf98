// SPDX-License-Identifier: GPL-2.0-only
#include "vm/package.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm/deb.h"
#include "vm/file.h"
#include "vm/mem.h"
#include "vm/names.h"
#include "vm/sha256.h"

#define TABLE_MAX (1U << 20)

/* The packages of one kernel and what is known about them. */
struct parcel {
	struct strings debs; /* paths */
	struct strings sums; /* their SHA-256, when vm/fetch.sh wrote them down */
};

static void parcel_free(struct parcel *p)
{
	strings_free(&p->debs);
	strings_free(&p->sums);
}

void package_free(struct package_tree *tree)
{
	free(tree->dir);
	free(tree->package);
	free(tree->version);
	*tree = (struct package_tree){0};
}

static int read_lines(const char *path, struct strings *lines, struct fault *fault)
{
	struct bytes text;

	if (file_read(path, TABLE_MAX, &text, fault) < 0)
		return -1;
	bytes_append(&text, "", 1);
	strings_split(lines, (const char *)text.data, "\n");
	bytes_free(&text);
	return 0;
}

bool package_is_name(const char *name, struct strings *known, struct memo *memo, struct fault *fault)
{
	struct kernel_names names;
	bool found = false;

	if (kernel_names_read(&names, memo, fault) == 0) {
		for (size_t i = 0; i < names.count; i++) {
			found |= !strcmp(names.items[i].name, name);
			if (known)
				strings_add(known, names.items[i].name);
		}
	}
	kernel_names_free(&names);
	return found;
}

static int check_sums(const struct parcel *parcel, struct fault *fault)
{
	for (size_t i = 0; i < parcel->sums.count; i++) {
		const char *path = parcel->debs.items[i];
		struct bytes deb;
		char sum[65];

		if (file_map(path, &deb, fault) < 0)
			return -1;
		sha256_of(deb.data, deb.len, sum);
		file_unmap(&deb);
		if (strcmp(sum, parcel->sums.items[i]))
			return fault_set(fault, EXIT_UNFINISHED,
					 "%s is spoiled: remove its folder, so that it is fetched again",
					 path);
	}
	return 0;
}

static int unpack_into(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	for (size_t i = 0; i < parcel->debs.count; i++)
		if (deb_unpack(parcel->debs.items[i], dir, fault) < 0)
			return -1;
	char *image = mem_printf("%s/vmlinuz", dir);
	bool found = file_exists(image);
	free(image);
	if (!found)
		return fault_set(fault, EXIT_BAD_INPUT, "%s holds no kernel: give a linux-image package",
				 parcel->debs.items[0]);
	return 0;
}

static int unpack_locked(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	if (file_exists(dir)) /* another nscheck was faster */
		return 0;
	if (check_sums(parcel, fault) < 0)
		return -1;
	char *tmp = mem_printf("%s.tmp", dir);
	dir_remove(tmp); /* of one that was killed */
	int rc = dir_make(tmp, fault);
	if (rc == 0)
		rc = unpack_into(parcel, tmp, fault);
	if (rc == 0 && rename(tmp, dir) < 0)
		rc = fault_writing(fault, dir, errno);
	if (rc < 0)
		dir_remove(tmp);
	free(tmp);
	return rc;
}

/* Unpacks once, whole or not at all. */
static int unpack(const struct parcel *parcel, const char *dir, struct fault *fault)
{
	if (file_exists(dir))
		return 0;
	char *name = mem_printf("%s.lock", dir);
	int lock = file_lock(name, fault);
	int rc = lock < 0 ? -1 : unpack_locked(parcel, dir, fault);
	if (lock >= 0)
		close(lock);
	free(name);
	return rc;
}

/* The script's last line on stderr is why it failed; its stdout is progress, and goes to our stderr. */
static int spawn_fetch(char *const argv[], int *errors, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	int error = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error)
		close(ends[0]);
	else
		*errors = ends[0];
	return error;
}

static void last_line(int fd, char *line, size_t size)
{
	FILE *f = mem_need(fdopen(fd, "r"));
	char *next = NULL;
	size_t room = 0;

	line[0] = '\0';
	while (getline(&next, &room, f) > 0) {
		next[strcspn(next, "\n")] = '\0';
		if (*next)
			snprintf(line, size, "%s", next);
	}
	free(next);
	fclose(f);
}

static int fetch(const char *name, const char *mirror, const char *cache_dir, struct fault *fault)
{
	char *script = data_path("vm/fetch.sh", fault);
	char line[900];
	int status, errors = -1;
	pid_t pid = -1;

	if (!script)
		return -1;
	char *argv[] = {script, (char *)name, (char *)cache_dir, (char *)mirror, NULL};
	int error = spawn_fetch(argv, &errors, &pid);
	if (error) {
		fault_set(fault, EXIT_UNFINISHED, "cannot run %s: %s", script, strerror(error));
		free(script);
		return -1;
	}
	last_line(errors, line, sizeof(line));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(script);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	bool user = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BAD_INPUT;
	return fault_set(fault, user ? EXIT_BAD_INPUT : EXIT_UNFINISHED, "%s",
			 *line ? line : "vm/fetch.sh was killed: try again");
}

/* A file of the facts must be one of the same folder. */
static bool is_plain_name(const char *s)
{
	return *s && *s != '.' && !strchr(s, '/');
}

static void read_fact(char *line, const char *dir, struct parcel *parcel, struct package_tree *tree)
{
	struct strings words = {0};

	strings_split(&words, line, " ");
	if (words.count == 2 && !strcmp(words.items[0], "package") && !tree->package)
		tree->package = mem_strdup(words.items[1]);
	else if (words.count == 2 && !strcmp(words.items[0], "version") && !tree->version)
		tree->version = mem_strdup(words.items[1]);
	else if (words.count == 2 && !strcmp(words.items[0], "absent"))
		tree->no_modules |= !strncmp(words.items[1], "linux-modules-", 14);
	else if (words.count == 3 && !strcmp(words.items[0], "deb") && is_plain_name(words.items[2])) {
		strings_add(&parcel->sums, words.items[1]);
		strings_take(&parcel->debs, mem_printf("%s/%s", dir, words.items[2]));
	}
	strings_free(&words);
}

static int read_facts(const char *dir, struct memo *memo, struct parcel *parcel, struct package_tree *tree,
		      struct fault *fault)
{
	char *facts = mem_printf("%s/facts", dir);
	struct strings lines = {0};

	memo_input(memo, facts);
	int rc = read_lines(facts, &lines, fault);

	for (size_t i = 0; rc == 0 && i < lines.count; i++)
		read_fact(lines.items[i], dir, parcel, tree);
	if (rc == 0 && (!tree->package || !tree->version || !parcel->debs.count))
		rc = fault_set(fault, EXIT_UNFINISHED,
			       "%s is spoiled: remove its folder, so that it is fetched again", facts);
	strings_free(&lines);
	free(facts);
	return rc;
}

static bool is_cached(const char *dir)
{
	char *facts = mem_printf("%s/facts", dir);
	bool found = file_exists(facts);

	free(facts);
	return found;
}

static int fetch_unless_cached(const char *dir, const char *name, const char *mirror, bool offline,
			       const char *cache_dir, struct fault *fault)
{
	if (is_cached(dir))
		return 0;
	if (offline)
		return fault_set(fault, EXIT_UNFINISHED, "%s is not in the cache: run once without --offline",
				 name);
	return fetch(name, mirror, cache_dir, fault);
}

int package_named(const char *name, const char *mirror, bool offline, const char *cache_dir,
		  struct memo *memo, struct package_tree *tree, struct fault *fault)
{
	struct parcel parcel = {0};
	char *dir = mem_printf("%s/kernels/%s", cache_dir, name);
	int rc = fetch_unless_cached(dir, name, mirror, offline, cache_dir, fault);

	*tree = (struct package_tree){.dir = mem_printf("%s/tree", dir)};
	if (rc == 0)
		rc = read_facts(dir, memo, &parcel, tree, fault);
	if (rc == 0)
		rc = unpack(&parcel, tree->dir, fault);
	parcel_free(&parcel);
	free(dir);
	return rc;
}

bool package_cached(const char *name, const char *cache_dir, struct package_tree *tree)
{
	struct parcel parcel = {0};
	struct fault ignored = {0};
	char *dir = mem_printf("%s/kernels/%s", cache_dir, name);

	*tree = (struct package_tree){0};
	bool cached = is_cached(dir) && read_facts(dir, NULL, &parcel, tree, &ignored) == 0;
	parcel_free(&parcel);
	free(dir);
	return cached;
}

/* "linux-modules-7.3.4+deb13-cloud-amd64 (= 7.3.4-1)" -> is it a part of the kernel, not a tool like linux-base? */
static bool is_part(const char *name)
{
	static const char *const parts[] = {"linux-image-", "linux-base-", "linux-binary-", "linux-modules-"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!strncmp(name, parts[i], strlen(parts[i])) &&
		    isdigit((unsigned char)name[strlen(parts[i])]))
			return true;
	return false;
}

static int add_sibling(const char *dir, const char *name, const struct deb *deb, struct parcel *parcel,
		       struct fault *fault)
{
	char *path = mem_printf("%s/%s_%s_%s.deb", dir, name, deb->version, deb->architecture);

	strings_take(&parcel->debs, path);
	if (file_exists(path))
		return 0;
	return fault_set(fault, EXIT_BAD_INPUT, "%s needs %s, which is not there: put it beside the package",
			 parcel->debs.items[0], path);
}

static int add_siblings(const struct deb *deb, struct parcel *parcel, struct fault *fault)
{
	struct strings depends = {0};
	char *copy = mem_strdup(parcel->debs.items[0]);
	const char *dir = dirname(copy);
	int rc = 0;

	strings_split(&depends, deb->depends ? deb->depends : "", ",|");
	for (size_t i = 0; rc == 0 && i < depends.count; i++) {
		char *name = depends.items[i] + strspn(depends.items[i], " \t");

		name[strcspn(name, " \t(:/")] = '\0';
		if (is_part(name))
			rc = add_sibling(dir, name, deb, parcel, fault);
	}
	strings_free(&depends);
	free(copy);
	return rc;
}

static int read_parcel(const char *path, struct parcel *parcel, struct package_tree *tree,
		       struct fault *fault)
{
	struct deb_source source = {.name = path, .path = path};
	struct deb deb;
	int rc = 0;

	strings_add(&parcel->debs, path);
	if (deb_control(&source, &deb, fault) < 0)
		return -1;
	if (strcmp(deb.architecture, "amd64"))
		rc = fault_set(fault, EXIT_BAD_INPUT, "%s is for %.32s: give a package for amd64", path,
			       deb.architecture);
	else
		rc = add_siblings(&deb, parcel, fault);
	tree->package = mem_strdup(deb.package);
	tree->version = mem_strdup(deb.version);
	deb_free(&deb);
	return rc;
}

static int sum_parcel(const struct parcel *parcel, struct memo *memo, char sum[65], struct fault *fault)
{
	struct sha256 s;

	sha256_begin(&s);
	for (size_t i = 0; i < parcel->debs.count; i++) {
		struct bytes deb;

		memo_input(memo, parcel->debs.items[i]);
		if (file_map(parcel->debs.items[i], &deb, fault) < 0)
			return -1;
		sha256_add(&s, deb.data, deb.len);
		file_unmap(&deb);
	}
	sha256_end(&s, sum);
	return 0;
}

int package_file(const char *path, const char *cache_dir, struct memo *memo, struct package_tree *tree,
		 struct fault *fault)
{
	struct parcel parcel = {0};
	char *base = mem_printf("%s/kernels/unpacked", cache_dir);
	char sum[65];

	*tree = (struct package_tree){0};
	int rc = read_parcel(path, &parcel, tree, fault);
	if (rc == 0)
		rc = sum_parcel(&parcel, memo, sum, fault);
	if (rc == 0)
		rc = dir_make(base, fault);
	if (rc == 0) {
		tree->dir = mem_printf("%s/%s", base, sum);
		rc = unpack(&parcel, tree->dir, fault);
	}
	parcel_free(&parcel);
	free(base);
	return rc;
}
