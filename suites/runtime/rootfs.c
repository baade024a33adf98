// SPDX-License-Identifier: GPL-2.0-only
/* The root of a container and what lies outside of it. pivot_root(2), chroot(2), path_resolution(7) */
#include <limits.h>
#include <sys/sysmacros.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.rootfs"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

#define SECRET "/root/marker/secret"

/* A tmpfs of the host that holds a file which no container has. */
static void make_secret(void)
{
	MUST(tmpfs_make("/root"));
	MUST(tmpfs_make("/root/marker"));
	MUST(file_put(SECRET, "secret"));
}

/* The lines of mountinfo that begin a mount point or a source with one of these, or lie on this device. */
static int mounts_about(const char *bundle, const char *device)
{
	const char *text = file_read("/proc/self/mountinfo");
	char line[1024];
	int count = 0;

	for (; text && *text; text += strcspn(text, "\n"), text += *text == '\n') {
		char where[512], on[64];
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (sscanf(line, "%*d %*d %63s %*s %511s", on, where) != 2)
			continue;
		const char *source = strstr(line, " - ");
		count += strcmp(on, device) == 0 || strncmp(where, bundle, strlen(bundle)) == 0 ||
			 strncmp(where, "/root/marker", strlen("/root/marker")) == 0 ||
			 (source && (strstr(source, bundle) || strstr(source, "marker")));
	}
	return count;
}

/* The device of the file system of a path, as mountinfo writes it. */
static const char *device_of(const char *file)
{
	struct stat st;

	return stat(file, &st) < 0 ? NULL : path("%u:%u", major(st.st_dev), minor(st.st_dev));
}

PAYLOAD(rooted)
{
	const char *bundle = HEAR_TEXT(outer), *device = HEAR_TEXT(outer);

	IS(file_read("/etc/image"), "image");
	IS(mounts_about(bundle, device), 0);
	TELL_TEXT(outer, OK(identity("/")));
	HEAR(outer);
}

CASE(root_is_the_image)
{
	make_secret();
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, rooted, .map = f->map);
		TELL_TEXT(box, container_of(box)->bundle);
		TELL_TEXT(box, device_of("/"));
		const char *inside = HEAR_TEXT(box);
		IS(inside, identity(path("/proc/%d/root", box->pid)));
		IS(inside, identity(container_of(box)->root));
		IS_NOT(inside, identity("/"));
		DISMISS(box);
	}
}

static bool opens(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Below every mount point, and every descriptor of this process. */
static bool found_below_mounts(const char *file)
{
	char *text = strdup(file_read("/proc/self/mountinfo")), *rest = text, *line, where[512];
	bool found = false;

	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%*d %*d %*s %*s %511s", where) == 1)
			found |= opens(path("%s/%s", where, file)) ||
				 opens(path("%s/marker/secret", where)) || opens(path("%s/secret", where));
	free(text);
	return found;
}

static bool found_below_descriptors(const char *file)
{
	bool found = false;

	for (int fd = 0; fd < 256; fd++)
		found |= opens(path("/proc/self/fd/%d%s", fd, file)) ||
			 opens(path("/proc/self/fd/%d/../../../../../..%s", fd, file));
	return found;
}

PAYLOAD(searcher)
{
	static const char *const prefixes[] = {"",
					       "/..",
					       "/../../../../../..",
					       "/proc/1/root",
					       "/proc/self/cwd",
					       "/proc/self/root",
					       "/proc/self/cwd/../../../../../.."};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		NOTE("%s", prefixes[i]);
		FAILS(ENOENT, open(path("%s" SECRET, prefixes[i]), O_RDONLY));
	}
	NOTE_END();
	HOLDS(!found_below_mounts(SECRET));
	HOLDS(!found_below_descriptors(SECRET));
	IS(file_read("/etc/shadow"), "image:*:1::::::");
	TELL(outer);
	HEAR(outer);
}

CASE(host_files_are_unreachable)
{
	make_secret();
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, searcher, .map = f->map);
		HEAR(box);
		IS(file_read(SECRET), "secret"); /* control */
		HOLDS(found_below_mounts(SECRET));
		DISMISS(box);
	}
}

static void climb(void)
{
	for (int i = 0; i < 64; i++)
		OK(chdir(".."));
}

PAYLOAD(climber)
{
	char *root = strdup(MUST(identity("/"))), cwd[PATH_MAX];
	int fds[64], count = container_inherited(fds, 64);

	climb();
	IS(identity("."), root);
	MUST(dir_make("/home/a/b/c/d"));
	MUST(chdir("/home/a/b/c/d"));
	climb();
	IS(identity("."), root);
	OK(getcwd(cwd, sizeof(cwd)));
	IS(cwd, "/");
	for (int i = 0; i < count; i++)
		if (fchdir(fds[i]) == 0) {
			climb();
			IS(identity("."), root);
		}
	TELL_TEXT(outer, root);
	HEAR(outer);
}

CASE(dotdot_stops_at_root)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, climber, .map = f->map);
		const char *inside = HEAR_TEXT(box);
		IS(inside, identity(container_of(box)->root));
		IS_NOT(inside, identity("/"));
		DISMISS(box);
	}
}

/* The classic: a second chroot while the working directory stays above it. */
static void escape(void)
{
	int root = OK(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	MUST(dir_make("/home/jail"));
	OK(chroot("/home/jail"));
	OK(fchdir(root));
	climb();
	OK(chroot("."));
}

PAYLOAD(escaper)
{
	char *root = strdup(MUST(identity("/")));

	escape();
	IS(identity("/"), root);
	FAILS(ENOENT, open(SECRET, O_RDONLY));
	TELL(outer);
	HEAR(outer);
}

CASE(chroot_escape_ends_at_container_root)
{
	make_secret();
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, escaper, .map = f->map);
		HEAR(box);
		CHILD(jailed, 0) { /* control */
			OK(chroot(container_of(box)->root));
			FAILS(ENOENT, open(SECRET, O_RDONLY));
			escape();
			IS(file_read(SECRET), "secret");
		}
		EXITS(jailed, 0);
		DISMISS(box);
	}
}

PAYLOAD(closed)
{
	char cwd[PATH_MAX];

	IS(container_inherited(NULL, 0), 0);
	OK(getcwd(cwd, sizeof(cwd)));
	IS(cwd[0], '/');
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;
		HOLDS(fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode));
	}
	climb();
	IS(identity("."), identity("/"));
	HEAR(outer);
}

PAYLOAD(leaky)
{
	int fd;

	IS(container_inherited(&fd, 1), 1);
	OK(openat(fd, &SECRET[1], O_RDONLY));
}

CASE(no_descriptor_leads_outside)
{
	make_secret();
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, closed, .map = f->map);
		if (runtime_claims(RUNTIME_EXEC)) {
			CONTAINER_EXEC(command, box, closed);
			DISMISS(command);
		}
		DISMISS(box);
	}
	CHILD(control, 0) {
		MUST(setenv(RUNTIME_VARIABLE, "bad:leak_fd", 1));
		CONTAINER(leaks, leaky);
		EXITS(leaks, 0);
	}
	EXITS(control, 0);
}

/* Whether a process's program can be opened through /proc; it must be the payload's, and never for writing. */
static int open_program(pid_t pid)
{
	int fd = open(proc_path(pid, "exe"), O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		IS(identity(path("/proc/self/fd/%d", fd)), identity(CONTAINER_PROBE));
		close(fd);
	}
	IS_MINUS_ONE(open(proc_path(pid, "exe"), O_RDWR | O_CLOEXEC));
	return fd >= 0;
}

PAYLOAD(watcher)
{
	watch_others(outer, open_program);
}

CASE(exe_is_not_a_writable_host_binary, .timeout = 30)
{
	EACH_FLAVOUR(f)
	{
		/* With CAP_SYS_PTRACE, where that is the container's own, it looks into whoever does not hide. */
		CONTAINER(box, watcher, .map = f->map,
			  .capabilities = f->map ? CONTAINER_ALL_CAPS : CONTAINER_CAPS);
		HEAR(box);
		exec_while_watched(box);
		DISMISS(box);
	}
}
