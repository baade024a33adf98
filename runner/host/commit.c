// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/commit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

char *commit_of(const char *kernel)
{
	char *tree = build_tree(kernel), *source = mem_printf("%s/source", tree ? tree : ""), line[64] = "";
	/* Whatever git is told of another tree, as by git bisect run. */
	char *argv[] = {(char *)"env",
			(char *)"-u",
			(char *)"GIT_DIR",
			(char *)"-u",
			(char *)"GIT_WORK_TREE",
			(char *)"git",
			(char *)"-C",
			is_folder(source) ? source : tree, /* of make O=: a link to where the sources are */
			(char *)"rev-parse",
			(char *)"--short=12",
			(char *)"HEAD",
			NULL};
	struct program git;

	if (tree && !program_start(&git, argv, PROGRAM_BY_NAME | PROGRAM_QUIET)) {
		bool told = fgets(line, sizeof(line), git.says) != NULL;

		if (program_end(&git) || !told)
			line[0] = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
	free(tree);
	free(source);
	return mem_strdup(line);
}
