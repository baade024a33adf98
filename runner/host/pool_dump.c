// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/host/pool_inside.h"

/* Room that is left on the disk for the journal and the reports; both in MiB. */
enum { ROOM_LEFT = 64, MIB = 1 << 20 };

static bool is_wanted(struct pool *p, const struct slot *slot)
{
	if (!p->config.dumps || p->dropping || p->interrupts)
		return false;
	if (slot->has_job && (slot->job.again || slot->job.search))
		return false;
	if (p->dumps < DUMPS)
		return true;
	p->not_dumped++;
	return false;
}

static void tell(struct pool *p, const struct vm *vm, const char *what, const char *why)
{
	char *text = mem_printf("VM %d: %s%s", vm_life(vm)->number, what, why);

	pool_note(p, text);
	free(text);
}

/* A disk that is filled to its end would take the journal along. */
static bool has_room(struct pool *p, const struct vm *vm)
{
	const char *dir = p->config.dumps;
	int need = p->machine->config.memory_mib;
	struct statvfs st;

	if (statvfs(dir, &st))
		return true; /* making the file will tell */
	unsigned long long mib = (unsigned long long)st.f_bavail * st.f_frsize / MIB;
	if (mib >= (unsigned long long)need + ROOM_LEFT)
		return true;
	char *why = mem_printf("it takes %d MiB, and %s has %llu", need, dir, mib);
	tell(p, vm, "no memory dump: ", why);
	free(why);
	return false;
}

int pool_dump(void *arg, struct vm *vm)
{
	struct pool *p = arg;
	struct slot *slot = pool_slot(p, vm);

	if (!is_wanted(p, slot) || !has_room(p, vm))
		return -1;
	const char *about = slot->has_job ? slot->job.test->id : "boot";
	char *path = mem_printf("%s/memory-%d-%s.elf", p->config.dumps, vm_life(vm)->number, about);
	slot->dump_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (slot->dump_fd < 0) {
		char *why = mem_printf("%s cannot be made: %s", path, strerror(errno));

		tell(p, vm, "no memory dump: ", why);
		free(why);
		free(path);
		return -1;
	}
	char *what = mem_printf("%s: its memory, %d MiB, is dumped to %s", about,
				p->machine->config.memory_mib, path);
	tell(p, vm, what, "");
	free(what);
	p->dumps++;
	slot->dump = path;
	return slot->dump_fd;
}

void pool_dumped(void *arg, struct vm *vm, const char *trouble)
{
	struct pool *p = arg;
	struct slot *slot = pool_slot(p, vm);

	if (close(slot->dump_fd) && !trouble)
		trouble = strerror(errno);
	if (trouble) {
		unlink(slot->dump);
		tell(p, vm, "no memory dump: ", trouble);
	}
	free(slot->dump);
	slot->dump = NULL;
}

void pool_dump_end(struct pool *p)
{
	char *text;

	if (!p->not_dumped)
		return;
	text = mem_printf("%d more guests that died were not dumped: the limit of a run is %d", p->not_dumped,
			  DUMPS);
	pool_note(p, text);
	free(text);
}
