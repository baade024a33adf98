// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/commit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/program.h"

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Takes an ending off. Returns whether it was there. */
static bool cut(char *path, const char *ending)
{
	size_t len = strlen(path), end = strlen(ending);
	bool found = len > end && !strcmp(path + len - end, ending);

	if (found)
		path[len - end] = '\0';
	return found;
}

/* A file is known by the place that the build gives it: elsewhere it is a copy. */
static char *build_tree(const char *kernel)
{
	char *path = realpath(kernel, NULL);

	if (path && !is_folder(path) && !cut(path, "/arch/x86/boot/bzImage") && !cut(path, "/vmlinux")) {
		free(path);
		return NULL;
	}
	return path;
}

/* The commit that git has checked out in a folder, which is the whole of what it has checked out; NULL where it has none. */
static char *commit_in(const char *folder)
{
	char *own = mem_printf("%s/.git", folder), line[80] = "";
	bool has_own = !access(own, F_OK);
	/* Whatever git is told of another tree, as by git bisect run. */
	const char *argv[] = {"env", "-u",   "GIT_DIR",   "-u",       "GIT_WORK_TREE", "git",
			      "-C",  folder, "rev-parse", "--verify", "HEAD",          NULL};
	struct program git;

	free(own);
	if (!has_own || program_start(&git, (char *const *)argv, PROGRAM_BY_NAME | PROGRAM_QUIET))
		return NULL;
	if (!fgets(line, sizeof(line), git.says))
		line[0] = '\0';
	int status = program_end(&git);
	line[strcspn(line, "\n")] = '\0';
	return status || !*line || line[strspn(line, "0123456789abcdef")] ? NULL : mem_strdup(line);
}

char *commit_of(const char *kernel)
{
	char *tree = build_tree(kernel);

	if (!tree)
		return NULL;
	char *source = mem_printf("%s/source", tree); /* of make O=: a link to where the sources are */
	char *commit = commit_in(is_folder(source) ? source : tree);
	free(source);
	free(tree);
	return commit;
}
