// SPDX-License-Identifier: GPL-2.0-only
/* IPC objects of a container and of the host. ipc_namespaces(7) */
#include <mqueue.h>
#include <sys/shm.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.ipc"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

#define HOST_KEY 0x6e73
#define BOX_KEY  0x6e74

/* How many segments /proc lists; its first line is a heading. */
static int listed(void)
{
	const char *text = MUST(file_read("/proc/sysvipc/shm"));
	int lines = 0;

	while ((text = strchr(text, '\n')))
		text++, lines++;
	return lines;
}

PAYLOAD(private_ipc)
{
	FAILS(ENOENT, shmget(HOST_KEY, 0, 0));
	IS(listed(), 0);
	FAILS(ENOENT, mq_open("/host", O_RDONLY));
	HOLDS(!file_exists("/dev/shm/host"));
	OK(shm_make(BOX_KEY, "box"));
	OK(file_put("/dev/shm/box", "box"));
	IS(listed(), 1);
	TELL(outer);
	HEAR(outer);
}

CASE(shared_memory_is_private)
{
	struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 8};
	mqd_t queue = MUST(mq_open("/host", O_RDWR | O_CREAT | O_EXCL, 0666, &small));

	MUST(shm_make(HOST_KEY, "host"));
	MUST(file_put("/dev/shm/host", "host"));
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, private_ipc, .map = f->map);
		HEAR(box);
		FAILS(ENOENT, shmget(BOX_KEY, 0, 0));
		IS(listed(), 1); /* control: the host's own */
		HOLDS(!file_exists("/dev/shm/box"));
		DISMISS(box);
	}
	MUST(unlink("/dev/shm/host"));
	MUST(mq_close(queue));
}
