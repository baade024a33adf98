// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/debugger.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

/* An ELF file is a vmlinux that was given as the kernel itself. */
static bool is_elf(const char *path)
{
	char magic[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is = fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic) && !memcmp(magic, "\177ELF", 4);

	if (fd >= 0)
		close(fd);
	return is;
}

/* The path in full, or NULL when there is no such file; takes it over. */
static char *in_full(char *path)
{
	char *full = realpath(path, NULL);

	free(path);
	return full;
}

/* The kernel's vmlinux: itself, of its build tree, or of the distribution's package of debugging symbols; or NULL. */
static char *symbols_of(const struct kernel *k)
{
	const char *slash = strrchr(k->image, '/');
	char *found = NULL;

	if (is_elf(k->image))
		return in_full(mem_strdup(k->image));
	if (slash && !strcmp(slash, "/bzImage")) /* arch/x86/boot of a tree */
		found = in_full(mem_printf("%.*s/../../../vmlinux", (int)(slash - k->image), k->image));
	if (!found && k->release)
		found = in_full(mem_printf("/usr/lib/debug/boot/vmlinux-%s", k->release));
	return found;
}

int debugger_listen(struct debugger *d, struct fault *fault)
{
	const char *tmp = getenv("TMPDIR");
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	d->dir = mem_printf("%s/nscheck-gdb-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(d->dir)) {
		fault_set(fault, EXIT_UNFINISHED, "cannot make %s: %m", d->dir);
		free(d->dir);
		d->dir = NULL;
		return -1;
	}
	d->path = mem_printf("%s/socket", d->dir);
	if (strlen(d->path) >= sizeof(address.sun_path))
		return fault_set(fault, EXIT_BAD_INPUT, "%s is too long for a socket: set TMPDIR", d->path);
	strcpy(address.sun_path, d->path);
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->fd < 0 || bind(d->fd, (struct sockaddr *)&address, sizeof(address)) || listen(d->fd, 1))
		return fault_set(fault, EXIT_UNFINISHED, "cannot listen on %s: %m", d->path);
	return 0;
}

void debugger_close(struct debugger *d)
{
	if (d->fd >= 0)
		close(d->fd);
	if (d->path)
		unlink(d->path);
	if (d->dir)
		rmdir(d->dir);
	free(d->path);
	free(d->dir);
	*d = (struct debugger){.fd = -1};
}

char *debugger_hint(const struct debugger *d, const struct kernel *kernel)
{
	char *symbols = symbols_of(kernel);
	struct text hint = {0};

	text_printf(&hint, "the VM waits for a debugger: type in another terminal\n    gdb");
	if (symbols) {
		text_printf(&hint, " ");
		text_add_quoted(&hint, symbols);
	}
	text_printf(&hint, "\n    target remote %s", d->path);
	if (!symbols)
		text_printf(&hint, "\nno vmlinux is known of this kernel, so gdb has no symbols: a build "
				   "tree has it, or Debian's package linux-image-RELEASE-dbg");
	free(symbols);
	return text_take(&hint);
}
